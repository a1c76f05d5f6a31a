"""Measures of a face, read from an aligned chip by a fitted head."""
