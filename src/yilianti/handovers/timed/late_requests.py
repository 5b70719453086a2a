"""A resident's request that was not answered in time becomes a task."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from yilianti.registry.inbox import api as inbox
from yilianti.registry.privacy import api as privacy

EVERY = timedelta(hours=1)


def tick(at: datetime) -> int:
    """Ask once per request; returns how many are late."""
    late = privacy.overdue_requests(timezone.localdate(at))
    for asked in late:
        inbox.ask(key=f"privacy:late:{asked.number}", institution_id=asked.institution_id, title=f"个人信息请求 {asked.number} 已超过答复期限",
                  link=f"/privacy/requests/{asked.number}/", subject=f"privacy:{asked.number}", at=at)  # fmt: skip
    return len(late)
