"""Consortia and who belongs to them, in time."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import rules, tree
from yilianti.registry.institutions.actions.recording import MANAGE, permitted, record, still_held
from yilianti.registry.institutions.models import Consortium, Membership
from yilianti.registry.institutions.terms import ConsortiumModel, MemberRole


@transaction.atomic
def found_consortium(*, actor: Actor, code: str, name: str, model: str, region: str, at: datetime) -> Consortium:
    """Enter a consortium of one of the four models."""
    permitted(actor, at=at)
    if not rules.CONSORTIUM_CODE.fullmatch(code):
        raise Refused("code_wrong", "医联体代码为 2–32 位小写字母、数字或横线，字母开头；请改正。", "A consortium code is 2-32 small letters, digits or hyphens.", field="code")
    if region and not rules.COUNTY_REGION.fullmatch(region):
        raise Refused("region_wrong", "行政区划代码为 6 位数字。", "A region has 6 digits.", field="region")
    if Consortium.objects.filter(code=code).exists():
        raise Refused("code_taken", f"医联体代码 {code} 已在使用；请换一个代码。", field="code")
    consortium = Consortium.objects.create(code=code, name=name, model=ConsortiumModel(model).value, region=region)
    journal.write("institutions.consortium_founded", actor=actor, at=at, subject=f"institutions:consortium-{code}", facts={"code": code, "model": model})
    return consortium


@transaction.atomic
def open_membership(*, actor: Actor, institution_id: int, consortium: str, role: str, from_on: date, at: datetime) -> Membership:
    """An institution joins a consortium; one open membership each, one lead per consortium."""
    institution = tree.locked(institution_id)
    permitted(actor, institution, at=at)
    joined = Consortium.objects.filter(code=consortium).first()
    if joined is None:
        raise Refused("unknown_consortium", "没有这个医联体；请重新选择。", field="consortium")
    manages(actor, joined, timezone.localdate(at))
    try:
        with transaction.atomic():
            membership = Membership.objects.create(consortium=joined, institution=institution, role=MemberRole(role).value, from_on=from_on)
    except IntegrityError as clash:
        if "one_lead_per_consortium" in str(clash):
            raise Refused("has_lead", f"“{joined.name}”已有牵头医院；请先结束其成员关系，再指定新的牵头医院。", field="role") from clash
        raise Refused("already_member", f"“{institution.name}”已是“{joined.name}”的成员。", field="consortium") from clash
    record("institutions.joined", actor=actor, at=at, institution=institution, facts={"consortium": consortium, "role": role, "from_on": str(from_on)})
    return membership


@transaction.atomic
def end_membership(*, actor: Actor, membership_id: int, until_on: date, at: datetime) -> Membership:
    """An institution leaves; the day named is the first on which it no longer belongs."""
    permitted(actor, at=at)
    held = Membership.objects.select_for_update(of=("self",)).select_related("institution", "consortium").filter(id=membership_id).first()
    if held is not None:
        permitted(actor, held.institution, at=at)
    if held is None or held.until_on is not None:
        raise Refused("wrong_state", "该成员关系已经结束；请刷新页面。", "already ended")
    if until_on <= held.from_on:
        raise Refused("ends_before_start", f"结束日期须晚于加入日期 {held.from_on}。", field="until_on")
    held.until_on = until_on
    held.save(update_fields=["until_on"])
    record("institutions.left", actor=actor, at=at, institution=held.institution, facts={"consortium": held.consortium.code, "until_on": str(until_on)})
    return held


def manages(actor: Actor, consortium: Consortium, day: date, permission: str = MANAGE) -> None:
    """Refuse unless the consortium is new, or one of its members lies within the actor's reach."""
    members = consortium.memberships.filter(still_held(day))
    reached = members.filter(institution__in=actor.reaches(permission))
    if not actor.is_system and members.exists() and not reached.exists():
        raise Refused("not_permitted", f"“{consortium.name}”不在您管理的范围；请由该医联体的管理员办理。", "not one of yours", field="consortium")
