"""The photo reader: the seam is here; until a face backend is installed it declines and says so."""
