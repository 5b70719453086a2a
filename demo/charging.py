"""What stands on a bill line by line: days in a bed, examinations, medicines, goods; some add up to something else than the bill."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from demo.ailments import DAILY, DEAR, DRUGS, EXAMINED, GOODS, OPERATED, Item
from demo.places import COUNTY
from demo.staff import Staff
from yilianti.settlement.claims import actions
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.terms import Billed

_STAYS = 60
#: every so manieth bill has a line twice
_OFF = 12


def charges_of(staff: Staff, chance: random.Random, now: datetime) -> None:
    """Lines for the county hospital's latest stays."""
    stays = Claim.objects.filter(institution=staff.county.id(COUNTY), kind="inpatient", state="filed").order_by("-discharged_on", "id")[:_STAYS]
    lines = [line for place, claim in enumerate(stays) for line in _lines(claim, chance, is_off=place % _OFF == 5)]
    actions.charge(actor=staff.actor("medins"), lines=lines, at=now)


def _lines(claim: Claim, chance: random.Random, *, is_off: bool) -> Iterator[Billed]:
    """The items of one stay; what they leave of the bill is medicine, until it adds up."""
    days = max((claim.discharged_on - claim.admitted_on).days, 1)
    items = [(item, days * item.daily) for item in (*DAILY, GOODS[0])]
    items += [(item, chance.randint(1, 2)) for item in chance.sample(EXAMINED, 4)]
    items += [(item, 1) for code in claim.operations for item in OPERATED.get(code, ())]
    items += [(item, days * chance.randint(1, 2)) for item in chance.sample(DRUGS, 3)] + [(GOODS[1], max(days // 3, 1))]
    left, number = claim.total, 0
    for item, quantity in (*items, *_dear(claim.total // days, days, chance)):
        if 0 < _fen(item, quantity) < left:
            number += 1
            left -= _fen(item, quantity)
            yield _line(claim, number, item, quantity, days)
    rest = Item("ZX000000001", "中成药与其他西药（合并）", "drug", f"{Decimal(left) / 100}")
    yield _line(claim, number + 1, rest, 1, days)
    if is_off:
        yield _line(claim, number + 2, EXAMINED[0], 1, days)


def _dear(daily: int, days: int, chance: random.Random) -> Iterator[tuple[Item, int]]:
    """What a bill of so many fen a day has beyond the ordinary: nothing of it costs more than a third of the day."""
    for item in chance.sample(DEAR, len(DEAR)):
        if _fen(item, max(item.daily, 1)) * 3 < daily:
            yield item, days * item.daily or 1


def _fen(item: Item, quantity: int) -> int:
    return int((Decimal(item.yuan) * quantity * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _line(claim: Claim, number: int, item: Item, quantity: int, days: int) -> Billed:
    day = claim.admitted_on + timedelta(days=number % days)
    amount = _fen(item, quantity)
    return Billed(claim.pk, f"{number:04d}", item.code, item.name, item.category, Decimal(quantity), Decimal(item.yuan), amount,
                  _moment(day, number), first_self=amount * item.own // 100, department=claim.department)  # fmt: skip


def _moment(day: date, number: int) -> datetime:
    return datetime.combine(day, time(8 + number % 9, 30), tzinfo=timezone.get_current_timezone())
