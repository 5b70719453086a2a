"""Facts along the journal: the same rows as taken anew, corrections included, whatever was written twice."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from yilianti.care.referral import actions as referral
from yilianti.care.referral.tests import factories as referrals
from yilianti.insight.facts import api as facts
from yilianti.insight.facts import compacting, exporting, folders
from yilianti.insight.facts.models import Watermark
from yilianti.insight.facts.tests.factories import everything, follow, following, present, seal
from yilianti.record.encounters import actions as encounters
from yilianti.record.encounters.tests import factories as stays
from yilianti.registry.institutions.models import Institution

pytestmark = pytest.mark.django_db

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def hospital() -> Institution:
    return Institution.objects.get(short_name="云溪县医院")


def test_what_is_followed_is_what_would_be_taken_anew(at):
    scene = referrals.scene(at)
    seal()
    with following(at) as follower:
        follow(follower, at)
        for day in range(4):
            moment = at + timedelta(days=day)
            made = referrals.accepted(scene, moment, diagnosis_code=f"I2{day}.000", diagnosis_name="心绞痛")
            stays.opened(scene.resident, hospital(), moment, visit_number=f"ZY{day}")
            seal()
            follow(follower, moment)
            if day % 2:
                referral.withdraw(actor=scene.township, number=made.number, because="改期", at=moment)
        seal()
        follow(follower, at)
        followed = everything(follower)
        follower.rebuild(at)
        follow(follower, at)
        assert everything(follower) == followed
        assert {name: len(rows) for name, rows in followed.items() if rows} == {"referral": 4, "encounter": 4}


def test_a_draft_is_no_fact(at):
    scene = referrals.scene(at)
    with following(at) as follower:
        referral.draft(actor=scene.township, resident=scene.resident.id, application=referrals.application(scene), client_key=None, at=at)
        seal()
        follow(follower, at)
        assert present(follower, facts.TABLES["referral"], NOVEMBER) == set()


def test_a_visit_moved_to_another_month_leaves_the_first(at):
    who, where = stays.resident(), referrals.scene(at).county.hospital
    told = {"actor": stays.MACHINE, "resident_id": who.id, "institution_id": where.id, "visit_number": "ZY1", "source": "hl7v2:1"}
    table = facts.TABLES["encounter"]
    with following(at) as follower:
        stays.opened(who, where, at, visit_number="ZY1")
        seal()
        follow(follower, at)
        assert len(present(follower, table, NOVEMBER)) == 1
        encounters.cancel_open(**told, at=at + timedelta(hours=1))
        earlier = at - timedelta(days=30)
        encounters.open_encounter(**told, kind="inpatient", opened_at=earlier, content=stays.content(), at=at + timedelta(hours=2))
        seal()
        follow(follower, at)
        assert (len(present(follower, table, NOVEMBER)), len(present(follower, table, OCTOBER))) == (0, 1)
        followed = everything(follower)
        follower.rebuild(at)
        follow(follower, at)
        assert everything(follower) == followed


def test_what_was_written_before_a_crash_counts_once(at):
    scene = referrals.scene(at)
    with following(at) as follower:
        follow(follower, at)
        referrals.submitted(scene, at)
        seal()
        exporting.export(follower.mark, follower.generation, at)  # files written, and then the process was killed
        orphan = [part for folder in follower.generation.folders() for part in folders.parts(folder)]
        assert orphan
    with following(at) as again:
        assert [part for folder in again.generation.folders() for part in folders.parts(folder)] == []
        referrals.submitted(scene, at, diagnosis_code="I10.x00", diagnosis_name="高血压")
        seal()
        follow(again, at)
        assert len(present(again, facts.TABLES["referral"], NOVEMBER)) == 2


def test_small_files_are_merged_and_none_of_their_rows_is_lost(at, monkeypatch):
    monkeypatch.setattr(compacting, "MOST", 3)
    scene = referrals.scene(at)
    made = referrals.submitted(scene, at)
    folder = None
    with following(at) as follower:
        follow(follower, at)
        for hour in range(12):
            moment = at + timedelta(hours=hour)
            step = (referral.accept, {"appointment_at": moment + timedelta(hours=1)}) if hour == 5 else None
            if step:
                step[0](actor=scene.office, number=made.number, at=moment, **step[1])
            else:
                referrals.submitted(scene, moment, diagnosis_code=f"I{hour}0.x00", diagnosis_name="甲")
            seal()
            follow(follower, moment)
            folder = follower.generation.folder("referral", NOVEMBER)
            assert len(folders.parts(folder)) <= 4
        rows = present(follower, facts.TABLES["referral"], NOVEMBER)
        assert len(rows) == 12
        versions = follower.session.ask(f"SELECT count(*) FROM read_parquet({[str(part.path) for part in folders.parts(folder)]})")
        assert versions == [(13,)]  # both versions of the one that was accepted
        state = facts.TABLES["referral"].columns.index(facts.TABLES["referral"].by_name["state"])
        assert sorted(row[state] for row in rows) == ["accepted", *["submitted"] * 11]
        folders.sweep([folder])
        assert len(list(folder.glob("*.parquet"))) > len(folders.parts(folder))  # readers have a minute to end


def test_the_tail_to_merge_is_geometric():
    named = [folders.Part(n, n + 1, Path(str(n))) for n in range(6)]
    assert compacting.tail([1000, 10, 10, 10, 10, 10], named) == named[1:]
    assert compacting.tail([60, 10, 10, 10, 10, 10], named) == named
    assert compacting.tail([1000, 900, 800, 400, 5, 1], named) == named[4:]


def test_a_part_inside_another_no_longer_counts(tmp_path):
    for name in ("000000000000-000000000005", "000000000005-000000000009", "000000000000-000000000009", "000000000009-000000000012"):
        (tmp_path / f"{name}.parquet").touch()
    assert [(part.after, part.upto) for part in folders.parts(tmp_path)] == [(0, 9), (9, 12)]


@pytest.mark.parametrize("many", [1, 10])
def test_a_step_asks_the_same_questions_for_one_and_for_many(at, many, django_assert_num_queries):
    scene = referrals.scene(at)
    with following(at) as follower:
        seal()
        follow(follower, at)
        for number in range(many):
            referrals.submitted(scene, at, diagnosis_code=f"I{number}0.x00", diagnosis_name="甲")
            stays.opened(scene.resident, hospital(), at, visit_number=f"ZY{number}")
        seal()
        with django_assert_num_queries(9):  # unsealed 3, head, subjects, referrals and encounters with their months
            exporting.export(follower.mark, follower.generation, at)


def test_other_columns_make_the_files_anew(at, monkeypatch):
    with following(at) as follower:
        follow(follower, at)
        assert follower.generation.number == 1
    monkeypatch.setattr("yilianti.insight.facts.following.shape", lambda: "another")
    monkeypatch.setattr("yilianti.insight.facts.rebuilding.shape", lambda: "another")
    with following(at) as follower:
        follow(follower, at)
        assert follower.generation.number == 2
    assert Watermark.objects.get().shape == "another"


def test_a_changed_institution_touches_every_month(at):
    scene = referrals.scene(at)
    with following(at) as follower:
        stays.opened(scene.resident, hospital(), at)
        seal()
        follow(follower, at)
        from yilianti.kernel import journal
        from yilianti.kernel.actor import Actor

        journal.write("institutions.amended", actor=Actor.system(), at=at, subject=f"institutions:{hospital().id}")
        seal()
        assert follow(follower, at)[0].touched["encounter"] == {NOVEMBER}
