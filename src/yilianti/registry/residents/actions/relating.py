"""Who has had a resident in care."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

_NOTE = """
INSERT INTO residents_carerelation (resident_id, institution_id, since_at)
SELECT %(resident)s, %(institution)s, %(at)s
WHERE NOT EXISTS (SELECT 1 FROM residents_carerelation WHERE resident_id = %(resident)s AND institution_id = %(institution)s)
ON CONFLICT (resident_id, institution_id) DO NOTHING"""


def note_relation(resident_id: int, institution_id: int, at: datetime) -> bool:
    """An institution has this resident in its care from now on; said twice it counts once. One statement, no journal line:
    the visit or referral that brings it about writes its own. True when it is new (not told to a batch that sends ahead)."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"resident": resident_id, "institution": institution_id, "at": at})
        return bool(cursor.rowcount == 1)
