"""The knowledge compiler: official release files in, one folder of arrays out. The only room that reads pronto."""
