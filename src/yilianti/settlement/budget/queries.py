"""Packages as people look at them: the list, one package with what belongs to it, ledger lines, and who did what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet, Sum

from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.budget import access
from yilianti.settlement.budget.models import Charged, Instalment, Package, PackageVersion, Reckoning, SetAside

_LINES = 50


@dataclass(frozen=True)
class Filters:
    """How the list is narrowed; empty narrows nothing."""

    year: int | None = None
    state: str = ""
    fund: str = ""


def _seen(actor: Actor) -> QuerySet[Package]:
    return Package.objects.select_related("consortium").filter(access.visible_to(actor))


def worklist(actor: Actor, by: Filters) -> list[Package]:
    """The newest year first; a consortium has a few a year."""
    rows = _narrowed(_seen(actor), by)
    return list((rows.filter(state=by.state) if by.state else rows).order_by("-year", "consortium__name", "id"))


def counts(actor: Actor, by: Filters) -> dict[str, int]:
    """State → how many."""
    return dict(_narrowed(_seen(actor), by).order_by().values_list("state").annotate(Count("id")))


def years(actor: Actor) -> list[int]:
    """Years that have packages, the newest first."""
    return list(_seen(actor).order_by("-year").values_list("year", flat=True).distinct())


def _narrowed(rows: QuerySet[Package], by: Filters) -> QuerySet[Package]:
    if by.year is not None:
        rows = rows.filter(year=by.year)
    return rows.filter(fund=by.fund) if by.fund else rows


def one(actor: Actor, number: str) -> Package | None:
    """A package in the actor's reach."""
    return _seen(actor).filter(number=number).first()


def latest(packages: Iterable[Package]) -> dict[int, Reckoning]:
    """Package → its latest month as last reckoned; one statement."""
    return {row.package_id: row for row in Reckoning.objects.filter(package__in=list(packages)).order_by("package", "-month", "-turn").distinct("package").defer("working")}


def turns(package: Package, month: date) -> list[Reckoning]:
    """Every turn of a month, the latest first."""
    return list(package.reckonings.filter(month=month).order_by("-turn"))


def instalments(package: Package) -> list[Instalment]:
    """The advance with its payments; two statements."""
    return list(package.instalments.order_by("number").prefetch_related("payments__corrected_by"))


def set_asides(package: Package) -> list[SetAside]:
    return list(package.set_asides.select_related("withdrawn_by").order_by("id"))


def versions(package: Package) -> list[PackageVersion]:
    """What it was reckoned from, the newest first."""
    return list(package.versions.defer("working").order_by("-version"))


def monthly(package: Package) -> dict[date, int]:
    """Month → fen charged in it."""
    return {month: int(fen) for month, fen in Charged.objects.filter(package=package).order_by().values_list("month").annotate(Sum("fen"))}


def sees_everything(actor: Actor, package: Package, today: date) -> bool:
    """Whether the actor's post reaches the consortium as a whole; others see the ledger lines of their own institutions."""
    lead = institutions.lead_of(package.consortium.code, today)
    return actor.is_system or (lead is not None and lead.id in actor.reaches(access.VIEW))


def ledger(actor: Actor, package: Package, today: date, *, month: date | None = None, place: str = "") -> QuerySet[Charged]:
    """Ledger lines within reach, in the order of writing."""
    rows = Charged.objects.filter(package=package).order_by("id")
    if not sees_everything(actor, package, today):
        rows = rows.filter(institution__in=actor.reaches(access.VIEW))
    if month is not None:
        rows = rows.filter(month=month)
    return rows.filter(place=place) if place else rows


def lines(rows: QuerySet[Charged], after: int | None, size: int = _LINES) -> Slice:
    """One page of ledger lines with claim and hospital; one statement."""
    listed = rows.select_related("claim", "institution").only("month", "discharged_on", "place", "kind", "disease", "drg", "fen", "turn", "claim__number", "claim__resident", "institution__short_name")
    return keyset(list((listed.filter(id__gt=after) if after is not None else listed)[: size + 1]), size, key=lambda row: row.id)
