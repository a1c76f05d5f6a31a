"""The note reader: text to mentions of HPO terms, with exact words, assertion and section."""
