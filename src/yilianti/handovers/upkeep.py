"""Housekeeping of the journal and of the runner's memory: whole-chain checks, and removal of what nobody needs."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection

from yilianti.handovers.models import Verification
from yilianti.kernel import anchoring, sealing
from yilianti.registry.access import api as access

DELIVERIES_KEPT = timedelta(days=30)
VERIFICATIONS_KEPT = timedelta(days=730)
BEHIND_CURSOR = 10_000
_CHUNK = 5_000

_OLD_DELIVERIES = """DELETE FROM handovers_delivery WHERE id IN (
    SELECT d.id FROM handovers_delivery d JOIN handovers_cursor c ON c.handover = d.handover
    JOIN kernel_journalseal s ON s.entry_id = d.entry
    WHERE d.delivered_at < %s AND s.number < c.sealed_number - %s ORDER BY d.id LIMIT %s)"""


def verify_journal(at: datetime) -> Verification:
    """Recompute the whole chain, compare it with the anchors, set a new one, and keep the answer."""
    started = time.monotonic()
    sealed, unsealed, broken = 0, 0, ""
    try:
        sealed, unsealed = anchoring.verify()
        anchoring.append(at)
    except sealing.Broken as fault:
        broken = str(fault)[:400]
        access.report_broken(sentence=broken, at=at)
    except OSError as fault:
        broken = f"日志链完好，但锚点写不进 {anchoring.path()}（{fault.strerror}）；请检查该目录的权限与空间。"
    return Verification.objects.create(at=at, sealed=sealed, unsealed=unsealed, broken=broken, seconds=time.monotonic() - started)


def purge(at: datetime) -> dict[str, int]:
    """Remove expired sessions, deliveries that no cursor can reach again, and very old checks; counts by kind."""
    sessions, _ = Session.objects.filter(expire_date__lt=at).delete()
    checks, _ = Verification.objects.filter(at__lt=at - VERIFICATIONS_KEPT).delete()
    return {"sessions": sessions, "deliveries": _purge_deliveries(at), "verifications": checks}


def _purge_deliveries(at: datetime) -> int:
    removed = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_OLD_DELIVERIES, [at - DELIVERIES_KEPT, BEHIND_CURSOR, _CHUNK])
            removed += cursor.rowcount
            if cursor.rowcount < _CHUNK:
                return removed
