"""When a backup and a drill are due, by a moved clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from yilianti import policybook
from yilianti.handovers import chores
from yilianti.handovers.models import Chore

pytestmark = pytest.mark.django_db


def happened(kind: str, ended_at, *, well: bool = True) -> Chore:
    return Chore.objects.create(kind=kind, started_at=ended_at, ended_at=ended_at, well=well)


def night(at, hour: int):
    return timezone.localtime(at).replace(hour=hour, minute=7)


def test_the_first_backup_waits_for_its_hour(at):
    assert not chores.backup_due(night(at, 9))
    assert chores.backup_due(night(at, 2))


def test_one_backup_a_night_and_a_missed_one_is_made_up(at):
    happened("backup", night(at, 2))
    assert not chores.backup_due(night(at, 2) + timedelta(minutes=40))
    assert not chores.backup_due(night(at, 12))
    assert chores.backup_due(night(at, 2) + timedelta(days=1))
    assert chores.backup_due(night(at, 12) + timedelta(days=1)), "the machine slept through the night"


def test_a_failed_backup_does_not_count(at):
    happened("backup", night(at, 2) - timedelta(days=2))
    happened("backup", night(at, 2), well=False)
    assert chores.backup_due(night(at, 9))


def test_a_drill_follows_the_days_of_the_policy(at):
    assert not chores.drill_due(night(at, 3)), "there is nothing to try"
    happened("backup", night(at, 2))
    assert chores.drill_due(night(at, 3))
    assert not chores.drill_due(night(at, 9))
    happened("drill", night(at, 3), well=False)
    days = policybook.of_this_installation("operations.backup", at.date()).drill_every_days
    assert not chores.drill_due(night(at, 3) + timedelta(days=days - 1))
    assert chores.drill_due(night(at, 3) + timedelta(days=days))
