"""Acts on access: looks recorded, roles granted and ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from yilianti.registry.access.models import AccessLog


def record_looks(request: Any, looks: Sequence[tuple[int, str]], at: datetime) -> None:
    """Write one line per resident seen in this request."""
    actor = request.actor
    AccessLog.objects.bulk_create(
        AccessLog(at=at, person=actor.person, institution=actor.institution, resident=resident, purpose=purpose,
                  path=request.path[:200], address=request.META.get("REMOTE_ADDR"))
        for resident, purpose in dict.fromkeys(looks)
    )
