"""Keeping what a device recorded."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import PurePath

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.kernel import journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.record.recordings.models import Recording
from yilianti.record.recordings.packing import pack
from yilianti.record.recordings.terms import Tracing


def keep(
    *, actor: Actor, institution_id: int, content: bytes, format: str, tracing: Tracing | None, at: datetime, key: str = "", name: str = "", source: str = ""
) -> Recording:
    """Keep the bytes as received and the tracing read from them. The same key with the same bytes again gives the recording already
    there, however many doors bring it at once; the same key over other bytes is refused, and the first stays."""
    if not actor.may("diagnosis.acquire", institution_id):
        raise Refused("not_permitted", "您当前的岗位不能为该机构保存记录；请切换岗位。", "may not keep recordings there")
    sha256 = hashlib.sha256(content).hexdigest()
    key = (key or (tracing.key if tracing else "") or sha256)[:96]
    if (held := _held(institution_id, key, sha256)) is not None:
        return held
    made = Recording(
        number=numbers.next_number("JL", at), institution_id=institution_id, key=key, format=format, name=PurePath(name.replace("\\", "/")).name[:120], size=len(content),
        sha256=sha256, content=content, samples=pack(tracing) if tracing else b"", source=source[:64], received_by_id=actor.person, received_at=at, **_facts(tracing),
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save()
            journal.write("recordings.kept", actor=actor, at=at, subject=f"recordings:{made.number}",
                          facts={"number": made.number, "format": format, "institution": institution_id, "size": made.size, "sha256": sha256, "source": made.source})  # fmt: skip
    except IntegrityError:
        if (held := _held(institution_id, key, sha256)) is None:
            raise
        return held
    return made


def _held(institution_id: int, key: str, sha256: str) -> Recording | None:
    held = Recording.objects.defer("content", "samples").filter(institution=institution_id, key=key).first()
    if held is not None and held.sha256 != sha256:
        raise Refused("key_of_other_bytes", f"记录 {held.number} 已使用同一个唯一编号，但内容不同；原记录保持不变，请核对设备的编号设置。", "the same unique name over other bytes", field="file")
    return held


def _facts(tracing: Tracing | None) -> dict[str, object]:
    if tracing is None:
        return {}
    started = tracing.started_at
    if started is not None and timezone.is_naive(started):
        started = timezone.make_aware(started)
    return {"started_at": started, "seconds": tracing.seconds, "rate": tracing.rate, "lead_count": len(tracing.leads)}
