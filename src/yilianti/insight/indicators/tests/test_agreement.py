"""The same figures by hand-written SQL on PostgreSQL, over random counties; and removing people never raises a count."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories as referrals
from yilianti.insight.indicators.models import Figure
from yilianti.insight.indicators.tests.factories import ANSWER, ARRIVAL, LEAKAGE, PRIMARY, count
from yilianti.record.encounters.models import Encounter
from yilianti.record.encounters.tests import factories as stays

pytestmark = pytest.mark.django_db

_SECONDS = "floor(extract(epoch FROM decided_at - submitted_at))"
_ANSWERED = "(decided_at IS NOT NULL OR state IN ('submitted', 'assigned'))"
# Written by hand from the words of the cards, not from the measures.
PAIRED = {
    "pair_answer_time": (f"count(decided_at), count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY {_SECONDS})", _ANSWERED),
    "referral_answer_time_p90": (f"count(decided_at), count(*), percentile_cont(0.9) WITHIN GROUP (ORDER BY {_SECONDS})", _ANSWERED),
    "pair_arrival_rate": ("count(arrived_at), count(*), NULL", "appointment_at IS NOT NULL AND state <> 'accepted' AND NOT goes_home"),
    "referral_declined_share": ("count(*) FILTER (WHERE state = 'declined'), count(*), NULL", "decided_at IS NOT NULL AND state <> 'returned' AND NOT is_outside"),
    "referral_overridden_share": ("count(*) FILTER (WHERE cardinality(overridden) > 0), count(*), NULL", "NOT goes_home AND NOT is_outside"),
    "referral_closure_share": ("count(*) FILTER (WHERE state = 'concluded'), count(*), NULL", "arrived_at IS NOT NULL AND NOT goes_home AND NOT is_outside"),
    "referral_follow_up_time": (
        "count(followed_up_at), count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY floor(extract(epoch FROM followed_up_at - submitted_at)))",
        "goes_home AND (followed_up_at IS NOT NULL OR state IN ('accepted', 'arrived'))"),
}
BY_HAND = {
    ANSWER: """SELECT count(decided_at), count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY floor(extract(epoch FROM decided_at - submitted_at)))
        FROM referral_referral r JOIN institutions_institution i ON i.id = r.to_institution_id
        WHERE submitted_at >= %(from)s AND submitted_at < %(until)s AND (decided_at IS NOT NULL OR r.state IN ('submitted', 'assigned')) AND {place}""",
    ARRIVAL: """SELECT count(arrived_at), count(*), NULL
        FROM referral_referral r JOIN institutions_institution i ON i.id = r.to_institution_id
        WHERE submitted_at >= %(from)s AND submitted_at < %(until)s AND appointment_at IS NOT NULL AND r.state <> 'accepted' AND NOT goes_home AND {place}""",
    **{f"platform.{code}": f"SELECT {wanted} FROM referral_referral r WHERE submitted_at >= %(from)s AND submitted_at < %(until)s AND {counting} AND {{place}}" for code, (wanted, counting) in PAIRED.items()},
    LEAKAGE: """SELECT count(*) FILTER (WHERE is_outside), count(*), NULL
        FROM referral_referral r JOIN institutions_institution i ON i.id = r.from_institution_id
        WHERE submitted_at >= %(from)s AND submitted_at < %(until)s AND NOT goes_home AND service <> 'advice' AND r.state NOT IN ('withdrawn', 'returned') AND {place}""",
    PRIMARY: """SELECT count(*) FILTER (WHERE i.level IN ('village', 'township')), count(*), NULL
        FROM encounters_encounter e JOIN institutions_institution i ON i.id = e.institution_id
        WHERE opened_at >= %(from)s AND opened_at < %(until)s AND e.kind IN ('outpatient', 'emergency') AND e.state <> 'cancelled' AND {place}""",
}
MONTHS = {"2026-10-01": ("2026-09-30T16:00Z", "2026-10-31T16:00Z"), "2026-11-01": ("2026-10-31T16:00Z", "2026-11-30T16:00Z")}
STATES = ("submitted", "assigned", "returned", "accepted", "declined", "withdrawn", "arrived", "discharged", "concluded", "lapsed")


def invent(chance: random.Random, scene: referrals.Scene, at: datetime, people: list[int]) -> None:
    """Referrals and visits of these people, in any state, around the turn of the month."""
    places = [scene.county.hospital, scene.county.township, scene.county.clinic, scene.county.other_hospital, scene.county.other_township]
    made, visits = [], []
    for n in range(chance.randint(0, 60)):
        sender, receiver = chance.sample(places, 2)
        state = chance.choice(STATES)
        submitted = at - timedelta(seconds=chance.randint(0, 3_000_000), microseconds=chance.randint(0, 999_999))
        decided = None if state in ("submitted", "assigned") or (state == "withdrawn" and chance.random() < 0.5) else submitted + timedelta(seconds=chance.random() * 90_000)
        was_accepted = decided is not None and state not in ("returned", "declined")
        made.append(Referral(
            number=f"ZZT{n:06d}", state=state, resident_id=chance.choice(people), from_institution=sender, from_level=sender.level, to_institution=receiver,
            to_level=receiver.level, diagnosis_code=f"D{n}", urgency=chance.choice(("emergency", "urgent", "elective")), service=chance.choice(("inpatient", "outpatient", "advice")),
            drafted_at=submitted, submitted_at=submitted, decided_at=decided, decided_by_id=scene.office.person if decided else None,
            decline_reason="no_bed" if state == "declined" else "", appointment_at=decided if was_accepted else None,
            arrived_at=decided if state in ("arrived", "discharged", "concluded") else None, is_outside=chance.random() < 0.1,
            overridden=["x"] if (is_overridden := chance.random() < 0.3) else [], override_reason="患者要求" if is_overridden else "",
        ))  # fmt: skip
    Referral.objects.bulk_create(made)
    Referral.objects.bulk_create(_homes(chance, scene, [one for one in made if one.state in ("discharged", "concluded")]))
    for n in range(chance.randint(0, 60)):
        opened = at - timedelta(seconds=chance.randint(0, 3_000_000))
        visits.append(Encounter(
            number=f"JZT{n:06d}", resident_id=chance.choice(people), institution=chance.choice(places), visit_number=f"V{n}",
            kind=chance.choice(("outpatient", "emergency", "inpatient", "other")), state=chance.choice(("open", "cancelled")), opened_at=opened, changed_at=opened,
        ))  # fmt: skip
    Encounter.objects.bulk_create(visits)


def _homes(chance: random.Random, scene: referrals.Scene, origins: list[Referral]) -> Iterator[Referral]:
    """The ways home of these, from the hospital to the township, followed up or not."""
    for n, origin in enumerate(origins):
        state, sent = chance.choice(("accepted", "arrived", "concluded", "recalled")), origin.decided_at
        yield Referral(
            number=f"XZT{n:06d}", state=state, resident_id=origin.resident_id, origin=origin, goes_home=True, from_institution=scene.county.hospital, from_level="county",
            to_institution=scene.county.township, to_level="township", diagnosis_code=f"H{n}", urgency="elective", service="rehabilitation", drafted_at=sent,
            submitted_at=sent, decided_at=sent, decided_by_id=scene.office.person, appointment_at=sent, arrived_at=sent if state != "accepted" else None,
            followed_up_at=sent + timedelta(seconds=chance.randint(0, 900_000)) if state == "concluded" else None,
        )  # fmt: skip


def by_hand(card: str, month: str, place: str) -> tuple[int, int, float | None]:
    with connection.cursor() as cursor:
        begin, end = MONTHS[month]
        cursor.execute(BY_HAND[card].format(place=place), {"from": begin, "until": end})
        return cursor.fetchone()


def places(scene: referrals.Scene, card: str) -> list[tuple[dict[str, object], str]]:
    """Where the card has figures: how the product names the place, and the condition by hand."""
    hospital, township, clinic = scene.county.hospital.id, scene.county.township.id, scene.county.clinic.id
    if card.removeprefix("platform.") in PAIRED:
        ends = [(township, hospital), (clinic, township), (hospital, township)]
        return [({"sender": a, "institution": b}, f"r.from_institution_id = {a} AND r.to_institution_id = {b}") for a, b in ends]
    whole: tuple[dict[str, object], str] = ({"consortium__code": "yunxi"}, f"(i.id IN ({hospital}, {township}, {clinic}))")
    return [whole] if card == PRIMARY else [whole, ({"institution": township, "sender": None}, f"i.id = {township}")]


def disagreements(scene: referrals.Scene) -> Iterator[tuple[object, ...]]:
    """Every place and month where the two differ; a place without rows has no figure by the product and zeros by hand."""
    for card in BY_HAND:
        for month in MONTHS:
            for where, condition in places(scene, card):
                found = Figure.objects.filter(card=card, month=month, **where).values_list("numerator", "denominator", "measured").first()
                ours = (found[0], found[1], None if found[2] is None else float(found[2])) if found else (0, 0, None)
                count_, of_, measured = by_hand(card, month, condition)
                if ours != (hand := (count_, of_, None if measured is None else float(Decimal(str(measured)).quantize(Decimal("0.1"))))):
                    yield card, month, where, ours, hand


@settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_hand_written_sql_agrees(at, seed: int) -> None:
    with transaction.atomic():
        scene = referrals.scene(at)
        invent(random.Random(seed), scene, at, [scene.resident.id])
        count(at, anew=True)
        assert list(disagreements(scene)) == []
        transaction.set_rollback(True)


@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_fewer_people_never_raise_a_count(at, seed: int) -> None:
    with transaction.atomic():
        chance, scene = random.Random(seed), referrals.scene(at)
        people = [scene.resident.id, *(stays.resident().id for _ in range(5))]
        invent(chance, scene, at, people)
        count(at, anew=True)
        before = {(f.card, f.month, f.institution_id, f.sender_id, f.consortium_id): (f.numerator, f.denominator) for f in Figure.objects.all()}
        gone = chance.sample(people, 3)
        Referral.objects.filter(resident__in=gone, origin__isnull=False).delete()
        Referral.objects.filter(resident__in=gone).delete()
        Encounter.objects.filter(resident__in=gone).delete()
        count(at, anew=True)
        after = {(f.card, f.month, f.institution_id, f.sender_id, f.consortium_id): (f.numerator, f.denominator) for f in Figure.objects.all()}
        assert all(after[key][0] <= numerator and after[key][1] <= denominator for key, (numerator, denominator) in before.items())
        assert sum(d for _, d in after.values()) < sum(d for _, d in before.values()) or not before
        assert list(disagreements(scene)) == []
        transaction.set_rollback(True)
