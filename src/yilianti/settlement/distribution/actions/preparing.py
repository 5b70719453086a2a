"""Statements from a finished run: signed, and only for members whose lines came out otherwise than the statement that stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.crypto import signing
from yilianti.registry.institutions.api import Institution
from yilianti.settlement.budget.api import Fund
from yilianti.settlement.distribution import deadlines, signed
from yilianti.settlement.distribution.lifecycle import SETTLEMENT, STATEMENT
from yilianti.settlement.distribution.models import Run, Settlement, Statement, StatementLine
from yilianti.settlement.distribution.terms import Line, StatementState
from yilianti.settlement.fund import api as fund


@dataclass(frozen=True)
class Written:
    """One line before it is kept: what for, how much, by which step and policy, and on whose authority."""

    key: str
    fen: int
    step: str
    policy_ref: str
    authority: str

    def plain(self) -> dict[str, str]:
        return {"key": self.key, "name": Line.label(self.key), "amount": fund.yuan(self.fen), "step": self.step, "policy_ref": self.policy_ref, "authority": self.authority}


def prepare(*, actor: Actor, run: Run, at: datetime) -> Settlement:
    """One transaction: statements, their signatures, the journal."""
    with transaction.atomic():
        settlement = Settlement.objects.select_for_update().select_related("consortium", "package").get(pk=run.settlement_id)
        row = SETTLEMENT.step(settlement, "prepare")
        lines = written(run, settlement)
        standing = {one.institution_id: one for one in settlement.statements.select_for_update().exclude(state="superseded").order_by("institution")}
        sharing = {one.code: one for one in Institution.objects.filter(code__in=lines)}
        fresh = [_statement(settlement, run, sharing[code], own, standing.get(sharing[code].id), at) for code, own in sorted(lines.items())]
        _gone(one for place, one in standing.items() if place not in {member.id for member in sharing.values()})
        settlement.prepared_at, settlement.prepared_by_id = at, actor.person
        settlement.version += 1
        settlement.save()
        journal.write(row.word, actor=actor, at=at, subject=f"distribution:{settlement.number}", policy_refs=sorted({one.policy_ref for own in lines.values() for one in own if one.policy_ref}),
                      facts={"number": settlement.number, "turn": run.turn, "year": settlement.year, "statements": [one.number for one in fresh if one is not None],
                             "waiting": settlement.statements.exclude(state__in=(StatementState.CONFIRMED, StatementState.SUPERSEDED)).count()})  # fmt: skip
    return settlement


def written(run: Run, settlement: Settlement) -> dict[str, list[Written]]:
    """Member code → its lines, from the steps that stand."""
    found: dict[str, list[Written]] = {code: [] for code in run.inputs["members"]}
    for step in run.steps.order_by("position"):
        kept = json.loads(step.text, parse_float=Decimal)
        ref = next((one["policy_ref"] for one in reversed(kept["working"]) if one["policy_ref"]), "")
        for code, given in kept["amounts"].items():
            for key, fen in given.items():
                found[code].append(Written(key, fen, step.name, ref, authority(ref, settlement)))
    return found


def authority(ref: str, settlement: Settlement) -> str:
    """The resolution that put the edition in force; else the one behind the package, else the document it comes from."""
    try:
        edition = policybook.by_ref(ref)
    except KeyError:
        return settlement.package.resolution
    return str(edition.authorised_by) if edition.authorised_by else settlement.package.resolution or str(edition.source)


def _statement(settlement: Settlement, run: Run, member: Institution, own: list[Written], standing: Statement | None, at: datetime) -> Statement | None:
    before = {line.key: line for line in standing.lines.all()} if standing else {}
    if standing is not None and _same(before, own):
        return None
    if standing is not None:
        STATEMENT.step(standing, "supersede")
        standing.save(update_fields=["state"])
    number = standing.number if standing else numbers.next_number("QD", at)
    version = standing.version + 1 if standing else 1
    final = sum(one.fen for one in own)
    content = signed.canonical(_content(settlement, run, member, own, number, version, final, at))
    made = signing.sign(content, as_=signed.KEY)
    fresh = Statement.objects.create(number=number, settlement=settlement, run=run, institution=member, version=version, previous=standing, final=final, content=content, algorithm=made.algorithm,
                                     certificate=made.certificate, signature=made.signature, prepared_at=at, confirm_by=deadlines.confirm_by(settlement.consortium, timezone.localdate(at)))  # fmt: skip
    StatementLine.objects.bulk_create(StatementLine(statement=fresh, position=position, key=one.key, fen=one.fen, step=one.step, policy_ref=one.policy_ref, authority=one.authority[:200],
                                  changed=standing is not None and (one.key not in before or before[one.key].fen != one.fen)) for position, one in enumerate(own))  # fmt: skip
    return fresh


def _gone(standing: Iterable[Statement]) -> None:
    """Statements of whoever has nothing to settle any more."""
    for one in standing:
        STATEMENT.step(one, "supersede")
        one.save(update_fields=["state"])


def _same(before: Mapping[str, StatementLine], own: list[Written]) -> bool:
    return {(line.key, line.fen, line.policy_ref) for line in before.values()} == {(one.key, one.fen, one.policy_ref) for one in own}


def _content(settlement: Settlement, run: Run, member: Institution, own: list[Written], number: str, version: int, final: int, at: datetime) -> dict[str, Any]:
    return {"number": number, "version": version, "settlement": settlement.number, "consortium": settlement.consortium.name, "year": settlement.year, "fund": Fund.label(settlement.fund),
            "institution": {"code": member.code, "name": member.name}, "turn": run.turn, "prepared_at": at.isoformat(), "lines": [one.plain() for one in own],
            "final": fund.yuan(final)}  # fmt: skip
