"""Filing reports: once, twice, corrected, cancelled, out of order and in parallel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.record.encounters.tests.factories import resident
from yilianti.record.results.models import Observation, Report
from yilianti.record.results.terms import GivenObservation
from yilianti.record.results.tests.factories import POTASSIUM, SODIUM, filed
from yilianti.registry.access.tests.factories import institution
from yilianti.registry.residents.models import CareRelation

pytestmark = pytest.mark.django_db


@pytest.fixture
def where(db):
    return institution("云溪县医院", level="county", kind="county_hospital")


def test_file_report_keeps_every_line_and_counts_what_is_abnormal(where, at):
    who = resident()
    answer = filed(who, where, at)
    report = Report.objects.get(number=answer.number)
    assert (answer.is_new, report.abnormal_count, report.critical_count) == (True, 1, 0)
    first, second = report.observations.order_by("position")
    assert (first.name, first.value, first.value_number, first.flag) == ("钾", "5.6", Decimal("5.6"), "H")
    assert (second.position, second.reference_range) == (2, "137-147")
    entry = JournalEntry.objects.get(subject=f"results:{report.number}")
    assert (entry.word, entry.resident, entry.facts["abnormal"]) == ("results.filed", who.id, 1)
    assert "5.6" not in str(entry.facts)
    assert CareRelation.objects.filter(resident=who, institution=where).exists()


def test_file_report_again_alike_gives_the_one_already_there(where, at):
    who = resident()
    first = filed(who, where, at)
    again = filed(who, where, at, source="hl7v2:99")
    assert (again.number, again.is_new) == (first.number, False)
    assert Report.objects.count() == 1
    assert JournalEntry.objects.filter(word__startswith="results.").count() == 1


def test_file_report_with_other_content_supersedes_and_the_chain_holds(where, at):
    who = resident()
    first = filed(who, where, at, status="preliminary")
    second = filed(who, where, at + timedelta(hours=1))
    third = filed(who, where, at + timedelta(hours=2), status="corrected", observations=(SODIUM,))
    assert (second.supersedes, third.supersedes) == (first.number, second.number)
    assert [r.number for r in Report.objects.current()] == [third.number]
    assert Report.objects.get(number=first.number).superseded_by.superseded_by.number == third.number
    assert list(JournalEntry.objects.filter(subject__startswith="results:").order_by("id").values_list("word", flat=True)) == [
        "results.filed", "results.corrected", "results.corrected"]


def test_an_old_version_told_again_changes_nothing(where, at):
    who = resident()
    first = filed(who, where, at)
    second = filed(who, where, at + timedelta(hours=1), observations=(SODIUM,))
    again = filed(who, where, at)
    assert (again.number, again.is_new) == (first.number, False)
    assert [r.number for r in Report.objects.current()] == [second.number]


def test_an_older_report_arriving_late_is_kept_as_history(where, at):
    who = resident()
    final = filed(who, where, at)
    late = filed(who, where, at - timedelta(hours=2), status="preliminary", observations=(POTASSIUM,))
    assert [f.code for f in late.findings] == ["older_than_current"]
    assert [r.number for r in Report.objects.current()] == [final.number]
    corrected = filed(who, where, at + timedelta(hours=1), observations=(SODIUM,))
    assert corrected.supersedes == final.number


def test_cancelled_supersedes_and_without_a_report_says_so(where, at):
    who = resident()
    first = filed(who, where, at)
    gone = filed(who, where, at + timedelta(hours=1), status="cancelled", observations=())
    assert gone.supersedes == first.number
    lone = filed(who, where, at, filler_number="L0404", status="cancelled", observations=())
    assert [f.code for f in lone.findings] == ["cancels_unknown"]


def test_one_filler_number_with_two_codes_is_two_reports(where, at):
    who = resident()
    filed(who, where, at)
    filed(who, where, at, code="57021-8", name="血常规")
    assert Report.objects.current().count() == 2


def test_one_filler_number_for_two_residents_keeps_both_and_says_so(where, at):
    filed(resident("甲"), where, at)
    other = filed(resident("乙"), where, at)
    assert other.is_new
    assert [f.code for f in other.findings] == ["filler_number_of_other_resident"]
    assert Report.objects.current().count() == 2


def test_without_a_filler_number_only_an_identical_report_is_the_same(where, at):
    who = resident()
    filed(who, where, at, filler_number="")
    assert not filed(who, where, at, filler_number="").is_new
    assert filed(who, where, at, filler_number="", observations=(SODIUM,)).is_new
    assert Report.objects.current().count() == 2


def test_a_merged_resident_shares_the_chain(where, at):
    standing = resident()
    merged = resident(merged_into=standing)
    first = filed(merged, where, at)
    assert filed(standing, where, at + timedelta(hours=1), observations=(SODIUM,)).supersedes == first.number


def test_only_machines_file_reports(where, at):
    with pytest.raises(Refused):
        filed(resident(), where, at, actor=Actor(name="某人"))


@pytest.mark.parametrize("value, number", [("<0.01", "0.01"), ("≥ 12", "12"), ("-3.5", "-3.5"), ("阴性", None), ("1:40", None), ("1" * 40, None), ("1e5", None)])
def test_number_of_a_value(where, at, value, number):
    answer = filed(resident(), where, at, observations=(GivenObservation("项目", value),))
    kept = Observation.objects.get(report__number=answer.number)
    assert kept.value == value
    assert kept.value_number == (Decimal(number) if number else None)


@pytest.mark.parametrize("table", ["results_report", "results_observation"])
def test_reports_cannot_be_changed_even_by_sql(where, at, table):
    filed(resident(), where, at)
    with pytest.raises(Exception, match="Cannot update or delete"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


@pytest.mark.django_db(transaction=True)
def test_parallel_filings_of_one_report_give_one_chain(at):
    place, who = institution("云溪县医院", level="county", kind="county_hospital"), resident()

    def act(index):
        try:
            return filed(who, place, at + timedelta(minutes=index % 4), conclusion=f"第 {index % 4} 稿")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(act, range(16)))
    assert sum(answer.is_new for answer in answers) == 4
    assert Report.objects.count() == 4
    assert [r.conclusion for r in Report.objects.current()] == ["第 3 稿"]
