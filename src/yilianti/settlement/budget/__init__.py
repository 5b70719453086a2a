"""The fund package of a year: how large it is, when it is paid in advance, and whether the months keep to the path."""
