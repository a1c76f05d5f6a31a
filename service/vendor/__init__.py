"""The page's libraries: which, in which versions, under which licences, and how they come to this machine."""
