"""The page of a report: flags in words, former values, the banner over a superseded one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yilianti.record.encounters.tests.factories import opened, resident
from yilianti.record.results.terms import GivenObservation
from yilianti.record.results.tests.factories import POTASSIUM, SODIUM, filed
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


def test_detail_shows_flags_ranges_and_former_values(reader, county, at):
    who = resident()
    filed(who, county.hospital, at - timedelta(days=30), filler_number="L0", observations=(GivenObservation("钾", "4.1", "2823-3", "LN", "mmol/L"),))
    answer = filed(who, county.hospital, at)
    page = reader.get(f"/results/{answer.number}/").content.decode()
    assert "偏高" in page
    assert "3.5-5.3" in page
    assert "4.1" in page
    assert "升高" in page
    assert AccessLog.objects.get().resident == who.id


def test_former_values_of_an_unseen_institution_stay_unseen(reader, county, at):
    who = resident()
    filed(who, county.other_hospital, at - timedelta(days=30), observations=(GivenObservation("钾", "9.9", "2823-3", "LN", "mmol/L"),))
    answer = filed(who, county.hospital, at)
    assert "9.9" not in reader.get(f"/results/{answer.number}/").content.decode()


def test_superseded_report_says_so_and_leads_on(reader, county, at):
    who = resident()
    old = filed(who, county.hospital, at)
    new = filed(who, county.hospital, at + timedelta(hours=1), observations=(SODIUM,))
    page = reader.get(f"/results/{old.number}/").content.decode()
    assert "已被更正" in page
    assert f"/results/{new.number}/" in page
    assert "已被更正" not in reader.get(f"/results/{new.number}/").content.decode()


def test_cancelled_report_says_so(reader, county, at):
    who = resident()
    old = filed(who, county.hospital, at)
    gone = filed(who, county.hospital, at + timedelta(hours=1), status="cancelled", observations=())
    assert "已被作废" in reader.get(f"/results/{old.number}/").content.decode()
    assert "不得作为诊疗依据" in reader.get(f"/results/{gone.number}/").content.decode()


def test_reports_of_an_encounter_as_a_card(reader, county, at):
    who = resident()
    visit = opened(who, county.hospital, at)
    filed(who, county.hospital, at, encounter_id=visit.id)
    assert "电解质四项" in reader.get(f"/results/of-encounter/{visit.number}/").content.decode()
    reader.force_login(staff_of.staff(county.other_hospital, "county_department"))
    assert reader.get(f"/results/of-encounter/{visit.number}/").status_code == 404


def test_foreign_and_missing_reports_are_the_same_404(reader, county, at):
    answer = filed(resident(), county.other_hospital, at)
    assert reader.get(f"/results/{answer.number}/").status_code == reader.get("/results/BG0/").status_code == 404
    assert not AccessLog.objects.exists()


def test_words_of_the_sender_are_shown_as_text(reader, county, at):
    answer = filed(resident(), county.hospital, at, conclusion="<script>alert(1)</script>", observations=(POTASSIUM,))
    assert "<script>alert" not in reader.get(f"/results/{answer.number}/").content.decode()


def test_detail_is_of_constant_cost_with_a_long_history(reader, county, at, django_assert_max_num_queries):
    who = resident()
    for day in range(40):
        filed(who, county.hospital, at - timedelta(days=day + 1), filler_number=f"L{day}")
    answer = filed(who, county.hospital, at)
    with django_assert_max_num_queries(24):
        assert reader.get(f"/results/{answer.number}/").status_code == 200
