"""Acts on access: accounts, roles, and the two trails of who looked and who signed in."""
