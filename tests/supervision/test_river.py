"""From a filed claim to the right people's inbox: marked, looked through, asked, and closed by the step that was owed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from yilianti.handovers import claim_to_supervision, supervision_to_inbox
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox.models import Item
from yilianti.settlement.claims import api as claims
from yilianti.settlement.supervision import actions
from yilianti.settlement.supervision.models import DueMonth
from yilianti.settlement.supervision.tests import factories

pytestmark = pytest.mark.django_db


def hand_over(module, *words: str) -> None:  # type: ignore[no-untyped-def]
    for entry in JournalEntry.objects.filter(word__in=words).order_by("id"):
        module.hand_over(entry)


def tasks() -> list[tuple[str, bool]]:
    return [(role, done_at is None) for role, done_at in Item.objects.filter(kind="task", link__startswith="/supervision/").order_by("id").values_list("role", "done_at")]


def test_a_filed_claim_reaches_the_office_and_its_answer_the_bureau(at: datetime) -> None:
    scene = factories.scene(at)
    claim = factories.repeated(scene, at)
    hand_over(claim_to_supervision, *claim_to_supervision.WORDS)
    assert set(DueMonth.objects.values_list("resident", "month")) == {(scene.resident, date(2026, 3, 1)), (scene.resident, date(2026, 4, 1))}
    assert actions.scan_due(at=at) == 1
    hand_over(supervision_to_inbox, "supervision.raised")
    assert tasks() == [("insurance_office", True)]
    item = Item.objects.get(kind="task", link__startswith="/supervision/")
    assert item.institution_id == scene.hospital and item.due_at is not None
    number = item.link.split("/")[2]
    actions.remind_due(at=at + timedelta(days=8))
    hand_over(supervision_to_inbox, "supervision.reminded")
    assert tasks() == [("insurance_office", True)], "提醒不关闭待办"
    actions.explain(actor=scene.office, number=number, text="时间录错。", at=at + timedelta(days=9))
    hand_over(supervision_to_inbox, "supervision.explained")
    assert tasks() == [("insurance_office", False), ("insurance_bureau", True)]
    actions.clear(actor=scene.bureau, number=number, text="核对无误。", at=at + timedelta(days=10))
    hand_over(supervision_to_inbox, "supervision.cleared")
    assert tasks() == [("insurance_office", False), ("insurance_bureau", False)]
    assert claim.number not in Item.objects.latest("id").title


def test_a_waiting_claim_that_is_closed_is_handed_over(at: datetime) -> None:
    scene = factories.scene(at)
    given = {"actor": scene.office, "resident": scene.resident, "institution": scene.hospital, "visit_number": "ZY9", "encounter": "JZ9", "kind": "inpatient"}
    claims.open_claim(admitted_on=date(2026, 3, 1), discharged_on=date(2026, 3, 11), at=at, **given)
    assert claims.close_waiting(actor=scene.office, encounter="JZ9", because="就诊恢复", at=at)
    hand_over(claim_to_supervision, *claim_to_supervision.WORDS)
    assert set(DueMonth.objects.values_list("month", flat=True)) == {date(2026, 3, 1), date(2026, 4, 1)}
