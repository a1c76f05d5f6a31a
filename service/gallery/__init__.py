"""The hospital's gallery: what enrolled faces are compared by, under consent, sealed; never a photo."""
