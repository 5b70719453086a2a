"""A package's year for whoever settles, explains or simulates it: inputs of the engine, sums, and ledger lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import accumulate
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum

from yilianti.kernel.finding import Refused
from yilianti.settlement.budget import keeping, ledger, rules
from yilianti.settlement.budget.models import Charged, Package, Payment, Reckoning
from yilianti.settlement.budget.rules import ChargedRule
from yilianti.settlement.budget.terms import INSURED, Fund, PlaceOfCare
from yilianti.settlement.fund.api import Spending, yuan


def package_for(consortium: str, year: int, fund: Fund = Fund.RESIDENT) -> Package | None:
    """The package of a consortium, by its code."""
    return Package.objects.select_related("consortium").filter(consortium__code=consortium, year=year, fund=str(fund.value)).first()


def held(package: Package) -> Package:
    """The same package, locked: until the transaction ends nobody revises it, sets aside or reckons a month."""
    return Package.objects.select_for_update(of=("self",)).select_related("consortium").get(pk=package.pk)


def last(package: Package) -> Reckoning | None:
    """The latest turn of the latest month."""
    return package.reckonings.order_by("-month", "-turn").first()


def is_whole(package: Package) -> bool:
    """Whether every month of the year has been reckoned; a fund that bears no claims has no months."""
    latest = last(package)
    return Fund(package.fund) not in INSURED or (latest is not None and latest.month == date(package.year, 12, 1))


def reckoned(package: Package) -> list[Reckoning]:
    """The latest turn of each month, January first."""
    return list(package.reckonings.order_by("month", "-turn").distinct("month"))


def months(package: Package, before: date | None = None) -> list[int]:
    """Spending of each month reckoned, in fen, up to before the month; their sum is the spending so far."""
    spent = [one.spent for one in reckoned(package) if before is None or one.month < before]
    return [so_far - earlier for so_far, earlier in zip(spent, [0, *spent], strict=False)]


def set_aside_sum(package: Package) -> int:
    return int(package.set_asides.aggregate(fen=Sum("fen"))["fen"] or 0)


def spending(package: Package) -> Spending:
    """What the year's care cost so far by place, and what comes off again."""
    by_place = dict(Charged.objects.filter(package=package).order_by().values_list("place").annotate(Sum("fen")))
    latest = last(package)
    return Spending(*placed(by_place), latest.catastrophic_persons if latest else 0, set_aside_sum(package))


def placed(by_place: Mapping[str, int]) -> tuple[int, int, int]:
    """Fen of members, purchase in the county and care outside it."""
    return tuple(int(by_place.get(str(place.value), 0)) for place in PlaceOfCare)  # type: ignore[return-value]


def year_inputs(package: Package) -> dict[str, Any]:
    """Facts, months and spending as the engine's inputs write them: 元 as text. Money a month takes back lowers the months before it, since no input is negative."""
    found = spending(package)
    return {
        "facts": package.facts, "months": [yuan(fen) for fen in _none_negative(months(package))],
        "spending": {name: yuan(getattr(found, name)) for name in ("members", "purchased", "outside", "catastrophic_persons", "policy_caused")},
    }  # fmt: skip


def _none_negative(spent: list[int]) -> list[int]:
    sums = list(accumulate(reversed(list(accumulate(spent))), min))[::-1]
    return [so_far - earlier for so_far, earlier in zip(sums, [0, *sums], strict=False)]


def unpriced(package: Package) -> tuple[int, int]:
    """Bills without a price when the latest month was reckoned, and what they came to in fen: they are in no sum."""
    latest = last(package)
    return (latest.unpriced, latest.unpriced_total) if latest else (0, 0)


def instalments_paid(package: Package) -> int:
    """Fen that arrived in advance, corrections taken off."""
    return int(Payment.objects.filter(instalment__package=package).aggregate(fen=Sum("fen"))["fen"] or 0)


def charged_lines(package: Package, *, institution: int | None = None, institutions: Iterable[int] = (), place: PlaceOfCare | None = None, month: date | None = None) -> QuerySet[Charged]:
    """Ledger lines for an explanation down to the bills: narrow them, sum them, or page through them by id."""
    rows = Charged.objects.filter(package=package)
    if institution is not None:
        rows = rows.filter(institution=institution)
    if several := list(institutions):
        rows = rows.filter(institution__in=several)
    if place is not None:
        rows = rows.filter(place=place.value)
    return rows.filter(month=month) if month is not None else rows


def spent_by_institution(package: Package, place: PlaceOfCare | None = None) -> dict[int, int]:
    """Institution id → fen charged so far; one statement."""
    rows = charged_lines(package, place=place).order_by().values_list("institution").annotate(Sum("fen"))
    return {institution: int(fen) for institution, fen in rows}


def volumes(package: Package) -> list[tuple[str, int, str, int, int]]:
    """How many bills the package bears and what they cost it: place of care, institution, kind, bills, fen; one statement."""
    lines = Charged._meta.db_table
    statement = f"""SELECT place, institution_id, kind, count(*), sum(fen) FROM (
      SELECT claim_id, place, institution_id, kind, sum(fen) AS fen FROM {lines} WHERE package_id = %s GROUP BY claim_id, place, institution_id, kind HAVING sum(fen) <> 0
    ) bill GROUP BY place, institution_id, kind ORDER BY place, institution_id, kind"""  # noqa: S608 - names of our own models
    with connection.cursor() as cursor:
        cursor.execute(statement, [package.pk])
        return [(place, institution, kind, int(bills), int(fen)) for place, institution, kind, bills, fen in cursor.fetchall()]


def bearing(package: Package) -> tuple[date, ChargedRule]:
    """The last month that was reckoned, and what counts; raises Refused where another's figures are charged, which nobody here can reckon under other benefits."""
    rule, latest = rules.charged(keeping.scope_of(package.consortium), rules.day_of(package.year), Fund(package.fund)), last(package)
    if latest is None:
        raise Refused("not_reckoned", f"{package.year} 年还没有核算过一个月，没有费用可重新计算；请先核算。", "No month has been reckoned.", field="month")
    if rule.by_insurer:
        raise Refused("by_insurer", "本地按医保已结的金额记入总额，平台算不出待遇改变以后的数；请改用支出的增减（例如 spending.outside=+3%）。", "The insurer's own figures are charged here; they cannot be reckoned under other benefits.", field="amount")
    return latest.month, rule


def late(package: Package) -> tuple[int, int]:
    """How many claims came or changed after the package was closed, and what they would change in fen; nothing while it is open or bears no claims."""
    if package.closed_at is None or Fund(package.fund) not in INSURED:
        return 0, 0
    return ledger.late(package, rules.charged(keeping.scope_of(package.consortium), rules.day_of(package.year), Fund(package.fund)))


def persons(package: Package) -> list[int]:
    """Whose bills the package bears, up to the last month reckoned."""
    return ledger.persons(package, *bearing(package))


def placed_claims(package: Package, claims: list[int]) -> dict[int, tuple[str, int, str]]:
    """Place of care, institution and kind of these claims, up to the last month reckoned."""
    return ledger.placed(package, *bearing(package), claims)
