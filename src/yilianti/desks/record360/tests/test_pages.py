"""The 360° page: one timeline, what stays hidden and why, the reason for looking, and its cost on a long record."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from yilianti.desks.record360.merging import Key
from yilianti.record.documents.tests.factories import filed as filed_document
from yilianti.record.encounters.models import Encounter
from yilianti.record.encounters.tests.factories import opened, resident
from yilianti.record.results.models import Report
from yilianti.record.results.tests.factories import filed as filed_report
from yilianti.registry.access.models import AccessLog
from yilianti.registry.access.tests import factories as staff_of
from yilianti.registry.consent.models import Consent
from yilianti.registry.residents.api import note_relation

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return staff_of.county()


@pytest.fixture
def who(county, at):
    person = resident()
    note_relation(person.id, county.township.id, at)
    return person


@pytest.fixture
def doctor(client, county):
    client.force_login(staff_of.staff(county.township, "township_doctor"))
    return client


def consented(who, where, at):
    return Consent.objects.create(resident=who, purpose="record_sharing", basis="signed", institution=where, given_at=at)


def page_of(client, who, **query):
    return client.get(f"/record/{who.number}/", query).content.decode()


def titles(page):
    return re.findall(r'timeline-title"><a href="([^"]+)"', page)


def test_everything_of_all_institutions_newest_first(doctor, county, who, at):
    consented(who, county.township, at)
    visit = opened(who, county.hospital, at)
    report = filed_report(who, county.hospital, at + timedelta(hours=2))
    paper = filed_document(who, county.hospital, at + timedelta(days=1))
    own = opened(who, county.township, at - timedelta(days=2), "MZ1", kind="outpatient")
    page = page_of(doctor, who)
    assert titles(page) == [f"/documents/{paper.number}/", f"/results/{report.number}/", f"/encounters/{visit.number}/", f"/encounters/{own.number}/"]
    assert page.count("timeline-day") == 3
    assert "高血压病3级" in page
    assert AccessLog.objects.get().purpose == "诊疗需要"


def test_without_consent_other_institutions_are_counted_not_shown(doctor, county, who, at):
    opened(who, county.hospital, at)
    filed_report(who, county.hospital, at)
    own = opened(who, county.township, at, "MZ1")
    page = page_of(doctor, who)
    assert titles(page) == [f"/encounters/{own.number}/"]
    assert "就诊 1 条、检查检验 1 条" in page
    assert "未同意" in page
    assert "云溪县医院" not in page
    assert reverse("consent:of", args=[who.number]) in page


def test_withdrawn_consent_closes_again(doctor, county, who, at):
    given = consented(who, county.township, at)
    opened(who, county.hospital, at)
    assert titles(page_of(doctor, who))
    given.withdrawn_at = at
    given.save()
    assert not titles(page_of(doctor, who))


def test_without_relation_a_reason_comes_first_and_is_logged(doctor, county, at):
    stranger = resident("陌生人")
    opened(stranger, county.hospital, at)
    page = page_of(doctor, stranger)
    assert "先说明查看理由" in page
    assert "陌生人" not in page
    assert not AccessLog.objects.exists()
    address = f"/record/{stranger.number}/reason"
    assert doctor.post(address, {"reason": "other", "words": ""}).status_code == 422
    assert doctor.post(address, {"reason": "other", "words": "家属带资料来咨询"}).status_code == 302
    page = page_of(doctor, stranger)
    assert not titles(page)
    assert "没有诊疗关系" in page
    assert AccessLog.objects.get().purpose == "家属带资料来咨询"


def test_a_merged_number_leads_to_the_whole_record(doctor, county, who, at):
    merged = resident(merged_into=who)
    first = opened(merged, county.township, at, "MZ1")
    second = opened(who, county.township, at + timedelta(days=1), "MZ2")
    for number in (who, merged):
        assert titles(page_of(doctor, number)) == [f"/encounters/{second.number}/", f"/encounters/{first.number}/"]


def test_filters_narrow_by_kind_institution_day_and_text(doctor, county, who, at):
    consented(who, county.township, at)
    visit = opened(who, county.hospital, at)
    report = filed_report(who, county.township, at + timedelta(days=5))
    paper = filed_document(who, county.hospital, at + timedelta(days=6))
    assert titles(page_of(doctor, who, kind="encounter")) == [f"/encounters/{visit.number}/"]
    assert titles(page_of(doctor, who, kind="report:laboratory")) == [f"/results/{report.number}/"]
    assert titles(page_of(doctor, who, kind="report:imaging")) == []
    assert titles(page_of(doctor, who, institution=county.township.id)) == [f"/results/{report.number}/"]
    day = (at + timedelta(days=6)).date().isoformat()
    assert titles(page_of(doctor, who, from_on=day, until_on=day)) == [f"/documents/{paper.number}/"]
    assert titles(page_of(doctor, who, q="高血压病3级"))[-1] == f"/encounters/{visit.number}/"
    assert "没有符合条件的记录" in page_of(doctor, who, q="不存在的词")
    assert doctor.get(f"/record/{who.number}/", {"from_on": "昨天", "before": "x~y~z", "institution": "9e9"}).status_code == 200


def test_paging_shows_everything_once_even_at_one_moment(doctor, county, who, at):
    for index in range(45):
        opened(who, county.township, at, f"MZ{index}")
        filed_report(who, county.township, at, f"L{index}")
        filed_document(who, county.township, at, f"D{index}")
    seen, page = [], page_of(doctor, who)
    while True:
        seen += titles(page)
        older = re.search(r'id="older"><a class="button" href="(\?[^"]+)"', page)
        if not older:
            break
        page = doctor.get(f"/record/{who.number}/{older.group(1).replace('&amp;', '&')}", headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in page
        assert "timeline-day" not in page  # the day goes on
    assert len(seen) == len(set(seen)) == 135


@pytest.mark.parametrize("text", ["", "x", "2026-11-18~report~1", "2026-13-45T00:00:00+08:00~report~1", "2026-11-18T00:00:00+08:00~report~²", "a~b~c~d"])
def test_a_senseless_key_is_no_key(text):
    assert Key.read(text) is None


def test_a_key_survives_the_address(at):
    key = Key(at, "report", 7)
    assert Key.read(str(key)) == key


def test_an_empty_record_says_what_will_come(doctor, who):
    assert "还没有可以显示的记录" in page_of(doctor, who)


def test_summary_offers_what_a_referral_may_take_along(doctor, county, who, at):
    report = filed_report(who, county.township, at)
    visit = opened(who, county.township, at, "MZ1")
    page = doctor.get(f"/record/{who.number}/summary", {"evidence": f"results:{report.number}"}).content.decode()
    assert f'value="results:{report.number}" checked' in page
    assert f'value="encounters:{visit.number}">' in page
    assert "5.6" in page


def test_summary_of_somebody_not_in_care_here_is_404(doctor, county, at):
    stranger = resident("陌生人")
    assert doctor.get(f"/record/{stranger.number}/summary").status_code == 404


def test_evidence_is_a_line_for_those_who_may_read_it(doctor, county, who, at):
    report = filed_report(who, county.hospital, at)
    address = f"/record/evidence/results:{report.number}"
    assert doctor.get(address).status_code == 404
    consented(who, county.township, at)
    assert "电解质" in doctor.get(address).content.decode()
    assert doctor.get("/record/evidence/nonsense").status_code == 404


def test_unknown_number_is_404_and_permission_is_asked(client, county, who):
    client.force_login(staff_of.staff(county.township, "township_doctor"))
    assert client.get("/record/JM0/").status_code == 404
    client.force_login(staff_of.staff(county.hospital, "consortium_manager"))
    assert client.get(f"/record/{who.number}/").status_code == 403


def fill(who, where, at, visits, reports):
    """A long record, made in bulk."""
    Encounter.objects.bulk_create(
        Encounter(number=f"JZB{i:06d}", resident=who, institution=where, visit_number=f"B{i}", kind="outpatient", state="closed", department="全科",
                  diagnoses=[{"name": f"诊断{i % 50}", "code": f"X{i % 50}"}], opened_at=at - timedelta(hours=7 * i), closed_at=at, changed_at=at)
        for i in range(visits))
    Report.objects.bulk_create(
        Report(number=f"BGB{i:06d}", resident=who, institution=where, filler_number=f"B{i}", category="laboratory", code="C", name=f"项目{i}",
               status="final", issued_at=at - timedelta(hours=5 * i), fingerprint=str(i), filed_at=at)
        for i in range(reports))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE encounters_encounter; ANALYZE results_report")


def test_five_thousand_entries_cost_what_fifty_do(doctor, county, who, at, django_assert_max_num_queries):
    consented(who, county.township, at)
    fill(who, county.township, at, 2500, 2500)
    with django_assert_max_num_queries(30):
        page = page_of(doctor, who)
    assert len(titles(page)) == 40
    spent = []
    for _ in range(5):
        started = time.process_time()
        page_of(doctor, who)
        spent.append(time.process_time() - started)
    print(f"360° page, 5,000 entries: {min(spent) * 1000:.1f} ms CPU in the application")
    assert min(spent) < 0.25
    deep = str(Key(at - timedelta(days=300), "report", 1))
    with django_assert_max_num_queries(20):
        older = doctor.get(f"/record/{who.number}/", {"before": deep}, headers={"HX-Request": "true"}).content.decode()
    assert len(titles(older)) == 40
