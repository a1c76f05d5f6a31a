"""Who looked, who changed, who signed: an append-only chain in which a missing or altered link is found."""
