"""Face models: their seam, the one that set-up makes of CC0 weights, and one for weights that an operator brings."""
