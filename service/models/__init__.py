"""The JSON of the service: what it takes, strictly, and what it answers with."""
