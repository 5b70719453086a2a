"""How closely a consortium is bound, and the centres its members share, both in time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions.actions.joining import manages
from yilianti.registry.institutions.models import Binding, Centre, Consortium, Membership
from yilianti.registry.institutions.terms import CentreKind, Tightness

SHAPE = "institutions.shape"


@transaction.atomic
def bind(*, actor: Actor, consortium: str, tightness: str, from_on: date, at: datetime) -> Binding:
    """From a day on the members are bound so closely; what held before ends that day."""
    bound = _held(actor, consortium, at)
    before = Binding.objects.filter(consortium=bound, until_on__isnull=True).first()
    if before is not None:
        if before.tightness == tightness:
            raise Refused("unchanged", f"“{bound.name}”自 {before.from_on} 起已登记为{Tightness.label(tightness)}；无须重复登记。", field="tightness")
        if from_on <= before.from_on:
            raise Refused("before_the_last", f"起始日期须晚于现行登记的 {before.from_on}。", field="from_on")
        before.until_on = from_on
        before.save(update_fields=["until_on"])
    made = Binding.objects.create(consortium=bound, tightness=Tightness(tightness).value, from_on=from_on)
    _record("institutions.bound", actor, at, bound, {"tightness": tightness, "from_on": str(from_on)})
    return made


@transaction.atomic
def open_centre(*, actor: Actor, consortium: str, kind: str, host_id: int, from_on: date, at: datetime) -> Centre:
    """A member hosts a centre for all: the first of its kind is the main one, every later one a branch of it."""
    shared = _held(actor, consortium, at)
    member = Membership.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=from_on), consortium=shared, institution=host_id, from_on__lte=from_on)
    if not member.exists():
        raise Refused("no_member", f"设在的机构 {from_on} 不是“{shared.name}”的成员；请选成员单位，或核对日期。", field="host_id")
    main = Centre.objects.filter(consortium=shared, kind=kind, main__isnull=True, until_on__isnull=True).first()
    try:
        with transaction.atomic():
            centre = Centre.objects.create(consortium=shared, kind=CentreKind(kind).value, host_id=host_id, main=main, from_on=from_on)
    except IntegrityError as clash:
        raise Refused("centre_open", f"该机构已设有{CentreKind.label(kind)}；请另选机构。", field="host_id") from clash
    _record("institutions.centre_opened", actor, at, shared, {"centre": centre.id, "kind": kind, "host": host_id, "is_main": main is None}, host_id)
    return centre


@transaction.atomic
def close_centre(*, actor: Actor, centre_id: int, until_on: date, at: datetime) -> Centre:
    """The centre serves no longer from that day; a main centre closes last."""
    centre = Centre.objects.select_related("consortium").filter(id=centre_id).first()
    if centre is None:
        raise Refused("unknown_centre", "没有这个共享中心；请刷新页面。", field="centre")
    _held(actor, centre.consortium.code, at)
    centre = Centre.objects.select_for_update(of=("self",)).select_related("consortium").get(id=centre_id)
    if centre.until_on is not None:
        raise Refused("wrong_state", f"该中心已于 {centre.until_on} 撤销。", "already closed")
    if until_on <= centre.from_on:
        raise Refused("ends_before_start", f"撤销日期须晚于设立日期 {centre.from_on}。", field="until_on")
    if centre.branches.filter(until_on__isnull=True).exists():
        raise Refused("has_branches", "该中心还有分中心；请先撤销分中心。", "branches are open")
    centre.until_on = until_on
    centre.save(update_fields=["until_on"])
    _record("institutions.centre_closed", actor, at, centre.consortium, {"centre": centre.id, "kind": centre.kind, "until_on": str(until_on)}, centre.host_id)
    return centre


def _held(actor: Actor, code: str, at: datetime) -> Consortium:
    """The consortium, locked against others who change it."""
    actor.require(SHAPE)
    found = Consortium.objects.select_for_update().filter(code=code).first()
    if found is None:
        raise Refused("unknown_consortium", "没有这个医联体；请重新选择。", field="consortium")
    manages(actor, found, timezone.localdate(at), SHAPE)
    return found


def _record(word: str, actor: Actor, at: datetime, consortium: Consortium, facts: dict[str, Any], institution: int | None = None) -> None:
    journal.write(word, actor=actor, at=at, subject=f"institutions:consortium-{consortium.code}", to_institution=institution, facts={"code": consortium.code, **facts})
