"""A fee is charged or waived once, and refunded once, however many hands try at the same instant."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.models import Charge, Exam
from yilianti.care.diagnosis.tests import factories
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 6


def together(acts: list[Callable[[], Any]]) -> list[str]:
    """All at once; "done" or the code of the refusal."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        try:
            barrier.wait()
            act()
            return "done"
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_charged_or_waived_and_refunded_once(at: datetime) -> None:
    scene = factories.scene(at)
    exam = factories.queued(scene, at)
    number, doctor = exam.number, scene.doctor
    pay: list[Callable[[], Any]] = [lambda: actions.charge(actor=doctor, number=number, at=at), lambda: actions.waive(actor=doctor, number=number, because="低保", at=at)]
    assert together(pay * (HANDS // 2)) == ["charged_already"] * (HANDS - 1) + ["done"]
    actions.claim(actor=scene.reader, number=number, at=at)
    actions.reject(actor=scene.reader, number=number, reason="artefact", at=at)
    assert together([lambda: actions.refund(actor=doctor, number=number, because="不做了", at=at)] * HANDS) == ["done"] + ["not_charged"] * (HANDS - 1)
    assert Charge.objects.filter(exam=exam).count() == 2 and Exam.objects.get(pk=exam.pk).charged_at is None
