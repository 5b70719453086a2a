"""Stored claims as the pricing reads them: with the way of each, the stay it follows, and the place whose policies hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from yilianti import policybook
from yilianti.care.referral import api as referral
from yilianti.kernel.finding import Refused
from yilianti.policybook.places import Place
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims import rules
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.pricing import claim as priced
from yilianti.settlement.claims.pricing import places
from yilianti.settlement.claims.pricing.terms import NOT_GIVEN, Area, Group, Kind, Level, Way
from yilianti.settlement.claims.terms import NO_PLACE, NOT_RESIDENT, Insurance, State

#: A journey of referrals may cross the turn of the year, and another one; nobody's crosses ten.
_MOST_YEARS = 10


@dataclass(frozen=True)
class Written:
    """The claims that can be priced, and why the others cannot."""

    claims: list[priced.Claim]
    gaps: Mapping[int, str]


@dataclass(frozen=True)
class Kept:
    """Filed claims of some people in order, who is whom, which of their (person, year) are asked for, and the referrals by which they came."""

    rows: list[Claim]
    same: Mapping[int, int]
    asked: frozenset[tuple[int, int]]
    travelled: Mapping[int, list[rules.Journey]]


def of_years(asked: Iterable[tuple[int, int]]) -> Kept:
    """Filed claims discharged in these years of these residents, and of whoever is merged with them.

    A stay may follow one of the year before: then that year comes along, unasked for; and a next year whose stays look back on one asked for is asked for too.
    """
    listed = set(asked)
    whole = residents.groups(resident for resident, _ in listed)
    same = {member: min(members) for members in whole.values() for member in members}
    travelled = journeys(same)
    shelf = _Shelf(same, travelled)
    mine = more = {(same[resident], year) for resident, year in listed}
    for _ in range(_MOST_YEARS):
        shelf.fetch({*more, *(nexts := {(person, year + 1) for person, year in more})})
        more = {(person, year) for person, year in nexts if shelf.looks_back(person, year) < year} - mine
        mine = mine | more
        if not more:
            break
    needed = more = mine
    for _ in range(_MOST_YEARS):
        more = {(person, before) for person, year in more for before in range(shelf.looks_back(person, year), year)} - needed
        if not more:
            break
        shelf.fetch(more)
        needed = needed | more
    rows = [row for pair in needed for row in shelf.rows.get(pair, ())]
    return Kept(sorted(rows, key=lambda row: (row.discharged_on, row.pk)), same, frozenset(mine), travelled)


class _Shelf:
    """Claims by person and year, fetched as they are needed."""

    def __init__(self, same: Mapping[int, int], travelled: Mapping[int, Sequence[rules.Journey]]) -> None:
        self.same, self.travelled = same, travelled
        self.rows: dict[tuple[int, int], list[Claim]] = {}
        self._there: set[tuple[int, int]] = set()

    def fetch(self, pairs: set[tuple[int, int]]) -> None:
        """A statement for all of them that are not there yet."""
        missing = pairs - self._there
        self._there |= missing
        if not missing:
            return
        people, years = {person for person, _ in missing}, {year for _, year in missing}
        members = [member for member, person in self.same.items() if person in people]
        for row in Claim.objects.filter(resident__in=members, state=State.FILED.value, discharged_on__year__in=years):
            if (pair := (self.same[row.resident_id], row.discharged_on.year)) in missing:
                self.rows.setdefault(pair, []).append(row)

    def looks_back(self, person: int, year: int) -> int:
        """The first year in which a stay may lie that one of this year follows."""
        stays = [row for row in self.rows.get((person, year), ()) if row.kind == Kind.INPATIENT]
        return max(min((self._begun(row, self.travelled.get(person, ())) for row in stays), default=year), year - _MOST_YEARS)

    def _begun(self, row: Claim, travelled: Sequence[rules.Journey]) -> int:
        if row.told_follows:
            return row.admitted_on.year - 1
        journey = rules.journey_of(_span(row), row.encounter, travelled)
        return min(row.admitted_on.year, journey.sent_on.year) if journey else row.discharged_on.year


def journeys(same: Mapping[int, int]) -> dict[int, list[rules.Journey]]:
    """The referrals of these people whose patients arrived, by person; one statement."""
    found: dict[int, list[rules.Journey]] = {}
    for one in referral.arrivals(list(same)):
        found.setdefault(same[one.resident], []).append(rules.Journey(one.number, one.resident, one.from_institution, one.to_institution, one.sent_on, one.arrived_on, one.encounter))
    return found


def settle_ways(kept: Kept) -> None:
    """Say of each claim in hand by which way the patient came and which stay it follows: as told, else by the platform's referrals."""
    rows, same, travelled = kept.rows, kept.same, kept.travelled
    stays: dict[int, list[Claim]] = {}
    for row in rows:
        if row.kind == Kind.INPATIENT:
            stays.setdefault(same[row.resident_id], []).append(row)
    for row in rows:
        person = same[row.resident_id]
        span = _span(row)
        journey = rules.journey_of(span, row.encounter, travelled.get(person, ()))
        row.referral, row.way = journey.number if journey else "", rules.way_of(row.told_way, journey).value
        row.follows = _before(row, span, journey, stays.get(person, ())) if row.kind == Kind.INPATIENT else None


