"""The bench: a case on the page, kept or not, with what a clinician does to it step by step, and what follows."""
