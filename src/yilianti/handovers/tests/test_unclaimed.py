"""However many recordings no order claims, an institution has one task; it ends when nothing waits, and comes anew with the next."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from yilianti.care.diagnosis.tests import factories
from yilianti.gateways.dicom import actions
from yilianti.gateways.dicom.models import Instance
from yilianti.gateways.dicom.tests import factories as devices
from yilianti.handovers import unclaimed_to_inbox
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox.models import Address, Item

pytestmark = pytest.mark.django_db


def came(scene: factories.Scene, at: datetime) -> Instance:
    """An object of the township that nobody knows the owner of, told in the journal as the filer tells it."""
    row = devices.unmatched(scene.county.township, at)
    journal.write("dicom.left_unmatched", actor=Actor.system(), at=at, subject=f"dicom:{row.pk}", to_institution=row.institution_id)
    return row


def handed(at: datetime) -> list[tuple[str, bool]]:
    """Each task so far: its link and whether it is open."""
    for entry in JournalEntry.objects.filter(word__in=unclaimed_to_inbox.WORDS, at=at).order_by("id"):
        unclaimed_to_inbox.hand_over(entry)
        unclaimed_to_inbox.hand_over(entry)
    return [(one.link, one.done_at is None) for one in Item.objects.order_by("id")]


def test_one_task_per_institution_until_nothing_waits(at: datetime) -> None:
    scene = factories.scene(at)
    rows = [came(scene, at) for _ in range(3)]
    assert handed(at) == [("/dicom/", True)]
    address = Address.objects.get()
    assert (address.institution_id, address.role) == (scene.county.township.pk, "township_doctor")
    later = at + timedelta(minutes=5)
    for row in rows[:2]:
        actions.set_aside(actor=scene.doctor, instance=row.pk, note="测试图", at=later)
    assert handed(later) == [("/dicom/", True)], "one still waits"
    last = later + timedelta(minutes=5)
    actions.set_aside(actor=scene.doctor, instance=rows[2].pk, note="测试图", at=last)
    assert handed(last) == [("/dicom/", False)]
    again = last + timedelta(minutes=5)
    came(scene, again)
    assert handed(again) == [("/dicom/", False), ("/dicom/", True)]


def test_what_was_claimed_before_it_was_handed_over_asks_nobody(at: datetime) -> None:
    scene = factories.scene(at)
    actions.set_aside(actor=scene.doctor, instance=came(scene, at).pk, note="测试图", at=at)
    assert handed(at) == []
