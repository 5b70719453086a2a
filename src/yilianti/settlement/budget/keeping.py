"""A package reckoned from its facts, and what is kept of it: the row, a version, its instalments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yilianti.kernel.actor import Actor, Scope
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions.api import Consortium, ConsortiumModel
from yilianti.settlement.budget import books, rules
from yilianti.settlement.budget.models import Instalment, Package, PackageVersion
from yilianti.settlement.budget.terms import Fund
from yilianti.settlement.fund import api as fund


def scope_of(consortium: Consortium) -> Scope:
    """Where the policies of its packages are asked for."""
    return Scope(consortium.code, consortium.region)


def holds_funds(consortium: Consortium) -> bool:
    """Whether a fund may be packaged to it: specialty alliances and telemedicine networks share skill, not money."""
    return consortium.model in (ConsortiumModel.COUNTY_COMMUNITY, ConsortiumModel.CITY_GROUP)


def reckon(package: Package) -> None:
    """Take total, amount a head and working from the facts; raises Refused naming the fact at fault."""
    working = fund.Working()
    package.fen = books.total(Fund(package.fund), scope_of(package.consortium), package.year, package.facts, working)
    package.persons = fund.count(package.facts["persons"], "persons")
    package.a_head = fund.half_up(package.fen, package.persons)
    package.working, package.policy_refs = plain(working), refs(working)


def keep(package: Package, verb: str, actor: Actor, at: datetime, because: str = "") -> None:
    """One more version of the row as it stands."""
    same = {name: getattr(package, name) for name in ("version", "document", "resolution", "facts", "fen", "a_head", "persons", "working", "policy_refs")}
    PackageVersion.objects.create(package=package, verb=verb, at=at, by_id=actor.person, by_name=actor.name, because=because, **same)


def instalments(package: Package) -> None:
    """The instalments of the package as it stands; those paid already stay, a rhythm that drops a paid one is refused. None where the place has no advance."""
    scope, working = scope_of(package.consortium), fund.Working()
    try:
        rule = fund.advance_rule(scope, rules.day_of(package.year))
    except Refused as silence:
        if silence.code != "no_policy":
            raise
        return
    planned, _ = fund.instalments(package.fen, rule, package.year, scope, working)
    beyond = Instalment.objects.filter(package=package, number__gt=len(planned))
    if beyond.filter(payments__isnull=False).exists():
        raise Refused("paid_already", "预付的期数减少了，但后面的期已有拨付；请先更正这些拨付。", "An instalment that would disappear has been paid.", field="facts")
    beyond.delete()
    for one in planned:
        Instalment.objects.update_or_create(package=package, number=one.number, defaults={"begins_on": one.begins_on, "due_on": one.due_on, "fen": one.fen})
    package.working = [*package.working, *plain(working)]
    package.policy_refs = sorted({*package.policy_refs, *refs(working)})


def plain(working: fund.Working) -> list[dict[str, Any]]:
    """Its steps as JSON values."""
    return [step.plain() for step in working.steps]


def refs(working: fund.Working) -> list[str]:
    """The editions that its steps name."""
    return sorted({step.policy_ref for step in working.steps if step.policy_ref})


def tidy(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they are kept: nothing that was left empty."""
    return {name: value for name, value in facts.items() if value not in ("", None, [], {})}
