"""Consortia in time: several in one county, an institution in several trees, any past day's tree, centres with branches."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.institutions import actions, consortia
from yilianti.registry.institutions.models import Centre
from yilianti.registry.institutions.tests.browsing import text, visit
from yilianti.registry.institutions.tests.factories import AT, SYSTEM, actor, county, institution
from yilianti.registry.institutions.tests.parallel import together

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def test_the_tree_of_any_past_day() -> None:
    here = county()
    left = here.townships[0].memberships.get()
    actions.end_membership(actor=SYSTEM, membership_id=left.id, until_on=date(2026, 3, 1), at=AT)
    before = [(b.institution.id, b.depth) for b in consortia.tree_of(here.consortium, date(2026, 2, 28))]
    after = [(b.institution.id, b.depth) for b in consortia.tree_of(here.consortium, date(2026, 3, 1))]
    assert before[:3] == [(here.hospital.id, 0), (here.townships[0].id, 1), (here.villages[0].id, 2)]
    # Its villages hang below the nearest member above them.
    assert (here.townships[0].id, 1) not in after and (here.villages[0].id, 1) in after
    assert consortia.tree_of(here.consortium, date(2023, 12, 31)) == []


def test_one_county_has_several_and_an_institution_stands_in_several() -> None:
    here = county()
    chest = actions.found_consortium(actor=SYSTEM, code="chest", name="胸痛专科联盟", model="specialty_alliance", region="349901", at=AT)
    actions.open_membership(actor=SYSTEM, institution_id=here.hospital.id, consortium="chest", role="lead", from_on=TODAY, at=AT)
    assert [c.code for c in consortia.consortia_of([here.hospital.id], TODAY)] == ["yunxi", "chest"]
    assert [b.role for b in consortia.tree_of(chest, TODAY)] == ["lead"]


def test_closeness_in_time_and_never_twice_at_once() -> None:
    here = county()
    actions.bind(actor=SYSTEM, consortium="yunxi", tightness="loose", from_on=date(2024, 1, 1), at=AT)
    actions.bind(actor=SYSTEM, consortium="yunxi", tightness="tight", from_on=date(2026, 1, 1), at=AT)
    held = {day: consortia.binding_of(here.consortium, day) for day in (date(2025, 12, 31), date(2026, 1, 1))}
    assert [b.tightness for b in held.values() if b] == ["loose", "tight"]
    with pytest.raises(Refused, match="无须重复"):
        actions.bind(actor=SYSTEM, consortium="yunxi", tightness="tight", from_on=TODAY, at=AT)
    with pytest.raises(Refused, match="须晚于"):
        actions.bind(actor=SYSTEM, consortium="yunxi", tightness="loose", from_on=date(2025, 1, 1), at=AT)


def test_a_main_centre_its_branches_and_their_end() -> None:
    here = county()
    made = {"consortium": "yunxi", "kind": "ecg", "from_on": date(2025, 1, 1), "at": AT, "actor": SYSTEM}
    main = actions.open_centre(host_id=here.hospital.id, **made)
    branch = actions.open_centre(host_id=here.townships[0].id, **made)
    assert (main.main_id, branch.main_id) == (None, main.id)
    with pytest.raises(Refused, match="已设有"):
        actions.open_centre(host_id=here.hospital.id, **made)
    with pytest.raises(Refused, match="先撤销分中心"):
        actions.close_centre(actor=SYSTEM, centre_id=main.id, until_on=TODAY, at=AT)
    actions.close_centre(actor=SYSTEM, centre_id=branch.id, until_on=TODAY, at=AT)
    actions.close_centre(actor=SYSTEM, centre_id=main.id, until_on=TODAY, at=AT)
    assert [c.id for c in consortia.centres_of(here.consortium, TODAY - timedelta(days=1))] == [main.id, branch.id]
    assert consortia.centres_of(here.consortium, TODAY) == []
    assert JournalEntry.objects.filter(word="institutions.centre_closed").count() == 2


def test_only_a_member_of_that_day_hosts() -> None:
    county()
    stranger = institution("X1", "外院")
    with pytest.raises(Refused, match="不是") as refused:
        actions.open_centre(actor=SYSTEM, consortium="yunxi", kind="ecg", host_id=stranger.id, from_on=TODAY, at=AT)
    assert refused.value.field == "host_id"


def test_a_manager_elsewhere_is_refused() -> None:
    county()
    stranger = actor(institution("X1", "外院"), "institutions.shape")
    with pytest.raises(Refused, match="不在您管理的范围"):
        actions.bind(actor=stranger, consortium="yunxi", tightness="tight", from_on=TODAY, at=AT)
    assert visit(stranger, "/institutions/consortia/yunxi/bind", {"tightness": "tight", "from_on": "2026-01-01"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_main_centres_at_once_become_one_with_a_branch() -> None:
    here = county()

    def opened(host: int) -> object:
        return lambda: actions.open_centre(actor=SYSTEM, consortium="yunxi", kind="finance", host_id=host, from_on=TODAY, at=AT)

    assert together([opened(i.id) for i in (here.hospital, *here.townships)]) == []
    assert Centre.objects.filter(main__isnull=True).count() == 1 and Centre.objects.count() == 3


def test_the_database_itself_refuses_two_main_centres() -> None:
    here = county()
    for host in here.townships:
        made = Centre(consortium=here.consortium, kind="hr", host=host, from_on=TODAY)
        if host is here.townships[0]:
            made.save()
        else:
            with pytest.raises(IntegrityError):
                made.save()


@pytest.mark.parametrize(("code", "region", "field"), [("../up", "349901", "code"), ("甲县", "349901", "code"), ("a", "349901", "code"), ("jia", "34", "region")])
def test_a_code_that_is_no_folder_and_a_region_that_is_none_are_refused(code: str, region: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.found_consortium(actor=SYSTEM, code=code, name="甲县医共体", model="county_community", region=region, at=AT)
    assert refused.value.field == field


@pytest.mark.parametrize("members", [1, 10])
def test_pages_ask_as_much_for_many_as_for_one(members: int, django_assert_num_queries) -> None:
    here = county()
    for n in range(members):
        one = institution(f"M{n}", f"第{n}院", parent=here.hospital)
        actions.open_membership(actor=SYSTEM, institution_id=one.id, consortium="yunxi", role="member", from_on=TODAY, at=AT)
    reader = actor(here.hospital, "institutions.view", "institutions.shape", "institutions.manage", reach=here.everyone)
    with django_assert_num_queries(3):
        assert "云溪县域医共体" in text(visit(reader, "/institutions/consortia/"))
    with django_assert_num_queries(5):
        page = text(visit(reader, f"/institutions/consortia/yunxi/?day={TODAY}"))
    assert f"第{members - 1}院" in page and "设立中心" not in page  # not today
