"""Catalogues of tests that can be ordered: read from files, genes resolved, kept in versions, opened as values.

What an operator imports stays beside the compiled releases; `opening.open_catalogue` is what an assessment asks for.
"""
