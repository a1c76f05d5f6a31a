"""Ordinary faces, warped so that what changed is known: what the measures are trained on and judged by."""
