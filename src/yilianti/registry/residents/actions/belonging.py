"""What goes with a resident: relatives and contacts, and how they are insured, in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import access, links
from yilianti.registry.residents.actions.recording import locked, record
from yilianti.registry.residents.models import Coverage, Kin
from yilianti.registry.residents.terms import CoverageKind, KinKind


@dataclass(frozen=True)
class Insured:
    """One insurance; `from_on` included, `until_on` the first day without it (None: open)."""

    kind: str
    from_on: date
    number: str = ""
    region: str = ""
    until_on: date | None = None


@transaction.atomic
def note_kin(*, actor: Actor, resident_id: int, kind: str, name: str, at: datetime, phone: str = "", other_id: int | None = None) -> Kin:
    """Write down a relative or contact; one of each kind, a new one takes the place of the old."""
    actor.require("residents.amend")
    resident = locked(links.standing_for(resident_id).id)
    access.require_view(actor, resident.id, "residents.amend")
    if not name.strip() and other_id is None:
        raise Refused("name_missing", f"请填写{KinKind.label(kind)}的姓名。", field="name")
    if other_id == resident.id:
        raise Refused("own_kin", "不能把本人记为自己的亲属；请重新选择。", field="other")
    told = {"name": " ".join(name.split())[:96], "phone": phone.strip()[:32], "other_id": other_id, "noted_at": at}
    kin, is_new = Kin.objects.get_or_create(resident=resident, kind=KinKind(kind).value, defaults=told)
    if not is_new and (kin.name, kin.phone, kin.other_id) == (told["name"], told["phone"], other_id):
        return kin
    if not is_new:
        Kin.objects.filter(id=kin.id).update(**told)
        kin.refresh_from_db()
    record("residents.kin_noted", actor=actor, at=at, resident=resident, facts={"kind": kind})
    return kin


@transaction.atomic
def cover(*, actor: Actor, resident_id: int, insured: Insured, at: datetime) -> Coverage:
    """Note an insurance, or end (renumber) the one that began that day; two of one kind never overlap."""
    actor.require("residents.cover")
    resident = locked(links.standing_for(resident_id).id)
    access.require_view(actor, resident.id, "residents.cover")
    if insured.until_on is not None and insured.until_on <= insured.from_on:
        raise Refused("ends_before_start", "参保止须晚于参保起。", field="until_on")
    held = list(Coverage.objects.filter(resident=resident, kind=CoverageKind(insured.kind).value).order_by("from_on"))
    same = next((one for one in held if one.from_on == insured.from_on), None)
    clash = next((one for one in held if one is not same and _overlap(one, insured)), None)
    if clash is not None:
        until = f"至 {clash.until_on}" if clash.until_on else "至今"
        raise Refused("covered_already", f"{CoverageKind.label(insured.kind)}自 {clash.from_on} {until}已有登记，与这一段重叠；请先填写前一段的参保止。", field="from_on")
    told = {"number": insured.number, "region": insured.region, "until_on": insured.until_on}
    coverage = same or Coverage(resident=resident, kind=insured.kind, from_on=insured.from_on, noted_at=at)
    if same and all(getattr(same, name) == value for name, value in told.items()):
        return same
    for name, value in told.items():
        setattr(coverage, name, value)
    coverage.save()
    record("residents.covered", actor=actor, at=at, resident=resident, facts={"kind": insured.kind, "from_on": str(insured.from_on), "until_on": str(insured.until_on or "")})
    return coverage


def _overlap(one: Coverage, other: Insured) -> bool:
    return (one.until_on is None or other.from_on < one.until_on) and (other.until_on is None or one.from_on < other.until_on)


@transaction.atomic
def uncover(*, actor: Actor, coverages: Iterable[int], at: datetime) -> int:
    """Take back insurances that a list brought in."""
    actor.require("residents.cover")
    found = list(Coverage.objects.select_for_update(of=("self",)).select_related("resident").filter(id__in=coverages))
    for one in found:
        record("residents.uncovered", actor=actor, at=at, resident=one.resident, facts={"kind": one.kind, "from_on": str(one.from_on)})
    Coverage.objects.filter(id__in=[one.id for one in found]).delete()
    return len(found)
