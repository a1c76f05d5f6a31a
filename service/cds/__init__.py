"""CDS Hooks 2.0: cards from what was read and ranked before the chart was opened."""
