"""Keeping the directory: what is offered, what an institution is able to do, how long the way is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.capacity.services import access, rules
from yilianti.capacity.services.models import Capability, HealthcareService, Travel
from yilianti.capacity.services.terms import CapabilityKind, ServiceKind, Told
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions

_FIELDS = ("name", "specialty", "preparation", "place", "phone")
_LISTS = ("kinds", "symptoms", "diagnosis_prefixes", "channels")


def offer(*, actor: Actor, institution: int, told: Told, at: datetime) -> HealthcareService:
    """A new line of the directory."""
    actor.require(access.KEEP, institution)
    row = HealthcareService(institution_id=institution, from_on=timezone.localdate(at), version=0)
    return _write(actor, row, told, "services.offered", at)


@transaction.atomic
def amend(*, actor: Actor, service: int, told: Told, version: int, at: datetime) -> HealthcareService:
    """Correct a line; refused where somebody changed it meanwhile."""
    row = _locked(actor, service)
    if row.version != version:
        raise Refused("changed_meanwhile", "这项服务刚被同事修改过；请刷新后再改。", "changed meanwhile")
    return _write(actor, row, told, "services.amended", at)


@transaction.atomic
def withdraw(*, actor: Actor, service: int, because: str, at: datetime) -> HealthcareService:
    """Offered no longer; what was sent to it stays."""
    if not because.strip():
        raise Refused("reason_missing", "请写明停止服务的原因。", field="because")
    row = _locked(actor, service)
    if row.until_on is None:
        row.until_on, row.version = timezone.localdate(at), row.version + 1
        row.save()
        _journal("services.withdrawn", actor, row.institution_id, f"services:{row.pk}", at, name=row.name, because=because.strip())
    return row


@transaction.atomic
def note_capability(*, actor: Actor, institution: int, kind: str, code: str, name: str, at: datetime) -> Capability:
    """The institution is able to do this from today on."""
    actor.require(access.KEEP, institution)
    if kind not in {str(k.value) for k in CapabilityKind}:
        raise Refused("kind_missing", "请选择类别。", field="kind")
    if not (code.strip() and name.strip()):
        raise Refused("name_missing", "请填写代码和名称。", field="name")
    row, is_new = Capability.objects.get_or_create(institution_id=institution, kind=kind, code=code.strip(), until_on=None,
                                                   defaults={"name": name.strip(), "from_on": timezone.localdate(at)})  # fmt: skip
    if is_new:
        _journal("services.capability_noted", actor, institution, f"institution:{institution}", at, kind=kind, code=row.code, name=row.name)
    return row


@transaction.atomic
def end_capability(*, actor: Actor, capability: int, at: datetime) -> Capability:
    """The institution can do this no longer."""
    row = Capability.objects.select_for_update().filter(pk=capability).first()
    if row is None:
        raise Refused("unknown_capability", "没有这一条能力；请刷新页面。", "unknown capability")
    actor.require(access.KEEP, row.institution_id)
    if row.until_on is None:
        row.until_on = timezone.localdate(at)
        row.save(update_fields=["until_on"])
        _journal("services.capability_ended", actor, row.institution_id, f"institution:{row.institution_id}", at, kind=row.kind, code=row.code, name=row.name)
    return row


@transaction.atomic
def note_travel(*, actor: Actor, from_institution: int, to_institution: int, minutes: int, at: datetime, km: Decimal | None = None) -> Travel:
    """How long the way takes, measured by somebody who went it; kept for this direction only."""
    actor.require(access.MEASURE)
    if from_institution == to_institution:
        raise Refused("same_place", "请选择两家不同的机构。", field="to_institution")
    if not rules.MINUTES[0] <= minutes <= rules.MINUTES[1]:
        raise Refused("minutes_wrong", "路程时间应在 1 分钟到 48 小时之间。", field="minutes")
    row, _ = Travel.objects.update_or_create(from_institution_id=from_institution, to_institution_id=to_institution,
                                             defaults={"minutes": minutes, "km": km, "noted_at": at})  # fmt: skip
    _journal("services.travel_noted", actor, to_institution, f"institution:{from_institution}", at, from_institution=from_institution, minutes=minutes)
    return row


@transaction.atomic
def forget_travel(*, actor: Actor, travel: int, at: datetime) -> Travel:
    """A way that was noted by mistake."""
    actor.require(access.MEASURE)
    row = Travel.objects.select_for_update().select_related("to_institution").filter(pk=travel).first()
    if row is None:
        raise Refused("unknown_travel", "这一条路程已不在；请刷新页面。", "unknown way")
    Travel.objects.filter(pk=travel).delete()
    _journal("services.travel_forgotten", actor, row.to_institution_id, f"institution:{row.from_institution_id}", at, from_institution=row.from_institution_id,
             minutes=row.minutes)  # fmt: skip
    return row


def _locked(actor: Actor, service: int) -> HealthcareService:
    row = HealthcareService.objects.select_for_update().filter(pk=service).first()
    if row is None:
        raise Refused("unknown_service", "没有这项服务；请刷新页面。", "unknown service")
    actor.require(access.KEEP, row.institution_id)
    return row


@transaction.atomic
def _write(actor: Actor, row: HealthcareService, told: Told, word: str, at: datetime) -> HealthcareService:
    if not told.name.strip():
        raise Refused("name_missing", "请填写服务名称。", field="name")
    if not told.kinds or not set(told.kinds) <= {str(k.value) for k in ServiceKind}:
        raise Refused("kinds_missing", "请至少选择一种类别。", field="kinds")
    if told.department is not None and told.department not in {d.id for d in institutions.departments(row.institution_id)}:
        raise Refused("department_elsewhere", "所选科室不属于这家机构；请重新选择。", field="department")
    for name in rules.LONGEST:
        for finding in rules.misspelt(name, getattr(told, name)):
            raise Refused("words_misspelt", finding.sentence, field=name)
    row.department_id = told.department
    for name in _FIELDS:
        setattr(row, name, getattr(told, name).strip())
    for name in _LISTS:
        setattr(row, name, [word for word in dict.fromkeys(item.strip() for item in getattr(told, name)) if word])
    row.version += 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as clash:
        if "one_service_of_a_name" not in str(clash):
            raise
        raise Refused("service_twice", "该科室已有同名服务；请改名，或修改原来那一项。", field="name") from clash
    row.practitioners.set(told.practitioners)
    _journal(word, actor, row.institution_id, f"services:{row.pk}", at, name=row.name)
    return row


def _journal(word: str, actor: Actor, institution: int, subject: str, at: datetime, **facts: Any) -> None:
    journal.write(word, actor=actor, at=at, subject=subject, to_institution=institution, facts=facts)
