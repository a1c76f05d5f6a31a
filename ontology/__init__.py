"""The ground: HPO terms, diseases, their annotations and the compiled Knowledge that everything else reads."""
