"""Correcting what is written of a resident, and adding a number."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import access, documents, links, matching, names, rules
from yilianti.registry.residents.actions.recording import locked, record
from yilianti.registry.residents.models import Identifier, PastParticulars, Resident
from yilianti.registry.residents.terms import DOCUMENTS, Demographics, IdentifierGiven, IdentifierSystem, Key, Standing

_CORRECTED = {"name": "name", "sex": "sex", "born_on": "born_on", "phone": "phone", "address": "address", "home": "home_id", "household": "household"}


@transaction.atomic
def amend(*, actor: Actor, resident_id: int, version: int | None, demographics: Demographics, at: datetime, because: str = "") -> Resident:
    """Correct the particulars; the old ones are kept. Refused when somebody changed them since `version` (None: do not ask)."""
    access.require_view(actor, resident_id, "residents.amend")
    # A machine speaks of the number's holder, a person of whoever they see: after a wrong merge both find their own again.
    resident = locked(resident_id if actor.is_system else links.standing_for(resident_id).id)
    if version is not None and version != resident.version:
        raise Refused("changed_meanwhile", "在您填写期间，这位居民的资料已被他人更正；请查看最新资料后再改。", "changed meanwhile")
    _fits_card(resident, demographics)
    told = asdict(demographics) | {"name": " ".join(demographics.name.split())}
    changed = {name: told[name] for name, column in _CORRECTED.items() if told[name] != getattr(resident, column) and (name, told[name]) != ("household", None)}
    if not changed:
        return resident
    past = {name: _plain(getattr(resident, column)) for name, column in _CORRECTED.items()}
    PastParticulars.objects.create(resident=resident, version=resident.version, particulars=past, until_at=at, changed_by=actor.person, because=because[:120])
    for name, value in changed.items():
        setattr(resident, _CORRECTED[name], value)
    resident.name_grams, resident.name_key = names.grams(resident.name), names.key(resident.name)
    if resident.standing == Standing.UNIDENTIFIED and "name" in changed:
        resident.standing = Standing.KNOWN.value  # whoever writes a name knows who it is
    resident.version += 1
    resident.save()
    record("residents.amended", actor=actor, at=at, resident=resident, facts={"changed": sorted(changed), "version": resident.version})
    return resident


@transaction.atomic
def add_identifier(*, actor: Actor, resident_id: int, given: IdentifierGiven, at: datetime) -> Identifier:
    """Write down another number of a resident; refused, and a suspicion raised by `register`, when it is somebody else's."""
    access.require_view(actor, resident_id, "residents.amend")
    value = rules.tidy(given.value)
    if given.system in DOCUMENTS:
        value = value.upper()
    if fault := rules.malformed(given.system, value) or (documents.fault(given.system, value, timezone.localdate(at), actor.scope) if given.system in DOCUMENTS else ""):
        raise Refused("identifier_malformed", fault, field="value")
    card = rules.read_id_card(value) if given.system == IdentifierSystem.ID_CARD else None
    key = Key(given.system, given.issuer if given.system == IdentifierSystem.LOCAL else 0, card.value if card else value)
    resident = locked(links.standing_for(resident_id).id)
    matching.hold([key])
    if key in matching.owners([key]):
        raise Refused("identifier_taken", f"该{IdentifierSystem.label(given.system)}已登记；如属于另一位居民，请核对证件，或请转诊办在“疑似重复居民”中处理。", field="value")
    if card and Identifier.objects.filter(resident__in=links.all_ids(resident.id), system=IdentifierSystem.ID_CARD.value).exists():
        raise Refused("has_id_card", "这位居民已有身份证号；一人只有一个身份证号，请核对。", field="value")
    if card and resident.standing:
        _known_by_card(resident, card)
    number = Identifier.objects.create(resident=resident, system=key.system, issuer=key.issuer, value=key.value, created_at=at)
    record("residents.identified", actor=actor, at=at, resident=resident, facts={"identifiers": [key.system]})
    return number


def _known_by_card(resident: Resident, card: rules.IdCard) -> None:
    """A newborn or unknown person has got a number: who they are is known from now on; a newborn must have been born that day."""
    if resident.standing == Standing.NEWBORN and resident.born_on and resident.born_on != card.born_on:
        raise Refused("contradicts_birth", f"身份证号的出生日期 {card.born_on} 与出生登记 {resident.born_on} 不一致；请核对号码，或先更正出生日期。", field="value")
    resident.standing, resident.born_on, resident.sex = Standing.KNOWN.value, card.born_on, card.sex.value
    resident.version += 1
    resident.save(update_fields=["standing", "born_on", "sex", "version"])


def _fits_card(resident: Resident, told: Demographics) -> None:
    numbers = Identifier.objects.filter(resident__in=links.all_ids(resident.id), system=IdentifierSystem.ID_CARD.value)
    card = next((card for number in numbers if (card := rules.read_id_card(number.value))), None)
    if card and (findings := rules.contradictions(card, told)):
        field = findings[0].code.removesuffix("_contradicts_card")
        said = "出生日期" if field == "born_on" else "性别"
        raise Refused("contradicts_card", f"{said}与身份证号不一致；请对照证件核对。", field=field, findings=findings)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
