"""What is typed over the worklist finds its exam, by indexes and with few statements."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.db.models.functions import Reverse

from yilianti.care.diagnosis import queries
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.tests import factories

pytestmark = pytest.mark.django_db


def test_each_way_to_say_an_exam_finds_it_in_few_statements(at: datetime, django_assert_num_queries: pytest.FixtureRequest) -> None:
    scene = factories.scene(at)
    exam = factories.queued(scene, at, placer_number="HIS4711")
    other = factories.queued(scene, at)
    for box in ("all", "to_read"):
        for text, statements, found in (
            (exam.number, 1, {exam}), (exam.number.lower(), 1, {exam}), (exam.number[-4:], 1, {exam}), ("HIS4711", 1, {exam}), ("4711", 1, set()), ("苏禾", 3, {exam, other}), ("苏", 3, {exam, other}),
            (scene.county.township.short_name[:2], 3, {exam, other}), ("查无此人", 2, set()),
        ):  # fmt: skip
            with django_assert_num_queries(statements):  # type: ignore[operator]
                assert set(queries.worklist(scene.reader, box, at, text=text).rows) == found, (box, text)


def test_the_end_of_a_number_and_an_order_have_their_index() -> None:
    rows = Exam.objects.alias(backwards=Reverse("number"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "exams_by_number_end" in rows.filter(backwards__startswith="7770").explain()
    assert "exams_by_order" in rows.filter(placer_number="HIS4711").explain()
