"""Suspicions kept: each once; open ones of the same claims that no rule says any more are superseded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from yilianti.kernel import batching, numbers
from yilianti.kernel.actor import Actor
from yilianti.settlement.supervision.actions import moving
from yilianti.settlement.supervision.models import Suspicion
from yilianti.settlement.supervision.reading import Held
from yilianti.settlement.supervision.terms import OPEN, State, Suspected


def settle(suspected: Sequence[tuple[Suspected, Actor]], held: Held, month: date, at: datetime) -> int:
    """Raise what is new, supersede what is gone; returns how many were raised. The people's suspicions of the month are held, so that two scans do not cross."""
    versions = held.versions()
    there = {row.key: row for row in Suspicion.objects.select_for_update().filter(resident__in=held.people, month=month).order_by("id")}
    fresh = {key_of(one, versions): (one, actor) for one, actor in suspected}
    gone = [row for key, row in there.items() if key not in fresh and row.state in OPEN]
    for row in gone:
        _supersede(row, at)
    rows = [_row(key, one, actor, held, month, at) for key, (one, actor) in fresh.items() if key not in there]
    numbers.reserve(len(rows))
    for row in rows:
        row.number = numbers.next_number("XS", at)
    Suspicion.objects.bulk_create(rows, batch_size=500)
    with batching.together():
        for row in rows:
            moving.record("supervision.raised", actor=fresh[row.key][1], suspicion=row, at=at, facts={"amount": row.amount})
    return len(rows)


def key_of(one: Suspected, versions: Mapping[str, int]) -> str:
    """Rule, claims with their versions, and the evidence."""
    claims = sorted({one.claim, *one.beside})
    parts = [str(one.rule), *(f"{claim}@{versions[claim]}" for claim in claims), *(f"{row.claim}/{row.line}" for row in one.rows), one.finding.because]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _row(key: str, one: Suspected, actor: Actor, held: Held, month: date, at: datetime) -> Suspicion:
    limits, claim = moving.limits(actor, at), held.claims[one.claim]
    refs = [ref for ref in (one.finding.policy_ref, limits.policy_ref) if ref]
    return Suspicion(key=key, rule=str(one.rule), family=str(one.family), severity=str(one.finding.severity), institution_id=claim.institution, resident_id=claim.resident,
                     claim=one.claim, claim_version=claim.version, beside=list(one.beside), month=month, because=one.finding.because[:400], policy_refs=refs,
                     evidence=[asdict(row) for row in one.rows[:200]], amount=one.amount, raised_at=at, due_on=moving.in_days(at, limits.days))  # fmt: skip


def _supersede(row: Suspicion, at: datetime) -> None:
    row.state, row.due_on, row.version = State.SUPERSEDED.value, None, row.version + 1
    row.save(update_fields=["state", "due_on", "version"])
    moving.record("supervision.superseded", actor=Actor.system(), suspicion=row, at=at, facts={})
