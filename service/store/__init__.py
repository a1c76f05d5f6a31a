"""What is kept: tables, one door for reading and one for writing, on SQLite or PostgreSQL."""
