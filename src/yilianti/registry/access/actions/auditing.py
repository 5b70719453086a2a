"""Acts of the auditor: check the whole chain, take the access log out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from yilianti.kernel import journal, sealing
from yilianti.kernel.actor import Actor
from yilianti.kernel.crypto import anchoring
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalSeal
from yilianti.registry.access import access
from yilianti.registry.access.terms import FOUND_BROKEN, VERIFIED

#: Above this many seals a page would keep its reader waiting for more than about half a minute.
LARGEST_ON_A_PAGE = 500_000


def verify_chain(*, actor: Actor, at: datetime) -> str:
    """Recompute every hash; returns the sentence to show. The outcome is an entry of the journal itself."""
    actor.require(access.VIEW_JOURNAL)
    last = JournalSeal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    if last > LARGEST_ON_A_PAGE:
        raise Refused("too_long", f"已有 {last} 条封签，页面上核对太久；请在服务器上执行 ./yilianti verify-journal。")
    try:
        sealed, waiting = anchoring.verify()
    except sealing.Broken as broken:
        word, sentence = FOUND_BROKEN, str(broken)
    else:
        word, sentence = VERIFIED, f"{sealed} 条封签逐条核对无误，另有 {waiting} 条待封签。"
    with transaction.atomic():
        journal.write(word, actor=actor, at=at, subject=f"journal:{last}", facts={"sentence": sentence})
    return sentence


@transaction.atomic
def report_broken(*, sentence: str, at: datetime) -> None:
    """The platform's own check found a fault: from now on the auditor's page says so."""
    journal.write(FOUND_BROKEN, actor=Actor.system(), at=at, subject="journal:check", facts={"sentence": sentence})


def export_log(*, actor: Actor, filters: Mapping[str, str], rows: int, at: datetime) -> None:
    """Note that the access log was taken out, with which filters and how many lines."""
    actor.require(access.VIEW_LOG)
    with transaction.atomic():
        journal.write("access.log_exported", actor=actor, at=at, subject=f"access:{actor.person}", facts={**filters, "rows": rows})
