"""What is kept between the file and the register: in pieces, until it is over, and taken up again."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.imports import actions, kinds, staging, working
from yilianti.registry.imports.models import Import, ImportFile, ImportRow
from yilianti.registry.imports.tests.sheets import book
from yilianti.registry.imports.tests.test_importing import RESIDENTS, brought, people, somebody, written
from yilianti.registry.residents.models import Resident


@pytest.fixture
def county(db) -> staff.County:
    return staff.county()


@pytest.fixture
def doctor(county, at) -> Actor:
    return somebody(county.township, "township_doctor", at)


def test_the_file_and_the_values_go_when_they_have_been_written(county, doctor, at) -> None:
    one = written(doctor, brought(doctor, "residents", book(RESIDENTS, people(county, 1)), at), at)
    assert not ImportFile.objects.filter(of=one).exists()
    assert ImportRow.objects.get(of=one).values == {}


def test_a_file_is_kept_in_pieces_and_put_together_again(county, doctor, at, monkeypatch) -> None:
    monkeypatch.setattr(staging, "_PIECE", 1000)
    content = book(RESIDENTS, people(county, 40))
    one = brought(doctor, "residents", content, at)
    assert ImportFile.objects.filter(of=one).count() == -(-len(content) // 1000) > 3
    assert (one.counts["new"], one.size) == (40, len(content))
    with staging.kept(one) as whole:
        whole.seek(0)
        assert whole.read() == content


def test_a_file_larger_than_its_kind_allows_leaves_nothing_behind(county, doctor, at, monkeypatch) -> None:
    monkeypatch.setattr(kinds.of("residents"), "layout", _with(kinds.of("residents").layout, most_bytes=3 << 20, most_rows=2))
    with pytest.raises(Refused, match="超过 3 MB；请拆成几个文件"):
        brought(doctor, "residents", b"x" * (3 << 20) + b"x", at)
    assert not Import.objects.exists()
    assert "超过 2 行；请拆成几个文件" in brought(doctor, "residents", book(RESIDENTS, people(county, 3)), at).refusal


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_is_reading_is_left_to_it(at) -> None:
    county = staff.county()
    doctor = somebody(county.township, "township_doctor", at)
    one = actions.bring(actor=doctor, kind="residents", file_name="表.xlsx", source=io.BytesIO(book(RESIDENTS, people(county, 3))), at=at)

    def other() -> None:
        working.read(one.pk, doctor, at)
        connections.close_all()

    with transaction.atomic():
        Import.objects.select_for_update().get(pk=one.pk)
        second = threading.Thread(target=other)
        second.start()
        second.join(timeout=10)
        assert not second.is_alive(), "does not wait for the first"
    working.read(one.pk, doctor, at)
    assert Import.objects.get(pk=one.pk).counts["new"] == 3


def test_an_import_cut_short_goes_on_where_it_stopped(county, doctor, at, monkeypatch) -> None:
    one = brought(doctor, "residents", book(RESIDENTS, people(county, 5)), at)
    monkeypatch.setattr(kinds.of("residents"), "layout", _with(kinds.of("residents").layout, at_once=2))
    actions.begin(actor=doctor, import_id=one.pk, whole_or_nothing=False, at=at)
    working._batch(Import.objects.get(pk=one.pk), doctor, at)
    assert Resident.objects.count() == 2
    Import.objects.filter(pk=one.pk).update(beat_at=at)
    assert working.silent(at + timedelta(minutes=5)) == [one.pk]
    working.apply(one.pk, doctor, at)
    assert (Resident.objects.count(), Import.objects.get(pk=one.pk).counts["new"]) == (5, 5)


def _with(layout: Any, **changed: int) -> Any:
    return lambda actor, day: replace(layout(actor, day), **changed)
