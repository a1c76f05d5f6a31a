"""Cases that wait to be read and ranked in the background."""
