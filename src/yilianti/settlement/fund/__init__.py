"""The arithmetic of the fund package: how large it is, when it is paid in advance, and whether the months keep to the path."""
