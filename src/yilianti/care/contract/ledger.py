"""The fulfilment ledger of a contract: what was promised, what was done of it as known at the end of a day, and what unused items are worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from yilianti.care.contract import rules
from yilianti.care.contract.models import Contract, Fulfilment, Obligation
from yilianti.care.contract.terms import LineKind, Owed, Standing
from yilianti.kernel.money import Money


@dataclass(frozen=True)
class Line:
    """One promised item on a day: where it stands, the line that says it was done, and whether one was written only later."""

    owed: Owed
    service: str
    standing: Standing
    done: Fulfilment | None = None
    written_later: bool = False


@dataclass(frozen=True)
class Back:
    """What a person gets back for one unused item."""

    owed: Owed
    amount: Money


def end_of(day: date) -> datetime:
    """The moment at which the day is over."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def owed_of(one: Obligation) -> Owed:
    return Owed(one.id, one.package, one.item, one.name, one.opens_on, one.due_on, one.price)


def of(contract: Contract, day: date) -> list[Line]:
    """Every promised item as it was known when the day ended; two statements."""
    promised = list(contract.obligations.order_by("due_on", "id"))
    written = list(Fulfilment.objects.filter(obligation__contract=contract).select_related("done_by", "institution").order_by("id"))
    return lines(promised, written, day, contract.stopped_on)


def lines(promised: Sequence[Obligation], written: Iterable[Fulfilment], day: date, stopped_on: date | None) -> list[Line]:
    """Pure of the database: the lines of `written` that were there by the end of `day` decide; later ones are only hinted at."""
    limit = end_of(day)
    by_item: dict[int, list[Fulfilment]] = {}
    for line in written:
        by_item.setdefault(line.obligation_id, []).append(line)
    found = []
    for one in promised:
        mine = by_item.get(one.id, [])
        done = standing_line([line for line in mine if line.recorded_at < limit])
        if done is not None and done.done_on > day:
            done = None
        later = standing_line(mine)
        owed = owed_of(one)
        found.append(Line(owed, one.service, rules.standing(owed, done.done_on if done else None, day, stopped_on), done, done is None and later is not None and later.done_on <= day))
    return found


def standing_line(mine: Iterable[Fulfilment]) -> Fulfilment | None:
    """The line that holds: the last one done and not reversed."""
    ordered = list(mine)
    reversed_ids = {line.of_id for line in ordered if line.kind == LineKind.REVERSED}
    return next((line for line in reversed(ordered) if line.kind == LineKind.DONE and line.id not in reversed_ids), None)


def rate(found: Iterable[Line], day: date) -> tuple[int, int]:
    """(done, due) of a ledger."""
    return rules.fulfilment([(line.owed, line.standing) for line in found], day)


def refundable(contract: Contract) -> list[Back]:
    """Unused items of a contract that is over, with the person's share of each; what was refunded already is left out."""
    promised = list(contract.obligations.select_related("refunded").order_by("due_on", "id"))
    written = Fulfilment.objects.filter(obligation__contract=contract).order_by("id")
    undone = {line.owed.id for line in lines(promised, written, date.max - timedelta(days=2), contract.stopped_on) if line.done is None}
    paid: dict[str, Any] = {package["code"]: package.get("person") for package in contract.packages}
    back = []
    for code, person in paid.items():
        mine = [owed_of(one) for one in promised if one.package == code]
        values = rules.values_of(person, mine)
        free = {one.id for one in promised if not hasattr(one, "refunded")}
        back += [Back(owed, values[owed.id]) for owed in mine if owed.id in undone and owed.id in free and owed.id in values]
    return back
