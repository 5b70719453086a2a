"""Who lies in our beds and could be at home: every in-patient of the county's own, with what the record says, what a doctor holds, and who could take them.

Sixteen statements for one hospital, whatever the number of its patients.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from yilianti import policybook
from yilianti.capacity.schedules import api as schedules
from yilianti.capacity.services import api as services
from yilianti.care.referral.actions import situating
from yilianti.care.referral.models import WITH_RECEIVER, Judgement, Referral
from yilianti.care.referral.rules import LADDER, coming_home
from yilianti.care.referral.rules.coming_home import Home, Need, Proposal, Review
from yilianti.care.referral.rules.situation import Situation
from yilianti.kernel.actor import Actor, Scope
from yilianti.record.encounters import api as encounters
from yilianti.record.results import api as results
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents

_SHOWN = ("from_institution", "to_department")


@dataclass(frozen=True)
class Bed:
    """Somebody in a bed; `key` is the number of the encounter, or of the referral where no system reports the stay."""

    key: str
    resident_id: int
    institution_id: int
    department: str
    bed: str
    doctor: str
    code: str
    diagnosis: str
    since: datetime
    referral: Referral | None
    until: datetime | None = None

    @property
    def encounter(self) -> str:
        return "" if self.referral is not None and self.key == self.referral.number else self.key


@dataclass(frozen=True)
class Value:
    """A value that matters for the way home; None and None where the record has none."""

    fact: str
    label: str
    unit: str
    value: Decimal | None
    at: datetime | None


@dataclass(frozen=True)
class Line:
    """One in-patient as the list shows them."""

    bed: Bed
    resident: residents.Resident
    days: int
    is_long: bool
    home: str
    needs: tuple[str, ...]
    review: Review
    values: tuple[Value, ...]
    judged: Judgement | None
    proposals: tuple[Proposal, ...]
    #: number of the way home that is under way already
    way_home: str

    @property
    def is_open(self) -> bool:
        """Still to be thought of: nobody has written the way home, and nothing speaks clearly against it."""
        return not self.way_home and self.review.readiness != "not_yet"


def lines(actor: Actor, places: Iterable[int], at: datetime, *, scope: Scope | None = None, only: str = "") -> list[Line]:
    """The in-patients of these institutions who came by referral or live in the area of a member, the longest stay first; `only` one of them by its key."""
    wanted = sorted(places)
    beds = _beds(actor, wanted, only)
    found: list[Line] = []
    for place in sorted({bed.institution_id for bed in beds}):
        found += _Ward(actor, place, [bed for bed in beds if bed.institution_id == place], at, scope or actor.scope).lines()
    return sorted(found, key=lambda line: (line.bed.since, line.bed.key))


def one(actor: Actor, key: str, at: datetime) -> Line | None:
    """A single in-patient within reach, also one who has left."""
    return next(iter(lines(actor, actor.reaches("referral.offer_home"), at, only=key)), None)


def _beds(actor: Actor, places: Sequence[int], only: str) -> list[Bed]:
    came = Referral.objects.filter(to_institution__in=places, state="arrived", goes_home=False).select_related(*_SHOWN)
    if only:
        came = came.filter(Q(encounter=only) | Q(number=only, encounter=""))
        stays = [stay for stay in [encounters.stay_of(actor, only)] if stay is not None and stay.institution_id in places]
    else:
        stays = encounters.in_house(actor, places)
    by_stay = {referral.encounter or referral.number: referral for referral in came}
    beds = [Bed(s.number, s.resident_id, s.institution_id, s.department, s.bed, s.doctor, s.code, s.diagnosis, s.opened_at, by_stay.pop(s.number, None), s.closed_at) for s in stays]
    return beds + [
        Bed(key, r.resident_id, r.to_institution_id, r.to_department.name if r.to_department else "", "", "", r.diagnosis_code, r.diagnosis_name, r.arrived_at or r.drafted_at, r)
        for key, r in by_stay.items()
    ]


class _Ward:
    """What is asked once for everybody of one hospital."""

    def __init__(self, actor: Actor, place: int, beds: list[Bed], at: datetime, scope: Scope) -> None:
        self.beds, self.at, self.day, self.place = beds, at, timezone.localdate(at), place
        self.policy = policybook.in_force("clinical.referral.home_list", self.day, scope)
        self.known = situating.diseases(self.day, scope)
        self.confirmed = frozenset(policybook.in_force("clinical.referral.confirmed", self.day, scope).codes)
        self.needs = [Need(row["capability"], row["zh"], tuple(row["prefixes"].split("|"))) for row in situating.rows_of(policybook.in_force("clinical.referral.home_needs", self.day, scope))]
        facts = policybook.in_force("clinical.referral.facts", self.day, scope)
        self.facts = {row["fact"]: row for row in situating.rows_of(facts)}
        self.people = residents.many(bed.resident_id for bed in beds)
        self.groups = residents.groups(bed.resident_id for bed in beds)
        self.measured = self._measured(actor, at - timedelta(days=facts.max_age_days))
        self.homes, self.level, self.members = self._homes(scope)
        self.lives = institutions.many({person.home_id for person in self.people.values()})
        self.judged, self.ways_home = self._judged(), self._ways_home()

    def _measured(self, actor: Actor, since: datetime) -> Mapping[int, Mapping[str, tuple[Decimal, datetime]]]:
        """Resident asked for → fact → its newest value and when."""
        fact_of = {code: fact for fact, row in self.facts.items() for code in row["codes"].split("|") if code}
        asked_of = {member: asked for asked, members in self.groups.items() for member in members}
        found: dict[int, dict[str, tuple[Decimal, datetime]]] = defaultdict(dict)
        for one in results.measured(actor, asked_of, fact_of, institutions=[self.place], since=since):
            values, fact = found[asked_of[one.resident_id]], fact_of[one.code]
            if fact not in values or values[fact][1] < one.at:
                values[fact] = (one.value, one.at)
        return found

    def _homes(self, scope: Scope) -> tuple[dict[int, Home], str, frozenset[int]]:
        """Fellow members below this hospital with what they offer, this hospital's level, and everybody's ids."""
        fellows = institutions.receivers_for(self.place, self.day)
        own = institutions.get(self.place)
        level = own.level if own else ""
        lower = {fellow.id: fellow for fellow in fellows if level in LADDER and LADDER.index(fellow.level) < LADDER.index(level)}
        able, ways = services.abilities(lower, self.day), services.between(self.place, lower)
        pools: dict[int, list[schedules.Beds]] = defaultdict(list)
        for pool in schedules.beds(sorted(lower), self.at, scope):
            pools[pool.institution].append(pool)
        names = institutions.names(lower)
        return {key: _home(key, names[key], lower[key].level, able.get(key, frozenset()), pools[key], ways.get(key)) for key in lower}, level, frozenset({fellow.id for fellow in fellows} | {self.place})

    def _judged(self) -> dict[str, Judgement]:
        """The newest judgement of each stay."""
        rows = Judgement.objects.filter(stay__in=[bed.key for bed in self.beds]).select_related("judged_by").order_by("stay", "-id").distinct("stay")
        return {row.stay: row for row in rows}

    def _ways_home(self) -> dict[str, str]:
        """Stay → the way home that is under way."""
        origins = {bed.referral.pk: bed.key for bed in self.beds if bed.referral is not None}
        under_way = Referral.objects.filter(Q(origin__in=origins) | Q(stay__in=[bed.key for bed in self.beds]), state__in=["draft", *WITH_RECEIVER])
        return {stay or origins[origin or 0]: number for number, stay, origin in under_way.values_list("number", "stay", "origin")}

    def lines(self) -> list[Line]:
        return [self._line(bed) for bed in self.beds if bed.resident_id in self.people and (bed.referral is not None or self._lives_here(bed))]

    def _lives_here(self, bed: Bed) -> bool:
        return bool(self.members & set(self._chain(bed)))

    def _chain(self, bed: Bed) -> list[int]:
        """Where the resident lives and everything above it, the nearest first."""
        lives = self.lives.get(self.people[bed.resident_id].home_id or 0)
        return [int(step) for step in reversed(lives.path.split("/")) if step] if lives else []

    def _line(self, bed: Bed) -> Line:
        person, judged = self.people[bed.resident_id], self.judged.get(bed.key)
        days = (self.day - timezone.localdate(bed.since)).days + 1
        chain = self._chain(bed)
        own = next((place for place in chain if place in self.homes), None)
        needs = coming_home.needs_of(bed.code, self.needs)
        proposals = coming_home.propose(needs, self.homes.values(), own)
        measured = self.measured.get(bed.resident_id, {})
        situation = Situation(
            (bed.code,) if bed.code else (), self.level, proposals[0].home.level if proposals else LADDER[max(0, LADDER.index(self.level) - 1)],
            {fact: value for fact, (value, _) in measured.items()}, frozenset(judged.signs if judged else ()),
            {fact: row["zh"] for fact, row in self.facts.items()}, self.confirmed,
        )  # fmt: skip
        review = coming_home.review(situation, self.known, days=days, least_days=self.policy.least_days, measurable=[f for f, row in self.facts.items() if row["codes"]])
        values = tuple(Value(fact, self.facts[fact]["zh"], self.facts[fact]["unit"], *measured.get(fact, (None, None))) for fact in review.facts)
        lives = self.lives.get(person.home_id or 0)
        return Line(bed, person, days, days >= self.policy.long_days, lives.short_name if lives else "", tuple(need.zh for need in needs), review, values, judged,
                    tuple(proposals), self.ways_home.get(bed.key, ""))  # fmt: skip


def _home(key: int, name: str, level: str, able: frozenset[str], pools: Sequence[schedules.Beds], way: Any) -> Home:
    counted = min((pool.counted_at for pool in pools), default=None)
    return Home(key, name, level, able, sum(pool.free for pool in pools) if pools else None, counted, any(pool.is_stale for pool in pools),
                way.minutes if way else None, float(way.km) if way and way.km is not None else None)  # fmt: skip
