"""Groups of people: noted by hand on evidence, or told by a record of another room."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from yilianti.care.contract import book
from yilianti.care.contract.actions import moving
from yilianti.care.contract.models import Tagging
from yilianti.care.contract.terms import EVERYBODY, SOURCES
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import api as residents


@transaction.atomic
def tag(*, actor: Actor, resident: int, tag: str, from_on: date, at: datetime, evidence: str = "", source: str = "hand", record: str = "") -> Tagging:
    """Somebody belongs to a group from a day on; said again it stays as it is. By hand it needs the right and the evidence."""
    day = timezone.localdate(at)
    known = {one.code: one for one in book.tags(day, actor.scope)}
    if tag not in known or tag == EVERYBODY or known[tag].is_reckoned:
        raise Refused("unknown_tag", "请选择要登记的人群；按年龄算的人群不用登记。", "no such group", field="tag")
    if source not in SOURCES or from_on > day:
        raise Refused("from_on_future", f"起始日期 {from_on} 还没有到；请改正。", "begins in the future", field="from_on")
    if source == "hand":
        actor.require("contract.tag")
        residents.require_view(actor, resident)
        if not evidence.strip():
            raise Refused("evidence_missing", "请写明依据，如诊断证明、证件名称或档案编号。", "evidence is missing", field="evidence")
    ids = moving.hold(resident)
    if (there := Tagging.objects.filter(resident__in=ids, tag=tag, until_on__isnull=True).first()) is not None:
        return there
    made = Tagging.objects.create(resident_id=resident, tag=tag, from_on=from_on, source=source, record=record[:40], evidence=evidence.strip()[:200], noted_by_id=actor.person, noted_at=at)
    _record("contract.tagged", actor, made, at)
    return made


@transaction.atomic
def untag(*, actor: Actor, resident: int, tag: str, until_on: date, at: datetime) -> bool:
    """They belong to it no longer from that day; False when they did not."""
    if not actor.is_system:
        actor.require("contract.tag")
        residents.require_view(actor, resident)
    ids = moving.hold(resident)
    there = Tagging.objects.select_for_update().filter(resident__in=ids, tag=tag, until_on__isnull=True).first()
    if there is None:
        return False
    if not there.from_on <= until_on <= timezone.localdate(at):
        raise Refused("until_on_wrong", f"结束日期应在 {there.from_on} 至今天之间；请改正。", "day out of range", field="until_on")
    there.until_on = until_on
    there.save(update_fields=["until_on"])
    _record("contract.untagged", actor, there, at)
    return True


def _record(word: str, actor: Actor, made: Tagging, at: datetime) -> None:
    journal.write(word, actor=actor, at=at, subject=f"contract_tag:{made.pk}", resident=made.resident_id, to_institution=actor.institution,
                  facts={"tag": made.tag, "from_on": made.from_on.isoformat(), "until_on": made.until_on.isoformat() if made.until_on else "", "source": made.source, "record": made.record})  # fmt: skip
