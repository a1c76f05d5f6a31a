"""What a run leaves behind: tables of the cohort, the flagged patients line by line, and one page to be read."""
