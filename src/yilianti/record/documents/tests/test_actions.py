"""Filing documents: once, twice, corrected, cancelled, out of order and in parallel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.record.documents.models import Document
from yilianti.record.documents.tests.factories import BODY, filed
from yilianti.record.encounters.tests.factories import opened, resident
from yilianti.registry.access.tests.factories import institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def where(db):
    return institution("云溪县医院", level="county", kind="county_hospital")


def test_file_document_keeps_the_text_and_names_the_encounter_in_the_journal(where, at):
    who = resident()
    visit = opened(who, where, at)
    answer = filed(who, where, at, encounter_id=visit.id)
    assert Document.objects.get(number=answer.number).body == BODY
    entry = JournalEntry.objects.get(subject=f"documents:{answer.number}")
    assert (entry.word, entry.facts["kind"], entry.facts["encounter"]) == ("documents.filed", "discharge_summary", visit.number)
    assert "高血压" not in str(entry.facts)


def test_file_document_again_alike_gives_the_one_already_there(where, at):
    who = resident()
    first = filed(who, where, at)
    assert (filed(who, where, at).number, filed(who, where, at).is_new) == (first.number, False)


def test_a_correction_supersedes_and_a_late_old_version_does_not(where, at):
    who = resident()
    first = filed(who, where, at)
    second = filed(who, where, at + timedelta(hours=1), body="更正后的正文")
    late = filed(who, where, at - timedelta(hours=1), body="最初的草稿")
    assert second.supersedes == first.number
    assert [f.code for f in late.findings] == ["older_than_current"]
    assert [d.number for d in Document.objects.current()] == [second.number]


def test_a_cancellation_needs_no_text_but_a_document_does(where, at):
    who = resident()
    first = filed(who, where, at)
    assert filed(who, where, at + timedelta(hours=1), status="cancelled", body="").supersedes == first.number
    with pytest.raises(Refused, match="没有正文"):
        filed(who, where, at, unique_name="D0002", body="  ")


def test_one_name_for_two_residents_keeps_both_and_says_so(where, at):
    filed(resident("甲"), where, at)
    assert [f.code for f in filed(resident("乙"), where, at).findings] == ["unique_name_of_other_resident"]
    assert Document.objects.current().count() == 2


def test_a_person_files_only_where_the_post_permits(where, at):
    elsewhere = institution("石桥县医院", level="county", kind="county_hospital")
    doctor = Actor(name="周敏", institution=where.id, reach={"documents.file": frozenset({where.id})})
    assert filed(resident(), where, at, actor=doctor).is_new
    with pytest.raises(Refused, match="归档"):
        filed(resident(), elsewhere, at, actor=doctor)


def test_documents_cannot_be_changed_even_by_sql(where, at):
    filed(resident(), where, at)
    with pytest.raises(Exception, match="Cannot update"), connection.cursor() as cursor:
        cursor.execute("UPDATE documents_document SET body = ''")


@pytest.mark.django_db(transaction=True)
def test_parallel_filings_of_one_document_give_one(at):
    place, who = institution("云溪县医院", level="county", kind="county_hospital"), resident()

    def act(index):
        try:
            return filed(who, place, at)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(act, range(12)))
    assert sum(answer.is_new for answer in answers) == 1
    assert Document.objects.count() == 1
