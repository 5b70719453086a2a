"""Questions on the codes of a record before it is grouped: they ask, they never propose a code to add."""
