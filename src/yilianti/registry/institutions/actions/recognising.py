"""Senders that the directory does not know: provisional, then confirmed or merged into the one they are."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.numbers import next_number
from yilianti.registry.institutions import tree
from yilianti.registry.institutions.actions import keeping
from yilianti.registry.institutions.actions.recording import permitted, record
from yilianti.registry.institutions.models import FacilityCode, Institution
from yilianti.registry.institutions.terms import Kind, Level, Particulars, Standing

_ONE_PER_CODE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@transaction.atomic
def provisional(*, system: str, value: str, at: datetime, actor: Actor | None = None, name: str = "") -> Institution:
    """The institution behind an unknown facility code, made once however many ask; the known one if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_PER_CODE, [f"institutions.facility:{system}:{value}"])
    known = FacilityCode.objects.select_related("institution__merged_into").filter(system=system, value=value).first()
    if known is not None:
        return known.institution.merged_into or known.institution
    acting = actor or Actor.system("接口")
    # Only hospitals have systems that send; the administrator who confirms it sets kind and level.
    institution = Institution(
        code=next_number("JG", at), name=(name or value)[:96], short_name=(name or value)[:32], kind=Kind.OTHER.value,
        level=Level.COUNTY.value, region=acting.region, standing=Standing.PROVISIONAL.value, created_at=at,
    )  # fmt: skip
    tree.plant(institution, None)
    FacilityCode.objects.create(institution=institution, system=system, value=value)
    record("institutions.provisionally_registered", actor=acting, at=at, institution=institution, facts={"system": system, "value": value})
    return institution


@transaction.atomic
def confirm(*, actor: Actor, institution_id: int, particulars: Particulars, at: datetime) -> Institution:
    """A provisional institution is a real one that was missing: give it its particulars and put it into use."""
    _provisional(institution_id, actor, at)
    institution = keeping.amend(actor=actor, institution_id=institution_id, particulars=particulars, at=at)
    institution.standing = Standing.ACTIVE.value
    institution.save(update_fields=["standing"])
    record("institutions.confirmed", actor=actor, at=at, institution=institution, facts={})
    return institution


@transaction.atomic
def merge_into(*, actor: Actor, institution_id: int, target_id: int, at: datetime) -> Institution:
    """A provisional institution was a known one: its facility codes move, it is marked merged; answers the target.

    What was filed under it is append-only and keeps its number; `branch_ids`, `own_ids` and every actor's reach count
    a merged institution with its target, so it is seen and permitted exactly as the target's own.
    """
    merged = _provisional(institution_id, actor, at)
    target = tree.locked(target_id)
    permitted(actor, target, at=at)
    if target.standing != Standing.ACTIVE:
        raise Refused("wrong_state", "只能并入在册的机构；请另选机构。", field="target")
    merged.facility_codes.update(institution=target)
    merged.standing, merged.merged_into = Standing.MERGED.value, target
    merged.save(update_fields=["standing", "merged_into"])
    tree.leave_consortia(merged.id, timezone.localdate(at))
    record("institutions.merged", actor=actor, at=at, institution=target, facts={"merged": merged.id, "merged_code": merged.code})
    return target


@transaction.atomic
def name_facility(*, actor: Actor, institution_id: int, system: str, value: str, at: datetime) -> FacilityCode:
    """Tell a machine door by which code it will meet this institution."""
    permitted(actor, at=at)
    institution = tree.locked(institution_id)
    permitted(actor, institution, at=at)
    if not value.strip():
        raise Refused("facility_code_missing", "请填写接口中的机构代码（如 MSH-4）。", field="value")
    code, is_new = FacilityCode.objects.select_related("institution").get_or_create(
        system=system, value=value.strip(), defaults={"institution": institution}
    )
    if code.institution_id != institution.id:
        raise Refused("facility_code_taken", f"接口代码 {value} 已属于“{code.institution.name}”；如是待确认机构，请到“待确认机构”中合并。", field="value")
    if is_new:
        record("institutions.facility_named", actor=actor, at=at, institution=institution, facts={"system": system, "value": code.value})
    return code


def _provisional(institution_id: int, actor: Actor, at: datetime) -> Institution:
    permitted(actor, at=at)
    tree.hold()
    institution = tree.locked(institution_id)
    if institution.standing != Standing.PROVISIONAL:
        raise Refused("wrong_state", f"“{institution.name}”不是待确认机构，已由他人处理；请刷新页面。", "not provisional any more")
    return institution
