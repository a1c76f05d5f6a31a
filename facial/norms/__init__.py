"""Ordinary faces to compare with: published norms, the hospital's own reference, and what may be called by either."""
