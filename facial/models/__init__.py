"""Face models: the seam they share, the one that set-up makes from CC0 weights, and one of the operator's own weights."""
