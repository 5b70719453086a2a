"""Turns a read message into calls at the doors of registry and record; one module per family of triggers."""
