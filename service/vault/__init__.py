"""The vault: each case has a key of its own, wrapped under a master key that the site keeps; no key, no patient."""
