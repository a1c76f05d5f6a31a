"""The shift monitor of the live service: counts by calendar month, and how they lie to the reference."""
