"""Councils and who sits in them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.governance import access
from yilianti.registry.governance.actions.recording import kept_by, record
from yilianti.registry.governance.models import Council, Seat
from yilianti.registry.governance.terms import CouncilKind, Office
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people


@transaction.atomic
def found_council(*, actor: Actor, consortium: str, kind: str, name: str, founded_on: date, at: datetime) -> Council:
    """Set up a body that decides for a consortium."""
    of = kept_by(actor, consortium, at)
    if not name.strip():
        raise Refused("name_missing", "请填写名称。", field="name")
    try:
        with transaction.atomic():
            council = Council.objects.create(consortium=of, kind=CouncilKind(kind).value, name=name.strip(), founded_on=founded_on)
    except IntegrityError as clash:
        raise Refused("name_taken", f"“{of.name}”已有名为“{name}”的治理机构；请换一个名称。", field="name") from clash
    record("governance.council_founded", actor=actor, at=at, subject=f"council-{council.id}", consortium=of, facts={"kind": kind})
    return council


@transaction.atomic
def seat(*, actor: Actor, council_id: int, person_id: int, institution_id: int, office: str, has_vote: bool, from_on: date, at: datetime) -> Seat:
    """Somebody of a member institution takes a seat; one open seat each, one chair."""
    council = _locked(actor, council_id, at)
    person = people.get(person_id)
    if person is None or institution_id not in {post.institution_id for post in people.posts_of(person_id, from_on)}:
        raise Refused("no_post", "该人员当日在所选机构没有岗位；请核对人员和机构。", "no post there", field="person_id")
    if not set(institutions.chain(institution_id)) & institutions.member_ids(council.consortium, from_on):
        raise Refused("no_member", f"所选机构不属于“{council.consortium.name}”；请选成员单位的人员。", "not of a member", field="institution_id")
    try:
        with transaction.atomic():
            taken = Seat.objects.create(council=council, person_id=person_id, institution_id=institution_id, office=Office(office).value, has_vote=has_vote, from_on=from_on)
    except IntegrityError as clash:
        if "one_chair" in str(clash):
            raise Refused("has_chair", "已有主任；请先登记其离任。", "there is a chair", field="office") from clash
        raise Refused("seated", f"{person.name}已在任；请勿重复登记。", "seated already", field="person_id") from clash
    record("governance.seated", actor=actor, at=at, subject=f"council-{council.id}", consortium=council.consortium,
           facts={"seat": taken.id, "person": person_id, "institution": institution_id, "office": office, "has_vote": has_vote})  # fmt: skip
    return taken


@transaction.atomic
def unseat(*, actor: Actor, seat_id: int, until_on: date, at: datetime) -> Seat:
    """A seat is left from that day on; what was voted stays."""
    held = Seat.objects.select_for_update(of=("self",)).select_related("council__consortium").filter(id=seat_id).first()
    if held is None:
        raise Refused("unknown_seat", "没有这个席位；请刷新页面。", "no such seat", field="seat")
    access.require_manage(actor, held.council.consortium, timezone.localdate(at))
    if held.until_on is not None:
        raise Refused("wrong_state", f"该席位已于 {held.until_on} 离任。", "left already")
    if until_on <= held.from_on:
        raise Refused("ends_before_start", f"离任日期须晚于就任日期 {held.from_on}。", field="until_on")
    held.until_on = until_on
    held.save(update_fields=["until_on"])
    record("governance.unseated", actor=actor, at=at, subject=f"council-{held.council_id}", consortium=held.council.consortium, facts={"seat": held.id, "until_on": str(until_on)})
    return held


def _locked(actor: Actor, council_id: int, at: datetime) -> Council:
    found = Council.objects.select_for_update(of=("self",)).select_related("consortium").filter(id=council_id).first()
    if found is None:
        raise Refused("unknown_council", "没有这个治理机构；请刷新页面。", "no such council", field="council")
    access.require_manage(actor, found.consortium, timezone.localdate(at))
    return found
