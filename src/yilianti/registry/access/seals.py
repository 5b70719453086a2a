"""The seal of a grant: a keyed hash over everything the row says, so that a row written past the actions gives no right."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from yilianti.kernel.crypto import encryption

PURPOSE = "access_grant.seal"


def sealed(grant: Any) -> Any:
    """The grant with its seal renewed; to be saved by the caller."""
    grant.seal = encryption.mac(PURPOSE, _text(grant.post_id, grant.role, grant.institution_id, grant.from_on, grant.until_on, grant.granted_by))
    return grant


def holds(grant: Any) -> bool:
    """Whether the row is as an action of ours left it."""
    return row_holds(grant.post_id, grant.role, grant.institution_id, grant.from_on, grant.until_on, grant.granted_by, grant.seal)


@lru_cache(maxsize=65_536)
def row_holds(
    post: int, role: str, institution: int, from_on: date, until_on: date | None, granted_by: int | None, seal: str
) -> bool:
    """The same of a row's values, remembered: any change of the row is another question."""
    return encryption.mac_holds(PURPOSE, _text(post, role, institution, from_on, until_on, granted_by), seal)


def _text(post: int, role: str, institution: int, from_on: date, until_on: date | None, granted_by: int | None) -> str:
    return f"{post}|{role}|{institution}|{from_on.isoformat()}|{until_on.isoformat() if until_on else ''}|{granted_by or ''}"
