"""Photos of faces: read in a process of its own, told in words, switched off where a site says so."""
