"""How much a face is like those of the diseases in a hospital's own gallery, and whether that may count."""
