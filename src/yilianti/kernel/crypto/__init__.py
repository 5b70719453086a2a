"""Keys and what is done with them: what is kept unreadable, found without being read, proved unchanged, and signed for others to verify."""
