"""What hospital systems report of a visit, in and out of order, once and many times at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.models import Encounter, EncounterVersion
from yilianti.record.encounters.tests.factories import MACHINE, content, opened, resident
from yilianti.registry.access.tests.factories import institution
from yilianti.registry.residents.models import CareRelation

pytestmark = pytest.mark.django_db


@pytest.fixture
def where(db):
    return institution("云溪县医院", level="county", kind="county_hospital")


def told(who, where, at, **fields):
    return {"actor": MACHINE, "resident_id": who.id, "institution_id": where.id, "visit_number": "ZY0001", "source": "hl7v2:2",
            "at": at + timedelta(minutes=1), "occurred_at": at, **fields}


def words(number):
    return list(JournalEntry.objects.filter(subject=f"encounters:{number}").order_by("id").values_list("word", flat=True))


def test_open_encounter_writes_row_version_journal_and_relation(where, at):
    who = resident()
    filed = opened(who, where, at)
    row = Encounter.objects.get(id=filed.id)
    assert (row.state, row.kind, row.department, row.version) == ("open", "inpatient", "心内科", 1)
    assert row.diagnoses == [{"code": "I10.x05", "name": "高血压病3级", "system": "ICD-10", "kind": "admitting"}]
    assert row.versions.get().content["bed"] == "12"
    entry = JournalEntry.objects.get(subject=f"encounters:{filed.number}")
    assert entry.word == "encounter.opened"
    assert entry.resident == who.id
    assert entry.facts | {"number": filed.number, "visit_number": "ZY0001", "kind": "inpatient", "institution": where.id} == entry.facts
    assert "苏映荷" not in str(entry.facts)
    assert CareRelation.objects.filter(resident=who, institution=where).exists()


def test_open_encounter_is_lean(where, at, django_assert_max_num_queries):
    who = resident()
    with django_assert_max_num_queries(7):  # savepoint, number, insert, version, journal, relation, release
        opened(who, where, at)


def test_open_encounter_again_amends_and_turns_outpatient_into_inpatient(where, at):
    who = resident()
    first = opened(who, where, at, kind="outpatient", content=content(bed="", ward=""))
    second = opened(who, where, at + timedelta(hours=2), kind="inpatient")
    assert (second.id, second.version, second.changed) == (first.id, 2, True)
    assert Encounter.objects.get(id=first.id).kind == "inpatient"
    assert words(first.number) == ["encounter.opened", "encounter.amended"]


def test_open_encounter_told_twice_alike_changes_nothing(where, at):
    who = resident()
    first = opened(who, where, at)
    again = opened(who, where, at)
    assert (again.id, again.changed, again.version) == (first.id, False, 1)
    assert EncounterVersion.objects.count() == 1


def test_transfer_keeps_what_is_not_said_and_every_version(where, at):
    who = resident()
    filed = opened(who, where, at)
    moved = encounters.EncounterContent(department="ICU", bed="3", clears=frozenset({"ward"}))
    encounters.transfer(**told(who, where, at + timedelta(hours=1)), content=moved)
    row = Encounter.objects.get(id=filed.id)
    assert (row.department, row.ward, row.bed, row.doctor) == ("ICU", "", "3", "周敏")
    assert [v.content["department"] for v in row.versions.order_by("version")] == ["心内科", "ICU"]
    assert words(filed.number)[-1] == "encounter.transferred"


def test_close_and_cancel_close_and_close_again(where, at):
    who = resident()
    filed = opened(who, where, at)
    end = at + timedelta(days=3)
    closed = encounters.close(**told(who, where, end), closed_at=end, outcome="医嘱离院")
    assert closed.state == "closed"
    reopened = encounters.cancel_close(**told(who, where, end + timedelta(hours=1)))
    row = Encounter.objects.get(id=filed.id)
    assert (reopened.state, row.closed_at, row.outcome) == ("open", None, "")
    encounters.close(**told(who, where, end + timedelta(days=1)), closed_at=end + timedelta(days=1))
    assert words(filed.number) == ["encounter.opened", "encounter.closed", "encounter.reopened", "encounter.closed"]


def test_close_keeps_admitting_diagnosis_beside_the_final_one(where, at):
    who = resident()
    filed = opened(who, where, at)
    final = encounters.EncounterContent(diagnoses=(encounters.Diagnosis("冠心病", "I25.1", kind="final"),))
    encounters.close(**told(who, where, at + timedelta(days=1)), closed_at=at + timedelta(days=1), content=final)
    assert [d["kind"] for d in Encounter.objects.get(id=filed.id).diagnoses] == ["admitting", "final"]


def test_close_before_open_makes_a_closed_encounter_and_the_late_opening_joins_it(where, at):
    who = resident()
    end = at + timedelta(days=3)
    closed = encounters.close(**told(who, where, end), closed_at=end, content=content(department="康复科"))
    assert closed.state == "closed"
    assert [f.code for f in closed.findings] == ["opening_implied"]
    assert words(closed.number) == ["encounter.opened", "encounter.closed"]
    late = opened(who, where, at, content=content(reason="胸闷三天"), occurred_at=at)
    row = Encounter.objects.get(id=closed.id)
    assert (late.id, late.state) == (closed.id, "closed")
    assert (row.opened_at, row.department, row.reason) == (at, "康复科", "胸闷三天")
    assert [f.code for f in late.findings] == ["message_late"]


def test_amend_of_an_unknown_visit_opens_it_with_a_finding(where, at):
    who = resident()
    filed = encounters.amend(**told(who, where, at), content=content(), kind="emergency")
    assert (filed.state, [f.code for f in filed.findings]) == ("open", ["opening_implied"])
    entry = JournalEntry.objects.get(subject=f"encounters:{filed.number}")
    assert (entry.word, entry.facts["implied"], entry.facts["findings"]) == ("encounter.opened", True, ["opening_implied"])


@pytest.mark.parametrize("undo", [encounters.cancel_open, encounters.cancel_close])
def test_undoing_an_unknown_visit_is_refused_by_name(where, at, undo):
    with pytest.raises(Refused, match="ZY0001") as refusal:
        undo(**told(resident(), where, at))
    assert (refusal.value.code, refusal.value.field) == ("unknown_visit", "visit_number")
    assert not Encounter.objects.exists()


def test_cancel_open_then_open_again_reopens_with_a_new_version(where, at):
    who = resident()
    filed = opened(who, where, at)
    encounters.cancel_open(**told(who, where, at + timedelta(minutes=10)))
    with pytest.raises(Refused, match="已撤销"):
        encounters.transfer(**told(who, where, at + timedelta(minutes=20)), content=content(bed="9"))
    again = opened(who, where, at + timedelta(hours=1))
    assert (again.id, again.state, again.version) == (filed.id, "open", 3)
    assert words(filed.number) == ["encounter.opened", "encounter.open_cancelled", "encounter.opened"]


def test_cancel_open_of_a_closed_visit_is_refused_with_the_way_out(where, at):
    who = resident()
    opened(who, where, at)
    encounters.close(**told(who, where, at + timedelta(days=1)), closed_at=at + timedelta(days=1))
    with pytest.raises(Refused, match="可从“就诊中”进行"):
        encounters.cancel_open(**told(who, where, at + timedelta(days=2)))


def test_amend_of_a_cancelled_visit_keeps_it_cancelled_and_says_so(where, at):
    who = resident()
    opened(who, where, at)
    encounters.cancel_open(**told(who, where, at + timedelta(minutes=5)))
    filed = encounters.amend(**told(who, where, at + timedelta(minutes=9)), content=content(doctor="另一位"))
    assert (filed.state, [f.code for f in filed.findings]) == ("cancelled", ["amends_cancelled"])


def test_a_late_amendment_only_fills_blanks(where, at):
    who = resident()
    filed = opened(who, where, at)
    encounters.amend(**told(who, where, at + timedelta(hours=5)), content=content(bed="20"))
    late = encounters.amend(**told(who, where, at + timedelta(hours=1)), content=content(bed="13", reason="胸闷"))
    row = Encounter.objects.get(id=filed.id)
    assert (row.bed, row.reason) == ("20", "胸闷")
    assert [f.code for f in late.findings] == ["message_late"]


def test_a_visit_number_of_somebody_else_is_refused_until_cancelled(where, at):
    first, second = resident("甲"), resident("乙")
    opened(first, where, at)
    with pytest.raises(Refused, match="另一位居民"):
        opened(second, where, at)
    encounters.cancel_open(**told(first, where, at + timedelta(minutes=5)))
    filed = opened(second, where, at + timedelta(minutes=10))
    assert Encounter.objects.get(id=filed.id).resident_id == second.id


def test_a_merged_resident_is_the_same_person(where, at):
    standing = resident()
    merged = resident(merged_into=standing)
    first = opened(merged, where, at)
    assert opened(standing, where, at + timedelta(hours=1), content=content(bed="2")).id == first.id


def test_only_machines_file_encounters(where, at):
    with pytest.raises(Refused) as refusal:
        opened(resident(), where, at, actor=Actor(name="某人", institution=where.id))
    assert refusal.value.code == "not_permitted"


def test_versions_cannot_be_changed_even_by_sql(where, at):
    opened(resident(), where, at)
    with pytest.raises(Exception, match="Cannot update"), connection.cursor() as cursor:
        cursor.execute("UPDATE encounters_encounterversion SET version = 9")


def together(count, act):
    """Run `act(i)` in threads, each with its own connection; the answers."""

    def run(index):
        try:
            return act(index)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
def test_parallel_openings_of_one_visit_give_one_encounter(at):
    place, who = institution("云溪县医院", level="county", kind="county_hospital"), resident()
    filed = together(16, lambda i: opened(who, place, at + timedelta(seconds=i), content=content(bed=str(i))))
    assert len({f.id for f in filed}) == 1
    assert Encounter.objects.count() == 1
    versions = list(EncounterVersion.objects.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, len(versions) + 1))
    assert JournalEntry.objects.filter(word="encounter.opened").count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_contradictory_changes_lose_nothing(at):
    place, who = institution("云溪县医院", level="county", kind="county_hospital"), resident()
    opened(who, place, at)
    end = at + timedelta(days=1)

    def act(index):
        if index % 2:
            return encounters.close(**told(who, place, end), closed_at=end)
        return encounters.amend(**told(who, place, at + timedelta(minutes=index + 1)), content=content(doctor=f"医生{index}"))

    together(12, act)
    row = Encounter.objects.get()
    assert row.state == "closed"
    assert row.version == row.versions.count()
    assert JournalEntry.objects.filter(word="encounter.closed").count() == 1
