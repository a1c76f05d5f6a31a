"""What a patient has agreed to, how long what was kept is kept, and how it is erased."""
