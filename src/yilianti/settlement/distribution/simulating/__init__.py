"""A past year with something changed: what each member would have received beside what it did; nothing of the real year is touched."""
