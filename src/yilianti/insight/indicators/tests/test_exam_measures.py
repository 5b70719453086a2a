"""The cards of the diagnosis centre against hand-written SQL over invented exams, at the edges of their limits."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from yilianti.care.diagnosis.models import CriticalValue, Exam, IssuedReport, Reading, Rejection
from yilianti.care.diagnosis.tests import factories as exams
from yilianti.insight.indicators.models import Figure
from yilianti.insight.indicators.tests.factories import count, figure

pytestmark = pytest.mark.django_db

_SENT = "e.sent_at IS NOT NULL"
_FIRST = "(SELECT i.at FROM diagnosis_issuedreport i WHERE i.exam_id = e.id AND i.version = 1)"
_TOOK = f"floor(extract(epoch FROM {_FIRST} - e.sent_at))"
_WAITED = f"{_SENT} AND e.state NOT IN ('cancelled', 'rejected', 'acquired')"
# Written by hand from the words of the cards, not from the measures: counted, out of, and of what.
BY_HAND = {
    "ecg_volume": ("count(e.sent_at), count(*), NULL", "e.state <> 'cancelled'"),
    "ecg_written_on_time": ("count(*) FILTER (WHERE e.written_at <= e.written_due_at), count(*), NULL", f"{_SENT} AND e.written_at IS NOT NULL AND e.urgency = 'routine' AND NOT e.off_hours"),
    "ecg_issued_on_time": (f"count(*) FILTER (WHERE {_FIRST} <= e.audited_due_at), count(*), NULL", f"{_SENT} AND {_FIRST} IS NOT NULL AND e.urgency = 'routine' AND NOT e.off_hours"),
    "ecg_opinion_on_time": ("count(*) FILTER (WHERE e.written_at <= e.written_due_at), count(*), NULL", f"{_SENT} AND e.written_at IS NOT NULL AND e.urgency <> 'routine'"),
    "ecg_off_hours_on_time": (f"count(*) FILTER (WHERE {_FIRST} <= e.audited_due_at), count(*), NULL", f"{_SENT} AND {_FIRST} IS NOT NULL AND e.urgency = 'routine' AND e.off_hours"),
    "ecg_turnaround": (f"count({_FIRST}), count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY {_TOOK})", _WAITED),
    "ecg_turnaround_p90": (f"count({_FIRST}), count(*), percentile_cont(0.9) WITHIN GROUP (ORDER BY {_TOOK})", _WAITED),
    "ecg_positive_share": ("count(*) FILTER (WHERE NOT e.statements <@ '{NORM,SR}'), count(*), NULL", f"{_FIRST} IS NOT NULL AND cardinality(e.statements) > 0"),
}


@pytest.fixture
def scene(at: datetime) -> exams.Scene:
    return exams.scene(at)


def invent(chance: random.Random, scene: exams.Scene, at: datetime) -> None:
    """Sixty exams in any state of rest, some exactly on their limits, and one rejected recording for every second."""
    county, made, reports, rejected = scene.county, [], [], []
    for n in range(60):
        ordered = at - timedelta(hours=chance.randint(0, 400), microseconds=chance.randint(0, 999_999))
        state = chance.choice(("ordered", "rejected", "cancelled", "issued", "issued", "issued"))
        sent = ordered + timedelta(minutes=2) if state != "ordered" else None
        written = sent + timedelta(minutes=chance.choice((1, 30, 31, 200))) if sent and state == "issued" else None
        made.append(Exam(
            number=f"XDT{n:05d}", modality="ecg", state=state, urgency=chance.choice(("routine", "emergency", "chest_pain")), resident=scene.resident, centre=county.hospital,
            institution=chance.choice((county.township, county.clinic)), ordered_at=ordered, sent_at=sent, off_hours=chance.random() < 0.4, written_at=written,
            written_due_at=sent + timedelta(minutes=30) if sent else None, audited_due_at=sent + timedelta(minutes=45) if sent else None, rejections=n % 2 if sent else 0,
            concluded_at=written, concluded_by_id=scene.reader.person if written else None, issued_by_id=scene.auditor.person if written else None, issued_at=at if written else None,
            statements=chance.choice(([], ["SR"], ["NORM", "SR"], ["SR", "STT"], ["SRX"])),
        ))  # fmt: skip
    Exam.objects.bulk_create(made)
    for exam in made:
        if exam.written_at:
            for version in range(1, chance.randint(2, 3)):
                reports.append(IssuedReport(exam=exam, version=version, conclusion="x", auditor_id=scene.auditor.person, content=exams.PDF, sha256="0",
                                            at=exam.written_at + timedelta(minutes=chance.choice((0, 14, 15)) + version * 1000 - 1000)))  # fmt: skip
        if exam.rejections and exam.sent_at:
            rejected.append(Rejection(exam=exam, acquired_by_id=scene.doctor.person, sent_at=exam.sent_at - timedelta(seconds=50), reason="artefact", at=exam.sent_at))
    IssuedReport.objects.bulk_create(reports)
    Rejection.objects.bulk_create(rejected)


@pytest.mark.parametrize("seed", [1, 2])
def test_hand_written_sql_agrees(scene: exams.Scene, at: datetime, seed: int) -> None:
    invent(random.Random(seed), scene, at)
    count(at, anew=True)
    places = (({"institution": scene.county.township, "sender": None}, f"e.institution_id = {scene.county.township.id}"),
              ({"consortium__code": "yunxi"}, f"e.institution_id IN ({scene.county.township.id}, {scene.county.clinic.id})"))  # fmt: skip
    seen = 0
    for code, (wanted, counting) in BY_HAND.items():
        for where, place in places:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {wanted} FROM diagnosis_exam e WHERE e.ordered_at >= '2026-10-31T16:00Z' AND e.ordered_at < '2026-11-30T16:00Z' AND {counting} AND {place}")
                counted, out_of, measured = cursor.fetchone()
            found = Figure.objects.filter(card=f"platform.{code}", month="2026-11-01", **where).values_list("numerator", "denominator", "measured").first() or (0, 0, None)
            hand = None if measured is None else Decimal(str(measured)).quantize(Decimal("0.1"))
            assert (code, *found) == (code, counted, out_of, hand)
            seen += out_of
    assert seen > 60


def test_recordings_and_their_rejections(scene: exams.Scene, at: datetime) -> None:
    invent(random.Random(3), scene, at)
    count(at, anew=True)
    gone = Exam.objects.filter(state="cancelled", sent_at__gte="2026-10-31T16:00Z").count()
    held = Exam.objects.filter(sent_at__gte="2026-10-31T16:00Z").count() - gone
    back = Rejection.objects.filter(sent_at__gte="2026-10-31T16:00Z").count()
    assert figure("platform.ecg_rejected_share") == (back, held + back, None)
    assert figure("platform.ecg_sound_share") == (held + back, held + back, None)


@pytest.mark.parametrize(("minutes", "counts"), [(10, 1), (11, 0)])
def test_critical_values_at_the_edge(scene: exams.Scene, at: datetime, minutes: int, counts: int) -> None:
    exam = exams.concluded(scene, at, statements=("VF",))
    CriticalValue.objects.filter(exam=exam).update(
        state="acknowledged", acknowledged_at=at + timedelta(minutes=minutes), acknowledged_by=scene.doctor.person, read_back="室颤")
    count(at, anew=True)
    assert figure("platform.ecg_critical_told") == (1, 1, None)
    assert figure("platform.ecg_critical_acknowledged") == (counts, 1, None)
    assert figure("platform.ecg_critical_resolved") == (0, 1, None)


def test_second_readings_count_at_the_centre(scene: exams.Scene, at: datetime) -> None:
    for statements in (["SR"], ["SR", "STT"]):
        exam = exams.issued(scene, at)
        Reading.objects.create(exam=exam, kind="second", reader_id=scene.head.person, statements=statements, at=at)
    count(at, anew=True)
    assert figure("platform.ecg_second_agreement", institution=scene.county.hospital, sender=None) == (1, 2, None)
    assert figure("platform.ecg_workload") == (4, 4, None)


def test_an_exam_is_followed_step_by_step(scene: exams.Scene, at: datetime) -> None:
    exam = exams.queued(scene, at)
    count(at)
    assert figure("platform.ecg_volume") == (1, 1, None)
    exams.actions.claim(actor=scene.reader, number=exam.number, at=at)
    exams.actions.reject(actor=scene.reader, number=exam.number, reason="reversed", at=at)
    count(at)
    assert figure("platform.ecg_rejected_share") == (1, 1, None)