def _span(row: Claim) -> rules.Span:
    return rules.Span(row.institution_id, row.settlement_number, row.admitted_on, row.discharged_on)


def _before(row: Claim, span: rules.Span, journey: rules.Journey | None, others: Sequence[Claim]) -> Claim | None:
    earlier = {(other.institution_id, other.settlement_number): other for other in others if other is not row and other.discharged_on <= row.admitted_on}
    if row.told_follows:
        return next((other for other in earlier.values() if other.settlement_number == row.told_follows), None)
    found = rules.stay_before(span, journey, [_span(other) for other in earlier.values()]) if journey else None
    return earlier.get((found.institution, found.settlement_number)) if found else None


def written(kept: Kept, at: datetime) -> Written:
    """Stored claims as the pricing reads them, each by the policies of the place where the person is insured, wherever the hospital stands."""
    rows = kept.rows
    numbers = {row.pk: row.number for row in rows}
    known = {edition.place for edition in policybook.current()}
    ruled = {one.region: one.code for one in reversed(institutions.consortia()) if f"local/{one.code}" in known}
    scopes = {one: institutions.scope_of(one, at) for one in {row.institution_id for row in rows}}
    claims, gaps = [], {}
    for row in rows:
        scope = scopes[row.institution_id]
        area = rules.area_of(row.region, scope.region)
        own = scope.consortium if area is Area.HERE and f"local/{scope.consortium}" in known else ""
        place = Place(ruled.get(row.region, own), row.region)
        gap = NOT_RESIDENT if row.insurance != Insurance.RESIDENT else _why_no_place(row, place)
        if gap:
            gaps[row.pk] = gap
        else:
            claims.append(_one(row, place, area, f"{kept.same[row.resident_id]}", numbers.get(row.follows_id or 0, "")))
    there = {claim.id for claim in claims}
    return Written([claim if not claim.follows or claim.follows in there else _alone(claim) for claim in claims], gaps)


def _why_no_place(row: Claim, place: Place) -> str:
    try:
        places.holding(row.discharged_on, place)
    except Refused:
        return NO_PLACE
    return ""


def _alone(claim: priced.Claim) -> priced.Claim:
    """Without the stay it follows, which has no place among those that can be priced."""
    return replace(claim, follows="")


def _one(row: Claim, place: Place, area: Area, person: str, follows: str) -> priced.Claim:
    return priced.Claim(
        id=row.number, person=person, place=place, admitted_on=row.admitted_on, discharged_on=row.discharged_on, kind=Kind(row.kind), level=Level(row.level), area=area,
        way=Way(row.way), groups=tuple(Group(one) for one in row.groups), grade=row.grade, signed=row.signed, diseases=row.diseases,
        follows=follows,
        amounts={"total": row.total, "fully_own": row.fully_own, "over_limit": row.over_limit, "first_self": row.first_self, "hospital": row.hospital},
        settled=dict.fromkeys(("deductible", "basic", "catastrophic"), NOT_GIVEN),
    )  # fmt: skip

