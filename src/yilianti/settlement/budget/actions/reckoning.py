"""A month reckoned: claims charged, sums kept, the path watched."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.months import after
from yilianti.settlement.budget import keeping, ledger, rules, sums, year
from yilianti.settlement.budget.actions import moving
from yilianti.settlement.budget.models import Package, Reckoning
from yilianti.settlement.budget.terms import INSURED, Fund, State


def reckon_month(*, actor: Actor, number: str, month: date, at: datetime) -> Reckoning:
    """Charge what differs and keep the sums; the same month again adds only what changed since."""
    with moving.step(actor=actor, number=number, action="reckon_month", at=at) as step:
        package, last = step.package, year.last(step.package)
        _require(package, month, last, timezone.localdate(at))
        scope, day = keeping.scope_of(package.consortium), rules.day_of(package.year)
        rule = rules.charged(scope, day, Fund(package.fund))
        key = ledger.next_id()
        written = ledger.write(package, month, key, rule)
        found = sums.of(package, month, written, ledger.catastrophic_persons(package, month, rule), rule, scope, day)
        turn = last.turn + 1 if last and last.month == month else 1
        kept = Reckoning.objects.create(pk=key, package=package, month=month, turn=turn, at=at, by_id=actor.person, by_name=actor.name, package_version=package.version, **found)
        step.word = "budget.left_path" if kept.leaves else "budget.reckoned"
        step.facts |= _facts(kept)
    return kept


def reckon_due(*, at: datetime) -> int:
    """Every package in force up to the last complete month, from the day on that the place says; how many months."""
    today, many = timezone.localdate(at), 0
    for package in Package.objects.filter(state=State.FIXED.value, fund__in=[str(one.value) for one in INSURED]).select_related("consortium").order_by("id"):
        try:
            rule = rules.charged(keeping.scope_of(package.consortium), rules.day_of(package.year), Fund(package.fund))
            for month in _waiting(package, rule.from_day, today):
                reckon_month(actor=Actor.system(), number=package.number, month=month, at=at)
                many += 1
        except Refused:
            continue  # its page says what is missing; the next package is none the worse
    return many


def _waiting(package: Package, from_day: int, today: date) -> list[date]:
    """Months of the package that are over, since so many days, and not reckoned."""
    last, found = year.last(package), list[date]()
    month = after(last.month) if last else date(package.year, 1, 1)
    while month.year == package.year and after(month).replace(day=from_day) <= today:
        found.append(month)
        month = after(month)
    return found


def _require(package: Package, month: date, last: Reckoning | None, today: date) -> None:
    if Fund(package.fund) not in INSURED:
        raise Refused("no_claims", f"{Fund.label(package.fund)}不从费用支出，没有月度核算；按人头总额在年度清算中分配。", "No claims are charged to this fund.", field="fund")
    if refusal := rules.why_not_month(month, package.year, last.month if last else None, today):
        raise refusal


def _facts(kept: Reckoning) -> dict[str, Any]:
    names = ("turn", "lines", "own", "gross", "spent", "path", "above", "leaves", "unpriced")
    return {"month": kept.month.isoformat(), **{name: getattr(kept, name) for name in names}}
