"""A Case in, a Report out: reconcile, rank, suggest tests, explain."""
