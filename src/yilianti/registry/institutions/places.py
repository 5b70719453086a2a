"""Every institution in its place on a day: what it counts as, and to which consortium it belongs."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db import connection

_TREE = "SELECT id, merged_into_id, path, level, kind, region FROM institutions_institution"
# The bodies that run a whole county or city come before alliances and networks; then the older one.
_HELD = """SELECT m.institution_id, c.id, c.code, c.region FROM institutions_membership m JOIN institutions_consortium c ON c.id = m.consortium_id
WHERE m.from_on <= %(day)s AND (m.until_on IS NULL OR m.until_on > %(day)s)
ORDER BY CASE c.model WHEN 'county_community' THEN 0 WHEN 'city_group' THEN 0 ELSE 1 END, c.id"""


class Place(NamedTuple):
    """An institution; `home` is the one it was merged into, or itself; without a consortium `consortium` is None."""

    institution: int
    home: int
    level: str
    kind: str
    consortium: int | None
    consortium_code: str
    region: str


def places(day: date) -> list[Place]:
    """All institutions, merged and closed ones too, with the consortium of the nearest one above them; two statements."""
    with connection.cursor() as cursor:
        cursor.execute(_TREE)
        tree = {row[0]: row for row in cursor.fetchall()}
        cursor.execute(_HELD, {"day": day})
        held: dict[int, tuple[int, str, str]] = {}
        for institution, *consortium in cursor.fetchall():
            held.setdefault(institution, (consortium[0], consortium[1], consortium[2]))
    found = []
    for institution in tree:
        home = institution
        while tree[home][1] is not None:
            home = tree[home][1]
        _, _, path, level, kind, _ = tree[home]
        upwards = [int(step) for step in reversed(path.split("/")) if step]
        consortium, code, area = next((held[step] for step in upwards if step in held), (None, "", ""))
        region = next((tree[step][5] for step in upwards if tree[step][5]), area)
        found.append(Place(institution, home, level, kind, consortium, code, region))
    return found
