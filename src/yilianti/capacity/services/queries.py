"""Finding a service; what an institution is able to do; how long the way is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from yilianti import policybook
from yilianti.capacity.services import access, rules
from yilianti.capacity.services.models import Capability, HealthcareService, Travel
from yilianti.capacity.services.terms import Offer, Searched
from yilianti.kernel import prepared
from yilianti.kernel.actor import Actor, Scope
from yilianti.registry.institutions import api as institutions

_SHOWN = ("institution", "department")
# Asked by every referral; says what `in_force` says.
_NAMED = """SELECT diagnosis_prefixes FROM services_healthcareservice WHERE institution_id = %(institution)s AND diagnosis_prefixes <> '{}'
AND from_on <= %(day)s AND (until_on IS NULL OR until_on > %(day)s)"""


def in_force(day: date) -> QuerySet[HealthcareService]:
    """Services offered on that day."""
    return HealthcareService.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), from_on__lte=day)


def get(service: int | None) -> HealthcareService | None:
    if service is None:
        return None
    return HealthcareService.objects.select_related(*_SHOWN).prefetch_related("practitioners").filter(pk=service).first()


def of_institution(institution: int, day: date) -> list[HealthcareService]:
    """What an institution offers, by department."""
    rows = in_force(day).filter(institution=institution).select_related(*_SHOWN).prefetch_related("practitioners")
    return list(rows.order_by("department__code", "name"))


def search(*, text: str, from_institution: int | None, day: date, scope: Scope, kind: str = "", channel: str = "", limit: int = 30) -> list[Offer]:
    """Services that answer the words, of places which may receive from there (and outside ones, last); six statements whatever their number."""
    places = {fellow.id for fellow in institutions.receivers_for(from_institution, day)}
    rows = in_force(day).filter(Q(institution__in=places) | Q(institution__connected=False)).exclude(institution=from_institution)
    if kind:
        rows = rows.filter(kinds__contains=[kind])
    if channel:
        rows = rows.filter(channels__contains=[channel])
    found = list(rows.select_related(*_SHOWN).prefetch_related("practitioners"))
    codes = _codes(text.strip(), day, scope)
    ways = travel(from_institution, {row.institution_id for row in found})
    own = institutions.get(from_institution)
    here = (own.latitude, own.longitude) if own else (None, None)
    offers = [_offer(row, matched, ways.get(row.institution_id), here) for row in found
              if (matched := rules.matched_by(text.strip(), codes, _searched(row))) is not None]  # fmt: skip
    return sorted(offers, key=rules.nearest_first)[:limit]


def treats(institution: int, codes: Sequence[str], day: date) -> bool | None:
    """Whether any service there treats one of the diagnoses; None where nothing is registered or nothing names diagnoses. One statement."""
    with prepared.cursor() as cursor:
        cursor.execute(_NAMED, {"institution": institution, "day": day})
        named = [prefix for (prefixes,) in cursor.fetchall() for prefix in prefixes]
    return rules.treats(codes, named) if named else None


def travel(from_institution: int | None, to: Iterable[int]) -> dict[int, Travel]:
    """Receiver → the way there, where somebody entered it."""
    return {way.to_institution_id: way for way in Travel.objects.filter(from_institution=from_institution, to_institution__in=set(to))}


def between(here: int, others: Iterable[int]) -> dict[int, Travel]:
    """Institution → the way between it and here, in whichever direction somebody entered it; one statement."""
    there = set(others)
    ways = Travel.objects.filter(Q(from_institution=here, to_institution__in=there) | Q(to_institution=here, from_institution__in=there)).order_by("-minutes")
    return {way.to_institution_id if way.from_institution_id == here else way.from_institution_id: way for way in ways}


def abilities(institution_ids: Iterable[int], day: date) -> dict[int, frozenset[str]]:
    """Institution → codes of what it is able to do on that day; one statement."""
    held = Capability.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), institution__in=list(institution_ids), from_on__lte=day)
    found: dict[int, set[str]] = {}
    for institution, code in held.values_list("institution", "code"):
        found.setdefault(institution, set()).add(code)
    return {institution: frozenset(codes) for institution, codes in found.items()}


def can_do(institution: int, day: date) -> frozenset[str]:
    """Codes of what the institution is able to do on that day."""
    held = Capability.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), institution=institution, from_on__lte=day)
    return frozenset(held.values_list("code", flat=True))


def capabilities(institution: int, day: date) -> list[Capability]:
    held = Capability.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), institution=institution)
    return list(held.order_by("kind", "code"))


def ways(institution: int) -> list[Travel]:
    """Every way from there that was entered, the shortest first."""
    return list(Travel.objects.filter(from_institution=institution).select_related("to_institution").order_by("minutes"))


def all_ways() -> list[Travel]:
    """Every way that was entered, by where it begins."""
    return list(Travel.objects.select_related("from_institution", "to_institution").order_by("from_institution__code", "to_institution__code"))


def kept_by(actor: Actor, day: date) -> list[HealthcareService]:
    """Services of the institutions whose directory the actor keeps."""
    rows = in_force(day).filter(institution__in=actor.reaches(access.KEEP)).select_related(*_SHOWN).prefetch_related("practitioners")
    return list(rows.order_by("institution__code", "department__code", "name"))


def able_under(actor: Actor, day: date) -> list[Capability]:
    """Capabilities of the institutions whose directory the actor keeps."""
    held = Capability.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), institution__in=actor.reaches(access.KEEP))
    return list(held.select_related("institution").order_by("institution__code", "kind", "code"))


def _codes(text: str, day: date, scope: Scope) -> list[str]:
    """The diagnoses that the words name: a code, a Chinese name or pinyin initials."""
    if len(text) < 2:
        return []
    table = policybook.catalogue("catalogues.diagnoses", day, scope)
    return [row.code for row in table.search(text, 20)]


def _searched(row: HealthcareService) -> Searched:
    return Searched(row.name, row.department.name if row.department else "", row.institution.name, _doctors(row), tuple(row.symptoms),
                    tuple(row.diagnosis_prefixes))  # fmt: skip


def _offer(row: HealthcareService, matched: str, way: Travel | None, here: rules.Point) -> Offer:
    return Offer(
        row.pk, row.name, row.institution_id, row.institution.short_name, row.institution.level, row.department_id,
        row.department.name if row.department else "", _doctors(row), row.specialty, tuple(row.kinds), tuple(row.channels), row.preparation,
        row.institution.connected, matched, way.minutes if way else None, float(way.km) if way and way.km is not None else None,
        None if way else rules.straight_km(here, (row.institution.latitude, row.institution.longitude)),
    )  # fmt: skip


def _doctors(row: Any) -> tuple[str, ...]:
    return tuple(person.name for person in row.practitioners.all())


def able(institution_ids: Sequence[int], code: str, day: date) -> frozenset[int]:
    """Which of the institutions are able to do that; one statement."""
    held = Capability.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), institution__in=institution_ids, code=code, from_on__lte=day)
    return frozenset(held.values_list("institution", flat=True))
