"""What is done to an examination, on the real database."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from yilianti.care.diagnosis import actions, queries
from yilianti.care.diagnosis.models import CriticalValue, Exam, IssuedReport, Reading
from yilianti.care.diagnosis.pages import showing
from yilianti.care.diagnosis.terms import Order
from yilianti.care.diagnosis.tests import factories
from yilianti.kernel import journal
from yilianti.kernel.finding import Finding, Refused, Severity
from yilianti.record.recordings import api as recordings
from yilianti.record.results.models import Report
from yilianti.registry.residents import api as residents

pytestmark = pytest.mark.django_db
OFF = Finding("lead_off", "V2 导联脱落", severity=Severity.WARNING)


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


def words(number: str) -> list[str]:
    return [entry.word for entry in journal.history(f"diagnosis:{number}")]


def test_order_finds_the_centre_and_is_one_exam(scene: factories.Scene, at: datetime) -> None:
    key = uuid4()
    given = {"actor": scene.doctor, "resident": scene.resident.id, "institution": scene.county.township.id, "at": at}
    first = actions.order(order=Order(complaint="胸闷", placer_number="HIS-7"), client_key=key, **given)
    assert first.centre == scene.county.hospital
    assert actions.order(order=Order(complaint="胸闷"), client_key=key, **given).number == first.number, "the same form again"
    assert actions.order(order=Order(complaint="胸闷", placer_number="HIS-7"), client_key=uuid4(), **given).number == first.number, "the same order by another door"
    assert words(first.number) == ["diagnosis.ordered"]


def test_an_order_number_of_another_resident_is_refused(scene: factories.Scene, at: datetime) -> None:
    factories.ordered(scene, at, placer_number="HIS-7")
    other = residents.register(actor=scene.doctor, at=at, identifiers=[], demographics=residents.Demographics(name="林禾", sex="1", born_on=None, phone="", address="", home=scene.county.township.id))
    with pytest.raises(Refused) as refusal:
        actions.order(actor=scene.doctor, resident=other.resident.id, institution=scene.county.township.id, order=Order(complaint="胸闷", placer_number="HIS-7"), client_key=uuid4(), at=at)
    assert refusal.value.field == "placer_number"


def test_order_without_complaint_is_refused_unless_it_cannot_wait(scene: factories.Scene, at: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        factories.ordered(scene, at, complaint=" ")
    assert refusal.value.field == "complaint"
    assert factories.ordered(scene, at, complaint="", urgency="chest_pain").state == "ordered"


def test_send_a_faulty_recording_needs_a_reason_but_never_for_chest_pain(scene: factories.Scene, at: datetime) -> None:
    faulty = factories.acquired(scene, at, quality=(OFF,))
    with pytest.raises(Refused) as refusal:
        actions.send(actor=scene.doctor, number=faulty.number, at=at)
    assert refusal.value.field == "because"
    sent = actions.send(actor=scene.doctor, number=faulty.number, because="患者皮肤溃烂，无法贴牢", at=at)
    assert (sent.state, sent.sent_anyway) == ("queued", "患者皮肤溃烂，无法贴牢")
    assert actions.send(actor=scene.doctor, number=factories.acquired(scene, at).number, because="写了也不算", at=at).sent_anyway == ""
    urgent = factories.acquired(scene, at, quality=(OFF,), urgency="chest_pain")
    assert actions.send(actor=scene.doctor, number=urgent.number, at=at).written_due_at == at + timedelta(minutes=10)


def test_limits_run_from_sending_and_cite_their_policies(scene: factories.Scene, at: datetime) -> None:
    exam = factories.queued(scene, at)
    assert (exam.written_due_at, exam.audited_due_at) == (at + timedelta(minutes=30), at + timedelta(minutes=45))
    assert exam.limit_refs[0].startswith("clinical.diagnosis.limits@") and any(ref.startswith("calendar.") for ref in exam.limit_refs)
    evening = at.replace(hour=23, minute=50)
    late = factories.queued(scene, evening)
    assert late.written_due_at is not None and late.written_due_at.date() > evening.date(), "a routine tracing of the night waits for the morning"


def test_claim_is_a_lease_that_ends(scene: factories.Scene, at: datetime) -> None:
    exam = factories.queued(scene, at)
    held = actions.claim(actor=scene.reader, number=exam.number, at=at)
    assert held.claimed_until == at + timedelta(minutes=15)
    with pytest.raises(Refused) as refusal:
        actions.claim(actor=scene.auditor, number=exam.number, at=at + timedelta(minutes=14))
    assert refusal.value.code == "wrong_state" and scene.reader.name in refusal.value.zh
    taken = actions.claim(actor=scene.auditor, number=exam.number, at=at + timedelta(minutes=15))
    assert taken.claimed_by_id == scene.auditor.person
    with pytest.raises(Refused) as refusal:
        actions.conclude(actor=scene.reader, number=exam.number, statements=["SR"], conclusion="窦性心律", measurements={}, at=at + timedelta(minutes=16))
    assert refusal.value.code == "not_yours"


def test_conclude_after_the_lease_while_nobody_took_it(scene: factories.Scene, at: datetime) -> None:
    exam = factories.queued(scene, at)
    actions.claim(actor=scene.reader, number=exam.number, at=at)
    done = actions.conclude(actor=scene.reader, number=exam.number, statements=["SR"], conclusion="窦性心律", measurements={}, at=at + timedelta(minutes=40))
    assert (done.state, done.concluded_by_id) == ("concluded", scene.reader.person)


def test_claim_next_takes_what_breaches_first(scene: factories.Scene, at: datetime) -> None:
    routine = factories.queued(scene, at)
    chest_pain = factories.queued(scene, at + timedelta(minutes=5), urgency="chest_pain")
    took = [actions.claim_next(actor=scene.reader, at=at + timedelta(minutes=6)) for _ in range(3)]
    assert [exam.number if exam else None for exam in took] == [chest_pain.number, routine.number, None]


def test_issue_by_another_physician_files_the_report(scene: factories.Scene, at: datetime) -> None:
    exam = factories.concluded(scene, at)
    with pytest.raises(Refused):
        actions.issue(actor=scene.reader, number=exam.number, statements=["SR"], conclusion="窦性心律", measurements={}, draw=lambda exam: factories.PDF, at=at)
    both = factories.actor(scene.county.hospital, "centre_auditor", at)
    own = factories.queued(scene, at)
    actions.claim(actor=both, number=own.number, at=at)
    actions.conclude(actor=both, number=own.number, statements=["SR"], conclusion="窦性心律", measurements={}, at=at)
    with pytest.raises(Refused) as refusal:
        actions.issue(actor=both, number=own.number, statements=["SR"], conclusion="窦性心律", measurements={}, draw=lambda exam: factories.PDF, at=at)
    assert refusal.value.code == "own_reading"
    done = actions.issue(actor=scene.auditor, number=exam.number, statements=["SR", "STT"], conclusion="窦性心律，ST-T改变", measurements={"HR": 72}, draw=lambda exam: factories.PDF, at=at)
    report = Report.objects.get(number=done.report)
    assert (report.institution, report.conclusion, report.filler_number) == (scene.county.township, "窦性心律，ST-T改变", exam.number)
    assert IssuedReport.objects.get(exam=exam).content == factories.PDF
    assert list(Reading.objects.filter(exam=exam).order_by("id").values_list("kind", "statements")) == [("first", ["SR"]), ("audit", ["SR", "STT"])]


def test_amend_is_a_further_version_that_supersedes(scene: factories.Scene, at: datetime) -> None:
    exam = factories.issued(scene, at)
    later = at + timedelta(hours=1)
    done = actions.amend(actor=scene.head, number=exam.number, statements=["AFIB"], conclusion="心房颤动", measurements={}, because="漏诊", draw=lambda exam: factories.PDF + b"2", at=later)
    assert done.report != exam.report
    assert Report.objects.get(number=done.report).supersedes == Report.objects.get(number=exam.report)
    assert list(IssuedReport.objects.filter(exam=exam).order_by("version").values_list("version", "because")) == [(1, ""), (2, "漏诊")]


def test_reject_is_counted_and_starts_the_limits_anew(scene: factories.Scene, at: datetime) -> None:
    exam = factories.queued(scene, at)
    actions.claim(actor=scene.reader, number=exam.number, at=at)
    back = actions.reject(actor=scene.reader, number=exam.number, reason="reversed", at=at)
    assert (back.state, back.rejections, back.claimed_by_id) == ("rejected", 1, None)
    kept = factories.recordings.keep(actor=scene.doctor, institution_id=exam.institution_id, content=b"second try", format="csv", tracing=factories.tracing(2), at=at)
    actions.acquire(actor=scene.doctor, number=exam.number, recording=kept, quality=(), measured={}, suggested=[], at=at + timedelta(minutes=20))
    again = actions.send(actor=scene.doctor, number=exam.number, at=at + timedelta(minutes=21))
    assert again.written_due_at == at + timedelta(minutes=51)


def test_a_recording_belongs_to_one_exam(scene: factories.Scene, at: datetime) -> None:
    first, second = factories.acquired(scene, at), factories.ordered(scene, at)
    with pytest.raises(Refused) as refusal:
        actions.acquire(actor=scene.doctor, number=second.number, recording=first.recording, quality=(), measured={}, suggested=[], at=at)
    assert refusal.value.code == "recording_taken" and first.number in refusal.value.zh


def test_critical_value_is_told_with_the_reading_and_needs_its_read_back(scene: factories.Scene, at: datetime) -> None:
    exam = factories.concluded(scene, at, statements=("3AVB",), measurements={"HR": 33.0})
    told = list(CriticalValue.objects.filter(exam=exam).order_by("code"))
    assert [(one.code, one.state) for one in told] == [("bradycardia", "notified"), ("third_degree_block", "notified")]
    slow = told[0]
    assert slow.key_value == "平均心室率过缓 33 次/分"
    with pytest.raises(Refused) as refusal:
        actions.acknowledge(actor=scene.doctor, critical=slow.id, read_back="心率 38", at=at)
    assert refusal.value.code == "read_back_differs"
    with pytest.raises(Refused):
        actions.resolve(actor=scene.doctor, critical=slow.id, outcome="已转诊", at=at)
    with pytest.raises(Refused):
        actions.acknowledge(actor=scene.reader, critical=slow.id, read_back="33", at=at)
    heard = actions.acknowledge(actor=scene.doctor, critical=slow.id, read_back="心室率３３次每分", family_told=True, at=at + timedelta(minutes=4))
    assert heard.state == "acknowledged"
    assert actions.resolve(actor=scene.doctor, critical=slow.id, outcome="吸氧、心电监护，救护车转县医院", at=at + timedelta(minutes=9)).state == "resolved"
    actions.issue(actor=scene.auditor, number=exam.number, statements=exam.statements, conclusion=exam.conclusion, measurements=exam.measurements, draw=lambda exam: factories.PDF, at=at)
    assert CriticalValue.objects.filter(exam=exam).count() == 2, "the audit finds the same and tells nobody twice"


def test_a_critical_value_of_another_recording_is_told_anew(scene: factories.Scene, at: datetime) -> None:
    exam = factories.concluded(scene, at, statements=("VF",))
    first = CriticalValue.objects.get(exam=exam)
    actions.acknowledge(actor=scene.doctor, critical=first.id, read_back=first.key_value, at=at)
    actions.resolve(actor=scene.doctor, critical=first.id, outcome="贴错了患者", at=at)
    actions.reject(actor=scene.auditor, number=exam.number, reason="wrong_patient", at=at)
    sent_back = Exam.objects.get(pk=exam.pk)
    assert (sent_back.statements, sent_back.conclusion, sent_back.measurements) == ([], "", {}), "the words of another's recording"
    assert queries.criticals(scene.reader).exists()
    again = recordings.keep(actor=scene.doctor, institution_id=exam.institution_id, content=b"again", format="csv", tracing=factories.tracing(2), at=at)
    actions.acquire(actor=scene.doctor, number=exam.number, recording=again, quality=(), measured={}, suggested=[], at=at)
    assert queries.criticals(scene.reader).exists(), "the centre does not lose sight of it while the member records again"
    actions.send(actor=scene.doctor, number=exam.number, at=at)
    actions.claim(actor=scene.reader, number=exam.number, at=at)
    actions.conclude(actor=scene.reader, number=exam.number, statements=["VF"], conclusion="心室颤动", measurements={}, at=at)
    assert list(CriticalValue.objects.filter(exam=exam).order_by("id").values_list("state", flat=True)) == ["resolved", "notified"]
    assert words(exam.number).count("diagnosis.critical_found") == 2


def test_whoever_sent_it_is_called_also_where_machines_ordered_and_recorded(scene: factories.Scene, at: datetime) -> None:
    exam = factories.acquired(scene, at)
    Exam.objects.filter(pk=exam.pk).update(ordered_by=None, acquired_by=None)
    actions.send(actor=scene.doctor, number=exam.number, at=at)
    assert journal.history(f"diagnosis:{exam.number}")[-1].facts["sender"] == scene.doctor.person


def test_a_conference_asks_whom_it_names_and_shows_who_has_spoken(scene: factories.Scene, at: datetime) -> None:
    exam = factories.concluded(scene, at)
    for wrong in (scene.doctor.person, scene.stranger.person, scene.auditor.person):
        with pytest.raises(Refused) as refusal:
            actions.convene(actor=scene.auditor, number=exam.number, because="宽QRS心动过速", invited=[wrong or 0], at=at)
        assert refusal.value.field == "invited", "not of this centre, or oneself"
    other = factories.actor(scene.county.hospital, "centre_auditor", at)
    asked = actions.convene(actor=scene.auditor, number=exam.number, because="宽QRS心动过速", invited=[scene.head.person or 0, other.person or 0, other.person or 0], at=at)
    assert journal.history(f"diagnosis:{exam.number}")[-1].facts["invited"] == sorted([scene.head.person, other.person])
    actions.opine(actor=other, number=exam.number, opinion="室速", at=at)
    assert sorted((one["name"], one["spoke"]) for one in showing.invited(asked)) == sorted([(scene.head.name, False), (other.name, True)])


def test_unreachable_goes_to_the_next_person(scene: factories.Scene, at: datetime) -> None:
    exam = factories.concluded(scene, at, statements=("VF",))
    one = CriticalValue.objects.get(exam=exam)
    assert actions.note_unreachable(actor=scene.reader, critical=one.id, at=at).rung == 1
    assert words(exam.number)[-1] == "diagnosis.critical_unreachable"


def test_a_list_nobody_checked_is_not_used(scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    from yilianti import policybook
    from yilianti.care.diagnosis.actions import critical
    from yilianti.care.diagnosis.terms import Case

    found = critical.findings_for(factories.ordered(scene, at), Case({"HR": 34.0}), at)
    assert [one.code for one in found] == ["bradycardia"]
    assert found[0].policy_ref.startswith("clinical.diagnosis.critical_ecg@")
    exam, asked = factories.ordered(scene, at), policybook.in_force
    unchecked = SimpleNamespace(list="consensus_2017", unchecked=["consensus_2017"], checked=False)
    monkeypatch.setattr(policybook, "in_force", lambda code, day, scope: unchecked if "critical_list" in code else asked(code, day, scope))
    with pytest.raises(Refused) as refusal:
        critical.findings_for(exam, Case({"HR": 34.0}), at)
    assert refusal.value.code == "list_unchecked"


def test_what_an_earlier_report_says_is_not_first_found(scene: factories.Scene, at: datetime) -> None:
    from yilianti.care.diagnosis.actions import critical

    def codes(exam: Exam) -> list[str]:
        return [one.code for one in critical.findings_of(exam, at)]

    first = factories.issued(scene, at, statements=("3AVB",), measurements={"HR": 44.0})
    again = factories.concluded(scene, at + timedelta(days=1), statements=("3AVB",), measurements={"HR": 44.0})
    slow = factories.concluded(scene, at + timedelta(days=1), statements=("3AVB",), measurements={"HR": 38.0})
    assert (codes(first), codes(again), codes(slow)) == (["third_degree_block"], [], ["third_degree_block_slow"])


def test_conference_needs_opinions_and_another_hand(scene: factories.Scene, at: datetime) -> None:
    exam = factories.queued(scene, at)
    actions.claim(actor=scene.reader, number=exam.number, at=at)
    actions.convene(actor=scene.reader, number=exam.number, because="宽QRS心动过速性质不明", at=at)
    given = {"statements": ["VT"], "conclusion": "室性心动过速", "measurements": {"HR": 140.0}, "draw": lambda exam: factories.PDF, "at": at}
    with pytest.raises(Refused) as refusal:
        actions.decide(actor=scene.head, number=exam.number, **given)
    assert refusal.value.code == "no_opinion"
    for physician in (scene.reader, scene.auditor):
        actions.opine(actor=physician, number=exam.number, opinion="倾向室速", at=at)
    with pytest.raises(Refused):
        actions.decide(actor=scene.auditor, number=exam.number, **given)
    done = actions.decide(actor=scene.head, number=exam.number, **given)
    assert (done.state, done.issued_by_id) == ("issued", scene.head.person)
    with pytest.raises(Refused, match="会诊定论"):
        actions.amend(actor=scene.auditor, number=exam.number, because="补充", **given)
    assert actions.amend(actor=scene.head, number=exam.number, because="补充", **given).issues.count() == 2


def test_a_stranger_sees_and_does_nothing(scene: factories.Scene, at: datetime) -> None:
    exam = factories.queued(scene, at)
    assert queries.one(scene.stranger, exam.number) is None
    with pytest.raises(Refused):
        actions.claim(actor=scene.stranger, number=exam.number, at=at)
    assert queries.one(scene.reader, factories.acquired(scene, at).number) is None, "not the centre's before it is sent"
