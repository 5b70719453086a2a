"""What is known of a patient when rules are asked: from the record, from the directory, from the county's own policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils import timezone

from yilianti import policybook
from yilianti.capacity.services import api as services
from yilianti.care.referral import rules
from yilianti.care.referral.models import Referral
from yilianti.care.referral.rules import criteria
from yilianti.care.referral.rules.situation import Entry, Situation
from yilianti.care.referral.terms import Direction
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused
from yilianti.policybook.errors import NoPolicyInForce
from yilianti.policybook.places import HasScope
from yilianti.record.encounters import api as encounters
from yilianti.record.results import api as results
from yilianti.registry.residents import api as residents

_FOLDER = "clinical.referral.criteria."


def diseases(day: date, scope: HasScope) -> list[criteria.Disease]:
    """Every criteria file in force, whatever it is called."""
    found = []
    for code in policybook.current().codes():
        if code.startswith(_FOLDER):
            try:
                found.append(_disease(policybook.in_force(code, day, scope)))
            except NoPolicyInForce:
                continue  # a county has repealed it
    return found


def rows_of(edition: policybook.Edition) -> Iterator[dict[str, str]]:
    """The lines of a policy that is a table."""
    assert edition.table is not None, edition.policy_ref
    return edition.table.dicts()


@lru_cache(maxsize=64)
def _disease(edition: policybook.Edition) -> criteria.Disease:
    name = edition.code.removeprefix(_FOLDER)
    return criteria.read(name, edition.head.title, tuple(edition.prefixes), list(rows_of(edition)), edition.says, edition.policy_ref)


def place(*, actor: Actor, codes: Sequence[str], from_level: str, to_level: str, receiver: int | None, at: datetime) -> Situation:
    """What does not need the record: the way, the catalogue of this level, what the receiver treats; one statement."""
    day = timezone.localdate(at)
    confirmed = frozenset(policybook.in_force("clinical.referral.confirmed", day, actor.scope).codes)
    treats = services.treats(receiver, codes, day) if receiver and codes else None
    return Situation(tuple(codes), from_level, to_level, confirmed=confirmed, own_entry=_entry(codes, from_level, confirmed, day, actor.scope), receiver_treats=treats)


def with_record(situation: Situation, *, actor: Actor, resident: Any, signs: Iterable[str], typed: Mapping[str, Decimal], at: datetime) -> Situation:
    """The same with the patient's values: typed ones before those of the record, and of the record only what is recent."""
    policy = policybook.in_force("clinical.referral.facts", timezone.localdate(at), actor.scope)
    table = list(rows_of(policy))
    fact_of = {code: row["fact"] for row in table for code in row["codes"].split("|") if code}
    group, how_far = sorted(residents.all_ids(resident.pk)), encounters.sharing(actor, resident.pk, at)
    found: dict[str, Decimal] = {}
    for line in results.latest_results(actor, group, how_far=how_far, limit=60):
        value = _number(line.value)
        fact = fact_of.get(line.code)
        if fact and value is not None and line.at >= at - timedelta(days=policy.max_age_days):
            found.setdefault(fact, value)
    if resident.born_on:
        found["age"] = Decimal(_age(resident.born_on, timezone.localdate(at)))
    return replace(situation, values=found | dict(typed), signs=frozenset(signs), labels={row["fact"]: row["zh"] for row in table})


def require_answered(*, actor: Actor, referral: Referral, ticked: Iterable[str], measured: Mapping[str, Decimal], at: datetime) -> None:
    """Keep of what was answered what really speaks against the referral; refuse on the way up what was not. Whoever cannot wait is not asked."""
    given, referral.overridden = set(referral.overridden), []
    if rules.cannot_wait(referral.urgency, referral.channel) or not referral.diagnosis_code:
        return
    found = against(actor=actor, referral=referral, ticked=ticked, measured=measured, at=at)
    unanswered = [finding for finding in found if finding.code not in given or not referral.override_reason.strip()]
    if unanswered and rules.direction(referral.from_level, referral.to_level) is Direction.UP:
        raise Refused("gate_speaks_against", unanswered[0].sentence, unanswered[0].en, field="override_reason", findings=unanswered)
    referral.overridden = [finding.code for finding in found if finding not in unanswered]


def against(*, actor: Actor, referral: Referral, ticked: Iterable[str], measured: Mapping[str, Decimal], at: datetime) -> list[Finding]:
    """What speaks against this referral; the record is only read where the own catalogue names the disease."""
    here = place(actor=actor, codes=[referral.diagnosis_code], from_level=referral.from_level, to_level=referral.to_level,
                 receiver=referral.to_institution_id, at=at)  # fmt: skip
    known = diseases(timezone.localdate(at), actor.scope)
    if here.own_entry is not None:
        signs = {f"{disease.name}.{referral.reason}" for disease in known} | set(ticked)
        here = with_record(here, actor=actor, resident=referral.resident, signs=signs, typed=measured, at=at)
    return criteria.reasons_to_keep_local(here, known)


def _entry(codes: Sequence[str], level: str, confirmed: frozenset[str], day: date, scope: HasScope) -> Entry | None:
    """The line of the catalogue of this level that names one of the diagnoses; unchecked lists are silent."""
    edition = policybook.in_force("catalogues.referral_diseases", day, scope)
    for row in rows_of(edition):
        silent = row["tag"] == "K" and f"referral_diseases.{row['list']}" not in confirmed
        if row["level"] == level and not silent and any(code.startswith(tuple(row["prefixes"].split("|"))) for code in codes):
            return Entry(row["name"], row["list"], edition.source.document or edition.head.title, edition.policy_ref)
    return None


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except (InvalidOperation, AttributeError):
        return None
    return value if value.is_finite() else None


def _age(born_on: date, day: date) -> int:
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
