"""Years of records read as batches: which patients of the archive are worth testing, and why."""
