"""What the list of claims is narrowed to; each pile of work has a partial index of its own in `models`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from yilianti.kernel.pages import Slice, keyset, numbered
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.terms import State

SIZE, _FEW = 50, 1000
#: the piles of work, with their tab
BOXES = {"all": "全部", "awaiting": "待费用", "unpriced": "没有算出", "mismatch": "与医保结算不一致", "lines": "明细与总额不符", "withdrawn": "已作废"}
_FILED, _PRICED = Q(state=State.FILED.value), Q(state=State.FILED.value, gap="")
IN_BOX = {
    "all": Q(), "awaiting": Q(state=State.AWAITING.value), "unpriced": _FILED & ~Q(gap=""), "mismatch": _PRICED & Q(insured_fund__isnull=False) & ~Q(insured_fund=F("fund")),
    "lines": _FILED & Q(lines_total__isnull=False) & ~Q(lines_total=F("total")), "withdrawn": Q(state=State.WITHDRAWN.value),
}  # fmt: skip
#: what somebody should look at
WORK = ("awaiting", "unpriced", "mismatch", "lines")


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty means everything. Days are of discharge, both ends included."""

    box: str = "all"
    #: a number of the platform or of the hospital from its beginning, or a resident by name, initials or number
    text: str = ""
    institution: int | None = None
    kind: str = ""
    way: str = ""
    insurance: str = ""
    department: str = ""
    #: beginning of an MDC, ADRG or DRG code; "-" for stays without a group
    group: str = ""
    since: date | None = None
    until: date | None = None


def narrowed(rows: QuerySet[Claim], asked: Filters) -> QuerySet[Claim]:
    """The rows that every condition lets through."""
    found = IN_BOX[asked.box]
    for name in ("institution", "kind", "way", "insurance", "department"):
        if value := getattr(asked, name):
            found &= Q(**{name: value})
    if asked.group:
        found &= Q(kind="inpatient") & (Q(drg="") if asked.group == "-" else Q(drg__startswith=asked.group.upper()) | Q(mdc=asked.group.upper()))
    if asked.since:
        found &= Q(discharged_on__gte=asked.since)
    if asked.until:
        found &= Q(discharged_on__lte=asked.until)
    return rows.filter(found & _meant(asked.text)) if asked.text else rows.filter(found)


def _meant(text: str) -> Q:
    """What a text may mean: numbers from their beginning, and people, of whom a few are named one by one because the planner cannot know how few they are."""
    found = Q(pk__in=[])
    if text.isascii():
        found |= Q(number__startswith=text.upper()) | Q(settlement_number__startswith=text)
    people = residents.sought(text)
    if people is not None:
        few = list(people.values_list("id", flat=True)[: _FEW + 1])
        found |= Q(resident__in=few if len(few) <= _FEW else people)
    return found


def page(rows: QuerySet[Any], after: str, size: int = SIZE) -> Slice:
    """The newest discharges first, from below the key `day~id` of the last line shown."""
    day, last = _key(after)
    if day and last is not None:
        rows = rows.filter(Q(discharged_on__lt=day) | Q(discharged_on=day, id__lt=last), discharged_on__lte=day)
    found = list(rows.order_by("-discharged_on", "-id")[: size + 1])
    return keyset(found, size, key=lambda row: f"{row.discharged_on.isoformat()}~{row.pk}")


def _key(after: str) -> tuple[date | None, int | None]:
    day, _, last = after.partition("~")
    try:
        return date.fromisoformat(day), numbered(last)
    except ValueError:
        return None, None
