"""The finance office drafts a package from the fund's books, and amends the draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.numbers import next_number
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.budget import access, books, keeping
from yilianti.settlement.budget.actions import moving
from yilianti.settlement.budget.models import Package
from yilianti.settlement.budget.terms import Fund


@transaction.atomic
def draft(*, actor: Actor, consortium: str, year: int, fund: str, facts: Mapping[str, Any], document: str, at: datetime) -> Package:
    """Draft the package of a consortium (by its code), year and fund; the arithmetic refuses facts that lack or cannot be."""
    union = institutions.consortium(consortium)
    if union is None:
        raise Refused("unknown_consortium", f"没有代码为“{consortium}”的医共体；请核对。", "No such consortium.", field="consortium")
    access.require(actor, "draft", union.pk)
    if not keeping.holds_funds(union):
        raise Refused("no_funds", f"{union.name}是{institutions.ConsortiumModel.label(union.model)}，没有基金可以包干；请选县域医共体或城市医疗集团。", "An alliance or a network holds no fund.", field="consortium")
    if fund not in set(Fund):
        raise Refused("unknown_fund", f"没有“{fund}”这种基金；可用：{'、'.join(Fund)}。", "No such fund.", field="fund")
    package = Package(number=next_number("BG", at), consortium=union, year=books.year_named(str(year), timezone.localdate(at)), fund=fund, drafted_by_id=actor.person)
    _from_books(package, facts, document)
    try:
        with transaction.atomic():
            package.save(force_insert=True)
    except IntegrityError:
        there = Package.objects.filter(consortium=union, year=year, fund=fund).values_list("number", flat=True).first()
        raise Refused("drafted_already", f"{union.name} {year} 年的{Fund.label(fund)}已有总额 {there}；请打开它修改或调整。", "That package exists already.", field="year") from None
    keeping.keep(package, "draft", actor, at)
    moving.record("budget.drafted", actor=actor, package=package, at=at, facts={"fen": package.fen, "persons": package.persons})
    return package


def amend(*, actor: Actor, number: str, facts: Mapping[str, Any], document: str, at: datetime, version: int | None = None) -> Package:
    """Change a draft's facts."""
    with moving.step(actor=actor, number=number, action="amend", at=at, version=version) as step:
        before = step.package.fen
        _from_books(step.package, facts, document)
        step.package.version += 1
        step.package.drafted_by_id = actor.person
        keeping.keep(step.package, "amend", actor, at)
        step.facts |= {"fen": step.package.fen, "before": before}
    return step.package


def _from_books(package: Package, facts: Mapping[str, Any], document: str) -> None:
    package.document = moving.said(document, "document", "数据来源文件", 160)
    package.facts = keeping.tidy(facts)
    keeping.reckon(package)
