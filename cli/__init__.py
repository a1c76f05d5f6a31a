"""The commands: each assembles what it needs."""
