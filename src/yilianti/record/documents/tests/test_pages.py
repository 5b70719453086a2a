"""The page of a document: its text, its versions, who may read it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yilianti.record.documents.tests.factories import filed
from yilianti.record.encounters.tests.factories import opened, resident
from yilianti.registry.access.models import AccessLog
from yilianti.registry.access.tests import factories as staff_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return staff_of.county()


@pytest.fixture
def reader(client, county):
    client.force_login(staff_of.staff(county.hospital, "county_department"))
    return client


def test_detail_shows_the_text_with_its_lines_and_notes_the_look(reader, county, at):
    who = resident()
    answer = filed(who, county.hospital, at)
    page = reader.get(f"/documents/{answer.number}/").content.decode()
    assert "出院诊断：高血压病3级。<br>" in page
    assert "data-print" in page
    assert AccessLog.objects.get().resident == who.id


def test_superseded_document_says_so_and_leads_on(reader, county, at):
    who = resident()
    old = filed(who, county.hospital, at)
    new = filed(who, county.hospital, at + timedelta(hours=1), body="更正后的正文")
    page = reader.get(f"/documents/{old.number}/").content.decode()
    assert "已被更正" in page
    assert f"/documents/{new.number}/" in page


def test_foreign_and_missing_documents_are_the_same_404(reader, county, at):
    answer = filed(resident(), county.other_hospital, at)
    assert reader.get(f"/documents/{answer.number}/").status_code == reader.get("/documents/WS0/").status_code == 404


def test_documents_of_an_encounter_as_a_card(reader, county, at):
    who = resident()
    visit = opened(who, county.hospital, at)
    assert "还没有收到文书" in reader.get(f"/documents/of-encounter/{visit.number}/").content.decode()
    filed(who, county.hospital, at, encounter_id=visit.id)
    assert "出院小结" in reader.get(f"/documents/of-encounter/{visit.number}/").content.decode()
