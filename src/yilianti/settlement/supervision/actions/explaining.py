"""The institution's insurance office answers, with a file where it has one."""

from __future__ import annotations

from datetime import datetime

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.supervision.actions import moving
from yilianti.settlement.supervision.models import Suspicion

LARGEST = 5 * 1024 * 1024
_BEGINS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n"}


def explain(*, actor: Actor, number: str, text: str, at: datetime, file_name: str = "", content: bytes | None = None) -> Suspicion:
    """Say why it is right, or that it is not; the bureau then has its time to decide. A second explanation stands beside the first."""
    given = checked(file_name, content) if content is not None else None
    with moving.step(actor=actor, number=number, action="explain", text=text, at=at) as step:
        limits = moving.limits(actor, at)
        step.file = given
        step.suspicion.explained_at = at
        step.suspicion.due_on = moving.in_days(at, limits.decide_days)
        step.suspicion.reminded_on = None
        step.facts["has_file"] = given is not None
    return step.suspicion


def checked(name: str, content: bytes) -> tuple[str, bytes]:
    """The file with a plain name, or Refused where it is too large or not what its name says."""
    kind = name.rpartition(".")[2].lower()
    if len(content) > LARGEST:
        raise Refused("file_large", f"附件 {name} 超过 5 MB；请压缩或拆分后再附。", "file too large", field="file")
    if kind not in _BEGINS or not content.startswith(_BEGINS[kind]):
        raise Refused("file_kind", f"附件 {name} 不是完好的 PDF、JPG 或 PNG；请另存为其中一种再附。", "not a PDF, JPEG or PNG", field="file")
    plain = "".join(sign for sign in name if sign.isalnum() or sign in "._-（）()")[-76:]
    return plain or f"附件.{kind}", content
