"""What a step of a referral asks for, and when that is done."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from yilianti.care.referral import actions
from yilianti.care.referral import api as referral
from yilianti.care.referral.tests import factories
from yilianti.handovers import referral_to_inbox
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox.models import Item

pytestmark = pytest.mark.django_db


def hand_over(number: str, word: str) -> None:
    referral_to_inbox.hand_over(JournalEntry.objects.get(subject=f"referral:{number}", word=word))


def open_tasks(number: str) -> list[str]:
    return list(Item.objects.filter(subject=f"referral:{number}", kind="task", done_at__isnull=True).order_by("id").values_list("title", flat=True))


def test_a_reminder_leaves_the_task_open_and_an_answer_closes_it(at: datetime) -> None:
    scene = factories.scene(at)
    made = factories.submitted(scene, at)
    hand_over(made.number, "referral.submitted")
    assert open_tasks(made.number) == [f"转诊单 {made.number} 待答复"]
    late = at + timedelta(days=30)
    assert [referral.remind_due(actor=Actor.system(), at=late), referral.remind_due(actor=Actor.system(), at=late)] == [2, 0]
    hand_over(made.number, "referral.reminded")
    hand_over(made.number, "referral.escalated")
    hand_over(made.number, "referral.escalated")  # told again after a crash
    assert open_tasks(made.number) == [f"转诊单 {made.number} 待答复", f"转诊单 {made.number} 即将超过答复时限", f"转诊单 {made.number} 超过答复时限仍无人答复"]
    actions.accept(actor=scene.office, number=made.number, appointment_at=late + timedelta(days=1), at=late)
    hand_over(made.number, "referral.accepted")
    assert open_tasks(made.number) == []
