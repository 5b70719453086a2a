"""What is owed, by when, and when the clock speaks of it: at, before and after each moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral import actions
from yilianti.care.referral.lifecycle import REFERRAL
from yilianti.care.referral.models import Question, Referral
from yilianti.care.referral.pages import owing as owing_page
from yilianti.care.referral.rules import promises
from yilianti.care.referral.rules.promises import Course, Promise, Told
from yilianti.care.referral.terms import OPEN, State
from yilianti.care.referral.tests import factories, owing
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.kernel.actor import Actor, Scope
from yilianti.kernel.models import JournalEntry
from yilianti.policybook.calendar import CHINA, Calendar

HERE = Scope("nowhere", "")
THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=CHINA)
FRIDAY_EVENING = datetime(2026, 11, 27, 20, 0, tzinfo=CHINA)
SYSTEM = Actor.system()


def _on(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


LIMITS = [
    # promise, urgency, owed since, limit (working hours: 8:00–12:00, 14:00–17:30)
    (Promise.APPROVAL, "emergency", THURSDAY, _on(26, 10, 15)),
    (Promise.APPROVAL, "urgent", FRIDAY_EVENING, _on(27, 21)),
    (Promise.APPROVAL, "elective", THURSDAY, _on(27, 10)),
    (Promise.APPROVAL, "elective", FRIDAY_EVENING, _on(30, 17, 30)),
    (Promise.COMPLETION, "emergency", THURSDAY, _on(26, 10, 30)),
    (Promise.COMPLETION, "urgent", THURSDAY, _on(26, 14)),
    (Promise.COMPLETION, "elective", FRIDAY_EVENING, _on(1, 17, 30, 12)),
    (Promise.REDIRECT, "emergency", THURSDAY, _on(26, 10, 15)),
    (Promise.REDIRECT, "urgent", THURSDAY, _on(26, 12)),
    (Promise.REDIRECT, "elective", THURSDAY, _on(27, 10)),
    (Promise.ADVICE, "emergency", THURSDAY, _on(26, 11)),
    (Promise.ADVICE, "urgent", THURSDAY, _on(26, 18)),
    (Promise.ADVICE, "elective", THURSDAY, _on(1, 10, 0, 12)),
    (Promise.OUTCOME, "emergency", THURSDAY, _on(27, 10)),
    (Promise.OUTCOME, "urgent", THURSDAY, _on(29, 10)),
    (Promise.OUTCOME, "elective", THURSDAY, _on(3, 10, 0, 12)),
    (Promise.QUESTION, "emergency", THURSDAY, _on(26, 10, 15)),
    (Promise.QUESTION, "urgent", THURSDAY, _on(26, 11)),
    (Promise.QUESTION, "elective", FRIDAY_EVENING, _on(30, 17, 30)),
]


def _limits() -> policybook.Edition:
    return policybook.in_force("clinical.referral.promise_limits", THURSDAY.date(), HERE)


@pytest.mark.parametrize(("promise", "urgency", "since", "limit"), LIMITS)
def test_a_limit_is_reckoned_from_the_step_in_working_time_where_it_can_wait(promise: Promise, urgency: str, since: datetime, limit: datetime) -> None:
    assert promises.due_at(promise, Course("", False, urgency), since, _limits(), Calendar(HERE)) == limit


@pytest.mark.parametrize(("answer_due_at", "limit"), [(_on(26, 18), _on(26, 11, 30)), (_on(26, 11), _on(26, 11)), (_on(26, 9), _on(26, 9)), (None, _on(26, 11, 30))])
def test_a_departments_share_ends_with_the_answer_at_the_latest(answer_due_at: datetime | None, limit: datetime) -> None:
    course = Course("assigned", False, "urgent", answer_due_at=answer_due_at)
    assert promises.due_at(Promise.DEPARTMENT, course, THURSDAY, _limits(), Calendar(HERE)) == limit


@pytest.mark.parametrize(("urgency", "lapses_at", "limit"), [
    ("emergency", _on(27, 10), _on(26, 11)), ("urgent", _on(29, 10), _on(26, 18)), ("elective", _on(10, 10, 0, 12), _on(27, 10)), ("elective", _on(26, 12), _on(26, 12)),
])  # fmt: skip
def test_an_arrival_is_missed_some_time_after_the_appointment(urgency: str, lapses_at: datetime, limit: datetime) -> None:
    course = Course("accepted", False, urgency, appointment_at=THURSDAY, lapses_at=lapses_at)
    assert promises.due_at(Promise.ARRIVAL, course, THURSDAY - timedelta(days=3), _limits(), Calendar(HERE)) == limit


def test_a_first_follow_up_is_owed_until_the_evening_of_its_day() -> None:
    course = Course("accepted", True, "elective", follow_up_due_on=date(2026, 12, 10))
    assert promises.due_at(Promise.FOLLOW_UP, course, THURSDAY, _limits(), Calendar(HERE)) == _on(10, 23, 59, 12)
    assert promises.due_at(Promise.FOLLOW_UP, Course("accepted", True, "elective"), THURSDAY, _limits(), Calendar(HERE)) is None


def test_each_open_state_owes_something_but_drafts_stays_and_discharges() -> None:
    owed = {str(state): promises.promise_of(state, False) for state in State}
    silent = {"draft", "arrived", "discharged"}
    assert {state for state, promise in owed.items() if promise} == {str(state) for state in OPEN} - silent
    assert {str(state) for state in State if promises.promise_of(state, True) is Promise.FOLLOW_UP} == {"accepted", "arrived"}
    owners = {promise: {row.by for row in REFERRAL.open_to(state)} for state, promise in owed.items() if promise}
    assert all(owners.values()), "whoever owes has a step"


def test_a_manager_is_told_in_working_time_of_what_can_wait() -> None:
    policy = policybook.in_force("clinical.referral.promise_ladder", THURSDAY.date(), HERE)
    rungs = promises.ladder(Promise.APPROVAL, "elective", policy)
    assert [rung.told for rung in rungs] == [Told.APPROVER, Told.DOCTOR, Told.MANAGER]
    friday = _on(27, 17, 30)
    assert [moment for moment, _ in promises.ahead(rungs, 0, friday, Calendar(HERE))] == [_on(27, 15, 30), friday, _on(30, 17, 30)]


#: promise → minutes before and after its limit at which the clock speaks; urgent, the follow-up at home elective
LADDER = {
    Promise.APPROVAL: (15, 0, 60), Promise.ANSWER: (30, 60), Promise.DEPARTMENT: (20, 0, 60), Promise.COMPLETION: (60, 0, 240), Promise.REDIRECT: (30, 0, 60),
    Promise.ADVICE: (120, 0, 240), Promise.ARRIVAL: (240, 0, 1440), Promise.OUTCOME: (1440, 0, 2880), Promise.FOLLOW_UP: (2880, 0, 2880), Promise.QUESTION: (15, 0, 60),
}  # fmt: skip


def _clock(referral: Referral, promise: Promise) -> Referral | Question:
    return Question.objects.get(referral=referral) if promise is Promise.QUESTION else Referral.objects.get(pk=referral.pk)


def _spoken(number: str, promise: Promise) -> list[tuple[str, int]]:
    told = JournalEntry.objects.filter(subject=f"referral:{number}", word__in=["referral.reminded", "referral.escalated"], facts__promise=promise.value).order_by("id")
    return [(entry.word.partition(".")[2], entry.facts["rung"]) for entry in told]


@pytest.mark.django_db
@pytest.mark.parametrize("promise", list(Promise), ids=str)
def test_each_rung_is_spoken_once_at_its_moment_and_none_after_the_step(promise: Promise, at: datetime) -> None:
    scene = factories.scene(at)
    made = owing.BRING[promise](scene, at)
    Referral.objects.exclude(pk=made.pk).update(speaks_at=None)
    due_at = _clock(made, promise).due_at
    assert due_at is not None
    before, *after = LADDER[promise]
    moments = [due_at - timedelta(minutes=before), *(due_at + timedelta(minutes=minutes) for minutes in after)]
    for taken, moment in enumerate(moments):
        actions.remind_due(actor=SYSTEM, at=moment - timedelta(seconds=1))
        assert len(_spoken(made.number, promise)) == taken, "not before its moment"
        actions.remind_due(actor=SYSTEM, at=moment)
        actions.remind_due(actor=SYSTEM, at=moment)
        actions.remind_due(actor=SYSTEM, at=moment + timedelta(seconds=59))
        assert len(_spoken(made.number, promise)) == taken + 1, "at its moment, once"
    assert _spoken(made.number, promise) == [("reminded", 1), *(("escalated", step) for step in range(2, len(moments) + 1))]
    assert _clock(made, promise).speaks_at is None, "everything is said"


@pytest.mark.django_db
@pytest.mark.parametrize("promise", list(Promise), ids=str)
def test_a_step_taken_in_time_stops_the_clock(promise: Promise, at: datetime) -> None:
    scene = factories.scene(at)
    made = owing.BRING[promise](scene, at)
    owing.KEEP[promise](scene, made.number, at + timedelta(minutes=1))
    actions.remind_due(actor=SYSTEM, at=at + timedelta(days=60))
    assert _spoken(made.number, promise) == []
    assert promise is not Promise.QUESTION or not Question.objects.exists()


@pytest.mark.django_db
def test_a_clock_that_stood_still_says_all_that_it_missed_once(at: datetime) -> None:
    scene = factories.scene(at)
    made = owing.BRING[Promise.DEPARTMENT](scene, at)
    assert actions.remind_due(actor=SYSTEM, at=at + timedelta(days=30)) == 3
    assert actions.remind_due(actor=SYSTEM, at=at + timedelta(days=31)) == 0
    assert _spoken(made.number, Promise.DEPARTMENT) == [("reminded", 1), ("escalated", 2), ("escalated", 3)]


@pytest.mark.django_db
def test_a_reminder_that_lies_behind_at_the_beginning_is_not_said(at: datetime) -> None:
    scene = factories.scene(at)
    made = factories.submitted(scene, at)
    assert made.answer_due_at
    late = made.answer_due_at - timedelta(minutes=3)
    actions.remind_due(actor=SYSTEM, at=late)
    given = actions.assign(actor=scene.office, number=made.number, department=scene.cardiology.id, at=late)
    assert (given.due_at, given.rung) == (made.answer_due_at, 1)
    assert actions.remind_due(actor=SYSTEM, at=late) == 0
    assert actions.remind_due(actor=SYSTEM, at=made.answer_due_at) == 1, "the office learns that the department did not answer"


@pytest.mark.django_db
def test_a_step_that_changes_nothing_owed_lets_the_clock_run_on(at: datetime) -> None:
    scene = factories.scene(at)
    home = owing.BRING[Promise.FOLLOW_UP](scene, at)
    assert home.due_at
    actions.remind_due(actor=SYSTEM, at=home.due_at - timedelta(days=2))
    arrived = actions.arrive(actor=scene.township, number=home.number, arrived_at=at, at=home.due_at - timedelta(days=1))
    assert (arrived.due_at, arrived.rung) == (home.due_at, 1)
    assert JournalEntry.objects.get(subject=f"referral:{home.number}", word="referral.arrived").facts["runs_on"] is True


@pytest.mark.django_db
def test_questions_go_to_and_fro(at: datetime) -> None:
    scene = factories.scene(at)
    made = factories.accepted(scene, at)
    later = at + timedelta(minutes=20)
    actions.say(actor=scene.office, number=made.number, text="血钾多少？", kind="question", at=at)
    first = Question.objects.get()
    actions.say(actor=scene.office, number=made.number, text="肌酐呢？", kind="question", at=later)
    assert Question.objects.get().due_at == first.due_at, "asking again gives no more time"
    actions.say(actor=scene.office, number=made.number, text="谢谢", at=later)
    assert Question.objects.exists(), "one's own word answers nothing"
    actions.say(actor=scene.township, number=made.number, text="要不要先停药？", kind="question", at=later)
    assert (Question.objects.get().asked_by, Question.objects.get().asked_at) == ("sender", later), "asked back: now the other end owes"
    actions.say(actor=scene.office, number=made.number, text="不用停。", at=later)
    assert not Question.objects.exists()


@pytest.mark.django_db
def test_a_referral_that_ends_ends_its_question(at: datetime) -> None:
    scene = factories.scene(at)
    made = factories.submitted(scene, at)
    actions.say(actor=scene.office, number=made.number, text="血钾多少？", kind="question", at=at)
    actions.decline(actor=scene.office, number=made.number, reason="no_bed", note="", at=at)
    assert not Question.objects.exists()
    assert JournalEntry.objects.get(word="referral.declined").facts["settles_question"] is True


@pytest.mark.django_db
@pytest.mark.parametrize("promise", list(Promise), ids=str)
def test_the_page_says_who_waits_for_whom(promise: Promise) -> None:
    at = timezone.now()
    scene = factories.scene(at)
    made = owing.BRING[promise](scene, at)
    page = signed_in(scene.township).get(f"/referrals/{made.number}/").content.decode()
    assert "谁在等谁" in page and f"{promise.zh}剩" in page
    due_at = _clock(made, promise).due_at
    assert due_at
    found = owing_page.owed(Referral.objects.select_related("question").get(pk=made.pk), due_at + timedelta(hours=3))
    assert f"{promise.zh}已超 3 小时" in [one["left"]["text"] for one in found]
    [late] = [one for one in found if one["left"]["text"].startswith(promise.zh + "已超")]
    assert late["left"]["state"] == "late"
