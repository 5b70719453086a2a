"""Claims as people look at them: the list with its piles and sums, one bill with what belongs to it, and bills to lay beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset, numbered
from yilianti.settlement.claims import access, searching
from yilianti.settlement.claims.models import Charge, Claim, ClaimGroup, ClaimPrice, ClaimVersion
from yilianti.settlement.claims.searching import Filters
from yilianti.settlement.claims.terms import Category, State

#: what a line of the list shows; the rest of a row is wide
_SHOWN = ("number", "settlement_number", "state", "kind", "way", "insurance", "admitted_on", "discharged_on", "department", "drg", "group_status", "total", "fund", "person", "hospital", "gap",
          "insured_fund", "insured_person", "lines_total", "resident__name", "resident__sex", "institution__short_name")  # fmt: skip
MOST_COUNTED = 1000
_LINES, _SUGGESTED, _AROUND = 50, 8, timedelta(days=365)


def _seen(actor: Actor) -> QuerySet[Claim]:
    return Claim.objects.filter(access.visible_to(actor))


def worklist(actor: Actor, asked: Filters, after: str = "", size: int = searching.SIZE) -> Slice:
    """One page of the list."""
    rows = searching.narrowed(_seen(actor), asked).select_related("resident", "institution").only(*_SHOWN)
    return searching.page(rows, after, size)


def everything(actor: Actor, asked: Filters, size: int, most: int) -> Iterator[Claim]:
    """The whole list, a part at a time, for files."""
    after, count = "", 0
    while count < most:
        part = worklist(actor, asked, after, min(size, most - count))
        yield from part.rows
        count, after = count + len(part.rows), part.next_key
        if not after:
            return


def counts(actor: Actor) -> dict[str, int]:
    """How much lies in each pile that somebody should look at, up to `MOST_COUNTED`.

    Read in the order of each pile's own index and cut off: the planner cannot know how few they are, and would read the whole table to count them.
    """
    return {box: len(_seen(actor).filter(searching.IN_BOX[box]).order_by("-discharged_on", "-id").values_list("pk")[:MOST_COUNTED]) for box in searching.WORK}


@dataclass(frozen=True)
class Sums:
    """What the filtered list adds up to, in fen: the total is the fund's, the person's and the hospital's share, and the bills that have no price."""

    claims: int
    total: int
    fund: int
    person: int
    hospital: int
    unpriced: int


def sums(actor: Actor, asked: Filters) -> Sums:
    counted = Q(state=State.FILED.value)
    found = searching.narrowed(_seen(actor), asked).aggregate(
        claims=Count("pk"), unpriced=Sum("total", filter=counted & ~Q(gap="")), **{name: Sum(name, filter=counted) for name in ("total", "fund", "person", "hospital")}
    )
    return Sums(**{name: int(value or 0) for name, value in found.items()})


def one(actor: Actor, number: str) -> Claim | None:
    """The claim where the actor may see it."""
    return _seen(actor).filter(number=number).select_related("institution", "resident", "follows__institution").first()


def following(claim: Claim) -> list[Claim]:
    """The stays that continue this one."""
    return list(Claim.objects.filter(follows=claim).select_related("institution").order_by("admitted_on", "id"))


def history(claim: Claim) -> tuple[list[ClaimVersion], list[ClaimPrice], list[ClaimGroup]]:
    """What was told, what was made of it and in which groups it was, the newest first."""
    return list(claim.versions.order_by("-version")), list(claim.prices.order_by("-turn")), list(claim.grouped.order_by("-at", "-id"))


def charges(claim: Claim, category: str = "", after: str = "") -> Slice:
    """Charge lines in whose place no other stands, by the hospital's own numbers of them."""
    rows = Charge.objects.filter(claim=claim, corrected_by__isnull=True)
    if category in {str(one.value) for one in Category}:
        rows = rows.filter(category=category)
    last = numbered(after)
    rows = rows.filter(pk__gt=last) if last is not None else rows
    return keyset(list(rows.order_by("pk")[: _LINES + 1]), _LINES, key=lambda row: row.pk)


def all_charges(claim: Claim, category: str) -> list[Charge]:
    """Every line of a category that stands, for paper."""
    return list(Charge.objects.filter(claim=claim, corrected_by__isnull=True, category=category).order_by("charged_at", "pk"))


def by_category(claim: Claim) -> dict[str, tuple[int, int]]:
    """Category → how many lines, and their sum in fen."""
    rows = Charge.objects.filter(claim=claim, corrected_by__isnull=True).order_by().values_list("category").annotate(Count("pk"), Sum("amount"))
    return {category: (lines, amount) for category, lines, amount in rows}


def comparable(actor: Actor, claim: Claim) -> tuple[list[Claim], list[Claim]]:
    """Bills to lay beside this one: of the same person, and of others with the same illness within a year, another way of coming first."""
    rows = _seen(actor).filter(state=State.FILED.value, kind=claim.kind).exclude(pk=claim.pk).select_related("institution", "resident")
    own = list(rows.filter(resident=claim.resident_id).order_by("-discharged_on", "-id")[:_SUGGESTED])
    same = Q(institution=claim.institution_id, drg=claim.drg) if claim.drg else Q(diagnoses__0=claim.diagnoses[0]) if claim.diagnoses else Q(pk__in=[])
    near = rows.filter(same, discharged_on__gte=claim.discharged_on - _AROUND, discharged_on__lte=claim.discharged_on + _AROUND).exclude(resident=claim.resident_id)
    others: list[Any] = list(near.order_by("-discharged_on", "-id")[: _SUGGESTED * 4])
    return own, sorted(others, key=lambda one: (one.way == claim.way, abs(one.total - claim.total)))[:_SUGGESTED]
