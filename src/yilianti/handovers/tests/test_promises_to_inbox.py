"""What a referral owes stands in the inbox of whoever owes it: once per rung, and gone when the step is taken."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from yilianti.care.referral import actions
from yilianti.care.referral.models import Question, Referral
from yilianti.care.referral.rules.promises import Promise
from yilianti.care.referral.tests import factories, owing
from yilianti.handovers import referral_to_inbox
from yilianti.handovers.told_of_referrals import OWED
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox.models import Item

pytestmark = pytest.mark.django_db
SYSTEM = factories.Actor.system()


def hand_over(number: str, after: int = 0) -> None:
    """Everything that happened to a referral; what the clock said twice."""
    for entry in JournalEntry.objects.filter(subject=f"referral:{number}", id__gt=after).order_by("id"):
        for _ in range(2 if entry.word in referral_to_inbox.ONLY_TELLING else 1):
            if entry.word in referral_to_inbox.WORDS:
                referral_to_inbox.hand_over(entry)


def open_items(number: str) -> list[Item]:
    return list(Item.objects.filter(subject__in=(f"referral:{number}", f"referral:{number}:question"), kind="task", done_at__isnull=True).order_by("id"))


def _due(made: Referral, promise: Promise) -> datetime:
    found = Question.objects.get(referral=made).due_at if promise is Promise.QUESTION else Referral.objects.get(pk=made.pk).due_at
    assert found
    return found


@pytest.mark.parametrize("promise", list(Promise), ids=str)
def test_a_task_per_rung_until_the_step(promise: Promise, at: datetime) -> None:
    scene = factories.scene(at)
    made = owing.BRING[promise](scene, at)
    Referral.objects.exclude(pk=made.pk).update(speaks_at=None)
    if promise is Promise.QUESTION:
        Referral.objects.update(speaks_at=None)
    late = _due(made, promise) + timedelta(days=4)
    taken = actions.remind_due(actor=SYSTEM, at=late)
    assert actions.remind_due(actor=SYSTEM, at=late) == 0
    assert taken == (2 if promise is Promise.ANSWER else 3)
    hand_over(made.number)
    titles = [item.title for item in open_items(made.number)]
    said = [OWED[word][promise.value].format(number=made.number) for word in ("referral.reminded", "referral.escalated")]
    assert [titles.count(title) for title in said] == [1, taken - 1]
    spoken = [item for item in open_items(made.number) if item.title in said]
    assert {item.escalates for item in spoken} == {False} and {item.due_at for item in spoken} == {_due(made, promise)}
    assert (spoken[-1].institution_id, spoken[-1].role) == (scene.county.hospital.id, "consortium_manager")
    last = JournalEntry.objects.latest("id").id
    owing.KEEP[promise](scene, made.number, late)
    hand_over(made.number, after=last)
    left = [item.title for item in open_items(made.number)]
    assert not set(left) & set(said) and not [title for title in left if title in titles], "what was asked for is done"


@pytest.mark.parametrize(("promise", "owner"), [
    (Promise.APPROVAL, "township_doctor"), (Promise.ANSWER, "referral_office"), (Promise.DEPARTMENT, "county_department"), (Promise.COMPLETION, "doctor"),
    (Promise.REDIRECT, "doctor"), (Promise.ADVICE, "doctor"), (Promise.ARRIVAL, "doctor"), (Promise.OUTCOME, "doctor"), (Promise.FOLLOW_UP, "township_doctor"),
    (Promise.QUESTION, "doctor"),
])  # fmt: skip
def test_whoever_owes_is_reminded(promise: Promise, owner: str, at: datetime) -> None:
    scene = factories.scene(at)
    made = owing.BRING[promise](scene, at)
    Referral.objects.exclude(pk=made.pk).update(speaks_at=None)
    actions.remind_due(actor=SYSTEM, at=_due(made, promise) - timedelta(minutes=1))
    hand_over(made.number)
    item = Item.objects.get(title=OWED["referral.reminded"][promise.value].format(number=made.number))
    place = scene.county.hospital if promise in (Promise.ANSWER, Promise.DEPARTMENT) else scene.county.township
    assert item.institution_id == place.id
    assert (item.person_id, item.role) == ((scene.township.person, "") if owner == "doctor" else (None, owner))
    assert promise is not Promise.DEPARTMENT or item.department_id == scene.cardiology.id


def test_a_step_leaves_the_question_and_an_answer_leaves_the_step(at: datetime) -> None:
    scene = factories.scene(at)
    made = factories.submitted(scene, at)
    actions.say(actor=scene.office, number=made.number, text="血钾多少？", kind="question", at=at)
    hand_over(made.number)
    assert [item.title for item in open_items(made.number)] == [f"转诊单 {made.number} 待答复", f"转诊单 {made.number} 有追问，请回复"]
    last = JournalEntry.objects.latest("id").id
    actions.assign(actor=scene.office, number=made.number, department=scene.cardiology.id, at=at)
    hand_over(made.number, after=last)
    assert [item.title for item in open_items(made.number)] == [f"转诊单 {made.number} 有追问，请回复", f"转诊单 {made.number} 待科室答复"]
    last = JournalEntry.objects.latest("id").id
    actions.say(actor=scene.township, number=made.number, text="4.1", kind="answer", at=at)
    hand_over(made.number, after=last)
    assert [item.title for item in open_items(made.number)] == [f"转诊单 {made.number} 待科室答复"]


def test_every_promise_has_its_words() -> None:
    for word in ("referral.reminded", "referral.escalated"):
        assert set(OWED[word]) == {str(promise) for promise in Promise}
