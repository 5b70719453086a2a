"""Registering: a person comes with numbers and particulars and leaves as one resident, found or new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.kernel import batching
from yilianti.kernel.actor import Actor
from yilianti.kernel.crypto import encryption
from yilianti.kernel.finding import Finding, Refused, Severity
from yilianti.kernel.numbers import next_number
from yilianti.registry.residents import documents, matching, names, rules
from yilianti.registry.residents.actions.recording import locked, record
from yilianti.registry.residents.actions.relating import note_relation
from yilianti.registry.residents.matching import Owner
from yilianti.registry.residents.models import Identifier, Resident
from yilianti.registry.residents.terms import DOCUMENTS, Demographics, IdentifierGiven, IdentifierSystem, Key, Sex

_FILLED = ("name", "sex", "born_on", "phone", "address", "home_id", "household")


@dataclass(frozen=True)
class Registered:
    """`resident` stands for the person; `created` says whether they were unknown; `findings` what a person should look at.

    `holder` is whose number was recognised: what is filed under them finds its owner again when a wrong merge is undone.
    """

    resident: Resident
    created: bool
    findings: tuple[Finding, ...] = ()
    holder: int = 0


@dataclass
class Case:
    """One registration under way."""

    actor: Actor
    at: datetime
    keys: list[Key]
    unverified: list[str]
    told: Demographics
    source: str = ""
    findings: list[Finding] = field(default_factory=list)
    #: False for lists: who stands in a list is not in care where the list was brought
    in_care: bool = True

    def note(self, code: str, sentence: str, en: str) -> None:
        self.findings.append(Finding(code, sentence, severity=Severity.WARNING, en=en))


def register(
    *, actor: Actor, identifiers: Sequence[IdentifierGiven], demographics: Demographics, at: datetime, note_bad_id: bool = False,
    source: str = "",
) -> Registered:  # fmt: skip
    """Find the resident these numbers belong to, or enter a new one; any number of parallel calls give one resident.

    Any equal number means the same person; a LOCAL one only within its issuer. Numbers of two residents, a number whose
    owner has another identity card, or particulars that hardly fit are never merged in silence: the weightiest number
    decides and a suspicion waits for a person. An identity number that fails its check is refused, or with `note_bad_id`
    kept unverified and not matched. A known person's blanks are filled, nothing is overwritten (see `amend`); if nothing
    is new, nothing is written. In a caller's longer transaction the numbers stay locked until it ends. `source` (such as
    `hl7v2:123`) is kept where numbers of two merged residents came together.
    """
    actor.require("residents.register")
    case = case_of(actor, identifiers, demographics, at, note_bad_id)
    case.source = source
    for is_last in (False, True):
        try:
            with transaction.atomic():
                return registered(case)
        except IntegrityError as clash:  # a number entered past these locks
            if is_last or not ("identifier_" in str(clash) or encryption.refused_for_its_key(clash)):
                raise
            encryption.refresh()  # what was written carried the hash of a key that this process has not heard of
    raise AssertionError("unreachable")


def case_of(actor: Actor, identifiers: Sequence[IdentifierGiven], told: Demographics, at: datetime, note_bad_id: bool) -> Case:
    case = Case(actor, at, [], [], replace(told, name=" ".join(told.name.split())[:96]))
    for given in identifiers:
        value = rules.tidy(given.value)
        if given.system in DOCUMENTS:
            value = value.upper()
        fault = rules.malformed(given.system, value) or (documents.fault(given.system, value, timezone.localdate(at), actor.scope) if given.system in DOCUMENTS else "")
        if fault and not (note_bad_id and given.system == IdentifierSystem.ID_CARD and value):
            raise Refused("identifier_malformed", fault, "the number cannot be kept", field=given.system)
        if fault:
            case.unverified.append(value[:64])
            case.note("identifier_unverified", f"{fault}已作为未核实证件号保留，不用于识别。", "kept unverified, not matched")
        elif given.system == IdentifierSystem.ID_CARD:
            _read_card(case, value)
        else:
            case.keys.append(Key(given.system, given.issuer if given.system == IdentifierSystem.LOCAL else 0, value))
    case.keys = list(dict.fromkeys(case.keys))
    return case


def _read_card(case: Case, value: str) -> None:
    card = rules.read_id_card(value)
    if card is None:
        raise AssertionError("checked before")
    case.keys.append(Key(IdentifierSystem.ID_CARD.value, 0, card.value))
    case.findings += [*rules.unknown_area(card), *rules.contradictions(card, case.told)]
    case.told = replace(case.told, born_on=card.born_on, sex=card.sex.value)


def registered(case: Case) -> Registered:
    held = matching.owners(case.keys)
    if len(held) < len(case.keys) or not case.keys:
        matching.hold(case.keys)  # only who brings a new number waits: the usual case holds nothing
        held = matching.owners(case.keys)
    owner = matching.chosen(case.keys, held)
    unknown_card = all(key not in held for key in case.keys if key.system == IdentifierSystem.ID_CARD)
    if owner is None:
        return _enter(case, held)
    if unknown_card and matching.other_id_card(owner, case.keys):
        return _enter(case, held)
    return _recognise(case, held, owner)


def _enter(case: Case, held: dict[Key, Owner]) -> Registered:
    """A new resident with every number nobody holds."""
    resident = fresh(case.told, case.at)
    batching.insert_now(resident)
    free = [key for key in case.keys if key not in held]
    _keep_numbers(case, resident.id, free)
    for owner in {owner.standing for owner in held.values()}:
        _suspect(case, resident.id, owner, "所报号码已属于另一位持有不同身份证号的居民")
    _relate(case, resident)
    record("residents.registered", actor=case.actor, at=case.at, resident=resident,
           facts={"identifiers": sorted({key.system for key in free}), "findings": [finding.code for finding in case.findings]})  # fmt: skip
    return Registered(resident, True, tuple(case.findings), resident.id)


def fresh(told: Demographics, at: datetime) -> Resident:
    """A resident as told, with a number, not yet in the table."""
    return Resident(
        number=next_number("JM", at), name=told.name, sex=told.sex or Sex.UNKNOWN.value, born_on=told.born_on, phone=told.phone.strip()[:32],
        address=told.address.strip()[:160], home_id=told.home, household=told.household or "", name_grams=names.grams(told.name), name_key=names.key(told.name),
        created_at=at,
    )  # fmt: skip


def _recognise(case: Case, held: dict[Key, Owner], owner: Owner) -> Registered:
    """A known resident: new numbers and particulars go with the number that was recognised, also after a merge; doubts are asked."""
    resident = matching.fetched(owner.resident)
    free = [key for key in case.keys if key not in held]
    _keep_numbers(case, owner.resident, free)
    matching.note_shared(owner, held.values(), case.source, case.at)
    known = Demographics(resident.name, resident.sex, resident.born_on)
    doubt = rules.cannot_be_one(known, case.told)
    if doubt:
        _question(case, resident, doubt)
    else:
        case.findings += rules.smaller_slips(known, case.told)
        resident = _fill(resident, case.told)
    asked = [_suspect(case, owner.standing, other, "一次登记的号码分属两位居民") for other in {o.standing for o in held.values()} - {owner.standing}]
    is_new_here = _relate(case, resident)
    if free or any(asked) or is_new_here:  # whoever takes somebody into care may read their record from now on
        record("residents.identified", actor=case.actor, at=case.at, resident=resident,
               facts={"identifiers": sorted({key.system for key in free}), "findings": [finding.code for finding in case.findings],
                      "in_care": is_new_here})  # fmt: skip
    standing = resident if owner.standing == owner.resident else matching.fetched(owner.standing)
    return Registered(standing, False, tuple(case.findings), owner.resident)


def _keep_numbers(case: Case, resident: int, keys: Sequence[Key]) -> None:
    rows = [Identifier(resident_id=resident, system=key.system, issuer=key.issuer, value=key.value, created_at=case.at) for key in keys]
    known = Identifier.objects.filter(encryption.found_by(Identifier, "value", case.unverified), resident=resident)
    kept = set(known.values_list("value", flat=True)) if case.unverified else set()
    rows += [Identifier(resident_id=resident, system=IdentifierSystem.UNVERIFIED.value, issuer=case.actor.institution or 0, value=value, created_at=case.at)
             for value in dict.fromkeys(case.unverified) if value not in kept]  # fmt: skip
    batching.insert_at_once(rows)


def _fill(resident: Resident, told: Demographics) -> Resident:
    """Write what was blank; the row is held only when there is something to write."""
    if not _blanks(resident, told):
        return resident
    resident = locked(resident.id)
    blanks = _blanks(resident, told)
    for name, value in blanks.items():
        setattr(resident, name, value)
    if "name" in blanks:
        resident.name_grams, resident.name_key = names.grams(resident.name), names.key(resident.name)
    resident.version += 1
    batching.update_now(resident)
    return resident


def _blanks(resident: Resident, told: Demographics) -> dict[str, object]:
    said = {"name": told.name, "sex": told.sex, "born_on": told.born_on, "phone": told.phone.strip()[:32],
            "address": told.address.strip()[:160], "home_id": told.home, "household": told.household or ""}  # fmt: skip
    empty = ("", None, Sex.UNKNOWN.value)
    return {name: said[name] for name in _FILLED if getattr(resident, name) in empty and said[name] not in empty}


def _suspect(case: Case, one: int, other: int, because: str) -> bool:
    case.note("possibly_one_person", f"{because}，请在“疑似重复居民”中核对。", "two residents may be one person")
    return matching.suspect(one, other, because, case.at)


def _question(case: Case, resident: Resident, doubt: str) -> None:
    case.note("particulars_do_not_fit", f"号码相同，但{doubt}；已按号码归入在册居民，请在“疑似重复居民”中核对。", "same number, other particulars")
    told = {"name": case.told.name, "sex": case.told.sex, "born_on": str(case.told.born_on or "")}
    if matching.question(resident.id, told, case.actor.institution, doubt, case.at):
        record("residents.questioned", actor=case.actor, at=case.at, resident=resident, facts={"findings": ["particulars_do_not_fit"]})


def _relate(case: Case, resident: Resident) -> bool:
    """Who shows their papers at a desk is in care there, True when newly so; machines' visits say so themselves."""
    if case.actor.institution is None or case.actor.is_system or not case.in_care:
        return False
    return note_relation(resident.id, case.actor.institution, case.at)
