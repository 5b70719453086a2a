"""The statement library: what a physician chooses from on a day, what an earlier edition called a code, and what it does not know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils import timezone

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions


def rows(modality: str, centre: int, at: datetime) -> list[dict[str, str]]:
    """The library in force at the centre on that day, in the order of its groups."""
    table = policybook.in_force(f"clinical.diagnosis.statements_{modality}", timezone.localdate(at), institutions.scope_of(centre, at)).table
    return list(table.dicts()) if table else []


def names(modality: str, centre: int, at: datetime) -> dict[str, str]:
    """What each code of that day's library is called in Chinese."""
    return {row["code"]: row["zh"] for row in rows(modality, centre, at)}


def require_known(modality: str, centre: int, statements: Sequence[str], at: datetime, standing: Collection[str] = ()) -> list[str]:
    """The codes, each once; Refused naming those that the library in force does not hold. What already stands on the exam was chosen under its own edition and may stay."""
    said = list(dict.fromkeys(statements))
    known = {*names(modality, centre, at), *standing}
    if unknown := [code for code in said if code not in known]:
        listed = "、".join(unknown[:5])
        raise Refused("statement_unknown", f"诊断语句“{listed}”不在现行的语句库中；请刷新页面，从列表中重新选择。", f"not in the statement library in force: {listed}", field="statements")
    return said
