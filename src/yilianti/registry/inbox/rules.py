"""Questions about what may stand in the inbox."""

from __future__ import annotations

import re

# Citizen identity numbers, of 18 characters (GB 11643) or the former 15 digits.
_IDENTITY = re.compile(r"(?<!\d)(\d{17}[\dXx]|\d{15})(?!\d)")


def names_somebody(*texts: str) -> bool:
    """True when a text carries an identity number: the inbox speaks of residents by record number only."""
    return any(_IDENTITY.search(text) for text in texts)


def is_path(link: str) -> bool:
    """True for nothing, or for an address on the platform itself."""
    return not link or (link.startswith("/") and not link.startswith("//") and "\\" not in link)
