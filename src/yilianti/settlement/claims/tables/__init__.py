"""Settlements and charge lines as tables: hospital exports, the settlement list, the fields of the national interface."""
