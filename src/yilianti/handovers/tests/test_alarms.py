"""Troubles come with a way out and a task, and both go when they are over."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import RequestFactory

from yilianti.gateways.hl7v2 import api as hl7v2
from yilianti.gateways.hl7v2.models import Message
from yilianti.handovers import alarms, queries
from yilianti.handovers.models import Alarm, Chore
from yilianti.handovers.pages import keeping
from yilianti.handovers.tests.test_operations import ADMINISTRATOR
from yilianti.kernel import reading
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.inbox.models import Item
from yilianti.registry.institutions import api as institutions

pytestmark = pytest.mark.django_db


def received(facility: str, moment, *, state: str = "received", **more) -> None:
    key = f"{facility}{moment.isoformat()}{more}"
    Message.objects.create(received_at=moment, raw=b"MSH", sha256=f"{abs(hash(key)):064d}"[:64], facility=facility, state=state, applied_at=moment, **more)


def a_week(facility: str, at, *, each_day: int = 12) -> None:
    """Every ten minutes from 08:00, on each of the seven days before."""
    for day in range(1, 8):
        for number in range(each_day):
            received(facility, at.replace(hour=8, minute=0) - timedelta(days=day) + timedelta(minutes=10 * number), state="applied")


def codes(at) -> set[str]:
    return {trouble.code for trouble in alarms.standing(at)}


def test_a_source_that_usually_speaks_is_missed_and_one_that_sleeps_is_not(at):
    """At 09:30 nothing came since yesterday, though ten messages were usual by then; at three in the night nothing is usual."""
    a_week("YXRMYY", at)
    assert "source:YXRMYY" in codes(at)
    assert "source:YXRMYY" not in codes(at.replace(hour=3))
    (trouble,) = [trouble for trouble in alarms.standing(at) if trouble.code == "source:YXRMYY"]
    assert "平常这段时间有 10 条" in trouble.way_out
    received("YXRMYY", at - timedelta(minutes=5))
    assert "source:YXRMYY" not in codes(at)


def test_sources_are_counted_in_one_statement(at, django_assert_num_queries):
    for number in range(10):
        received(f"F{number}", at - timedelta(hours=1), state="applied")
        received(f"F{number}", at - timedelta(days=2), state="received")
    with django_assert_num_queries(1):
        found = hl7v2.sources(at)
    assert {(source.today, source.week, source.success) for source in found} == {(1, 2, 50)}


def test_a_failed_backup_is_a_task_until_one_goes_well(at):
    staff.county()
    Chore.objects.create(kind="backup", started_at=at, ended_at=at, well=False, said="备份盘已满")
    alarms.tell(at)
    assert Alarm.objects.get().code == "backup"
    assert alarms.tell(at + timedelta(minutes=2)) == 0, "it is told once"
    asked = Item.objects.filter(subject="operations:backup")
    assert asked.count() == len(institutions.consortia()) > 0
    assert {item.role for item in asked} == {"administrator"}
    Chore.objects.create(kind="backup", started_at=at, ended_at=at + timedelta(minutes=5), well=True)
    assert alarms.tell(at + timedelta(minutes=6)) == 1
    assert not Alarm.objects.exists()
    assert not asked.filter(done_at__isnull=True).exists()


def test_a_stale_backup_and_a_failed_drill_are_said(at):
    Chore.objects.create(kind="backup", started_at=at, ended_at=at - timedelta(days=3), well=True)
    Chore.objects.create(kind="drill", started_at=at, ended_at=at, well=False, said="表 x 应有 3 行")
    assert {"backup", "drill"} <= codes(at)


def test_a_short_disk_is_said(at, monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage._replace(free=1))
    assert "disk" in codes(at)
    assert queries.disk(Path("/")).is_short


def shown(view) -> str:
    request = RequestFactory().get("/operations/")
    request.actor, request.htmx = ADMINISTRATOR, False
    with reading.only_reading():
        return view(request).content.decode()


def test_the_pages_of_upkeep_show_and_write_nothing(at):
    a_week("YXRMYY", at)
    Chore.objects.create(kind="drill", started_at=at, ended_at=at, well=True, detail={"backup": "20261118-020000", "tables": 53, "rows": 6686, "total_seconds": 2.2, "seconds": {}})
    assert "53 张表 6686 行" in shown(keeping.backups)
    assert "YXRMYY" in shown(keeping.sources)
    assert "最大的表" in shown(keeping.load)
