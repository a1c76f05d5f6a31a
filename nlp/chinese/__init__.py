"""Reading Chinese notes."""
