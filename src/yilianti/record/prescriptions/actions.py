"""Filing medicines from hospital systems; recording, correcting and closing allergies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.fitting import fitted
from yilianti.kernel.numbers import next_number
from yilianti.record.prescriptions import access
from yilianti.record.prescriptions.models import Allergy, AllergyVersion, Prescription, PrescriptionVersion
from yilianti.record.prescriptions.terms import AllergyKind, Filed, Intolerance, Medicine, OrderSaid, Standing, State
from yilianti.registry.privacy import api as privacy
from yilianti.registry.residents import api as residents

_MEDICINE = ("drug", "code", "system", "dose", "route", "frequency", "days", "instructions", "prescriber")
_ALLERGY = ("kind", "substance", "code", "severity", "reaction", "noticed", "standing", "closed_because")


@transaction.atomic
def file_prescription(
    *, actor: Actor, resident_id: int, institution_id: int, encounter_id: int | None, order: OrderSaid, medicine: Medicine, source: str, at: datetime,
) -> Filed:  # fmt: skip
    """File an order (RDE): new, or the next version of the one with this number; exactly the same again changes nothing."""
    if not actor.is_system:
        raise Refused("not_permitted", "用药记录由医院信息系统通过接口写入，不能手工登记。", "prescriptions are filed by hospital systems")
    blank = Prescription(number=next_number("YY", at), resident_id=resident_id, institution_id=institution_id, encounter_id=encounter_id,
                         order_number=order.order_number[:96], ordered_at=order.ordered_at, version=0)  # fmt: skip
    row = _locked(blank)
    if row.resident_id not in residents.all_ids(resident_id):
        raise Refused("order_of_other_resident", f"医嘱号 {order.order_number} 已登记在另一位居民名下；请与来源系统核对。",
                      "this order number belongs to another resident", field="order_number")  # fmt: skip
    before = _content(row, (*_MEDICINE, "state"), "started_at", "ended_at") if row.version else None
    _take(row, order, medicine)
    now = _content(row, (*_MEDICINE, "state"), "started_at", "ended_at")
    if now == before:
        return Filed(row.number, False)
    row.version += 1
    row.save()
    PrescriptionVersion.objects.create(prescription=row, version=row.version, recorded_at=at, source=source[:64], content=now)
    word = "filed" if before is None else "ended" if row.state != State.ACTIVE and before["state"] == State.ACTIVE.value else "amended"
    journal.write(f"prescriptions.{word}", actor=actor, at=at, subject=f"prescriptions:{row.number}", resident=row.resident_id,
                  to_institution=institution_id, facts={"number": row.number, "state": row.state, "institution": institution_id})  # fmt: skip
    residents.note_relation(row.resident_id, institution_id, at)
    seal(actor, row, at)
    return Filed(row.number, True)


def seal(actor: Actor, row: Prescription, at: datetime) -> None:
    """Seal the order where its text names a sensitive category; one of a sealed visit is sealed with it anyway."""
    privacy.seal(
        actor=actor, source=privacy.Source.PRESCRIPTION, item=row.pk, number=row.number, resident_id=row.resident_id,
        institution_id=row.institution_id, codes=(), texts=[row.drug, row.instructions], at=at,
    )  # fmt: skip


def reseal(*, at: datetime) -> int:
    """Seal what the policy in force today calls sensitive among orders filed before; returns how many were looked at."""
    return privacy.reseal(Prescription.objects.order_by("id").iterator(500), seal, at)


def _locked(blank: Prescription) -> Prescription:
    """The order of this number under lock, or the new one (version 0): of two that file it at once, one enters it."""
    Prescription.objects.bulk_create([blank], ignore_conflicts=True)
    return Prescription.objects.select_for_update().get(institution=blank.institution_id, order_number=blank.order_number)


def _take(row: Prescription, order: OrderSaid, medicine: Medicine) -> None:
    for name in _MEDICINE:
        if said := str(getattr(medicine, name)).strip():
            setattr(row, name, fitted(Prescription, name, said))
    row.drug = row.drug or "（未写明药名）"
    row.state = order.state
    row.started_at, row.ended_at = order.started_at or row.started_at, order.ended_at or row.ended_at


def record_allergy(
    *, actor: Actor, resident_id: int, institution_id: int, told: Intolerance, at: datetime, source: str = ""
) -> Filed:
    """Write down an allergy, or that none is known; the same substance again amends what is known of it.

    A known allergy ends “none known”; “none known” is refused while an allergy stands.
    """
    actor.require(access.RECORD, institution_id)
    if not actor.is_system and not access.may_see_allergies(actor, resident_id):
        raise Refused("not_permitted", "这位居民不在您所在机构建档，也未在此就诊；请凭证件登记后再记录。", "not in view")
    substance = " ".join(told.substance.split())[:120]
    if told.kind != AllergyKind.NONE and not substance:
        raise Refused("substance_missing", "请填写“过敏原”；没有过敏史请选“无已知过敏”。", "The substance is required.", field="substance")
    if told.kind == AllergyKind.NONE and substance:
        raise Refused("none_of_something", "写了过敏原，就不是“无已知过敏”；请改选类别，或清空过敏原。", "A substance contradicts “none known”.", field="kind")
    try:
        with transaction.atomic():
            return _recorded(actor, resident_id, institution_id, told, substance, at, source)
    except IntegrityError as clash:
        raise Refused("changed_meanwhile", "同事刚刚记录了同一种过敏；请刷新查看。", "recorded meanwhile") from clash


@transaction.atomic
def hear_allergy(*, actor: Actor, resident_id: int, institution_id: int, told: Intolerance, source: str, at: datetime) -> Filed:
    """Write down what was told elsewhere, such as on a referral: once for each `source`, even where it was refuted since.

    What stands is not contradicted: “none known” beside an allergy, and a substance that is on record already, change nothing.
    """
    ids, substance = residents.all_ids(resident_id), " ".join(told.substance.split())[:120]
    rows = Allergy.objects.filter(resident__in=ids)
    heard = AllergyVersion.objects.filter(allergy__in=rows, allergy__substance__iexact=substance, source=source[:64]).exists()
    standing = rows.filter(standing=Standing.OPEN.value)
    known = standing.filter(substance__iexact=substance) if substance else standing
    if heard or known.exists():
        return Filed("", False)
    return record_allergy(actor=actor, resident_id=resident_id, institution_id=institution_id, told=told, at=at, source=source)


def _recorded(actor: Actor, resident: int, institution: int, told: Intolerance, substance: str, at: datetime, source: str) -> Filed:
    standing = list(Allergy.objects.select_for_update().filter(resident__in=residents.all_ids(resident), standing=Standing.OPEN.value).order_by("id"))
    allergies = [row for row in standing if row.kind != AllergyKind.NONE]
    if told.kind == AllergyKind.NONE and allergies:
        raise Refused("allergy_stands", f"已记录对“{allergies[0].substance}”过敏；如已排除，请先在该条上“排除”，再记“无已知过敏”。",
                      "An allergy is on record.", field="kind")  # fmt: skip
    same = next((row for row in standing if row.kind == told.kind and row.substance.casefold() == substance.casefold()), None)
    if told.kind != AllergyKind.NONE:
        for row in standing:
            if row.kind == AllergyKind.NONE:
                _closed(row, Standing.REFUTED, f"后来记录了对“{substance}”过敏", actor, at)
    if same is None:
        same = Allergy(number=next_number("GM", at), resident_id=resident, institution_id=institution, kind=told.kind, substance=substance,
                       recorded_at=at, recorded_by=actor.name, version=0)  # fmt: skip
        word = "allergy_recorded"
    else:
        word = "allergy_amended"
    before = _content(same, _ALLERGY)
    for name in ("code", "severity", "reaction", "noticed"):
        said = str(getattr(told, name)).strip()
        if said and said != "unknown":
            setattr(same, name, fitted(Allergy, name, said))
    if same.version and _content(same, _ALLERGY) == before:
        return Filed(same.number, False)
    _kept(same, word, actor, at, source)
    return Filed(same.number, True)


@transaction.atomic
def refute(*, actor: Actor, number: str, because: str, at: datetime) -> Allergy:
    """It was looked into: no allergy after all."""
    return _close(actor, number, Standing.REFUTED, because, at)


@transaction.atomic
def withdraw(*, actor: Actor, number: str, because: str, at: datetime) -> Allergy:
    """It was entered by mistake, such as for the wrong person; what stood there stays in the history."""
    return _close(actor, number, Standing.WITHDRAWN, because, at)


def _close(actor: Actor, number: str, standing: Standing, because: str, at: datetime) -> Allergy:
    if not because.strip():
        raise Refused("reason_missing", "请写明原因；过敏史关系生命，日后要能说明为什么。", "A reason is required.", field="because")
    row = Allergy.objects.select_for_update().filter(number=number).first()
    if row is None or not access.may_see_allergies(actor, row.resident_id):
        raise Refused("unknown_allergy", "没有这条过敏记录，或您无权处理。", "no such allergy")
    actor.require(access.RECORD)
    if row.standing != Standing.OPEN:
        raise Refused("changed_meanwhile", f"这条过敏记录{Standing.label(row.standing)}，同事刚刚处理过；请刷新查看。", "closed meanwhile")
    _closed(row, standing, because.strip()[:200], actor, at)
    return row


def _closed(row: Allergy, standing: Standing, because: str, actor: Actor, at: datetime) -> None:
    row.standing, row.closed_at, row.closed_because = standing.value, at, because
    _kept(row, "allergy_refuted" if standing is Standing.REFUTED else "allergy_withdrawn", actor, at, "")


def _kept(row: Allergy, word: str, actor: Actor, at: datetime, source: str) -> None:
    row.version += 1
    row.save()
    AllergyVersion.objects.create(allergy=row, version=row.version, at=at, by=actor.name, source=source[:64], content=_content(row, _ALLERGY))
    journal.write(f"prescriptions.{word}", actor=actor, at=at, subject=f"prescriptions:{row.number}", resident=row.resident_id,
                  to_institution=row.institution_id, facts={"number": row.number, "kind": row.kind, "severity": row.severity})  # fmt: skip


def _content(row: Any, names: Sequence[str], *moments: str) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in names}
    return plain | {name: moment.isoformat() if (moment := getattr(row, name)) else "" for name in moments}
