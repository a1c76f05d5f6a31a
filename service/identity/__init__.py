"""Who someone is and what they may do: accounts, sessions, keys, machine clients, roles."""
