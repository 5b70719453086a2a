"""The directory: tree, codes, consortia."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.institutions import actions, queries
from yilianti.registry.institutions.models import Institution
from yilianti.registry.institutions.terms import Kind, Level, Particulars, Standing
from yilianti.registry.institutions.tests.factories import AT, REGION, SYSTEM, actor, county, institution
from yilianti.registry.institutions.tests.parallel import together

pytestmark = pytest.mark.django_db


TODAY = AT.date()


def particulars(one: Institution, **changes: object) -> Particulars:
    kept = Particulars(one.code, one.name, one.short_name, one.kind, one.level, one.parent_id, one.region, one.address, one.phone)
    return replace(kept, **changes)  # type: ignore[arg-type]


def test_register_sets_the_path_and_writes_one_line() -> None:
    here = county()
    assert here.villages[0].path == f"/{here.hospital.id}/{here.townships[0].id}/{here.villages[0].id}/"
    assert JournalEntry.objects.filter(word="institutions.registered").count() == 7


def test_register_refuses_a_taken_code_and_a_stranger() -> None:
    here = county()
    with pytest.raises(Refused) as refusal:
        institution(here.hospital.code, "另一家")
    assert refusal.value.field == "code"
    with pytest.raises(Refused) as refusal:
        actions.register(actor=actor(here.hospital, "institutions.view"), particulars=particulars(here.hospital, code="X1"), at=AT)
    assert refusal.value.code == "not_permitted"


def test_a_leaving_member_is_not_everybody_s_until_it_has_left() -> None:
    here, there = county(), county("shiqiao")
    stranger = actor(there.hospital, "institutions.manage")
    leaving = here.hospital.memberships.get()
    actions.end_membership(actor=SYSTEM, membership_id=leaving.id, until_on=date(2026, 12, 31), at=AT)
    with pytest.raises(Refused) as refusal:
        actions.name_facility(actor=stranger, institution_id=here.hospital.id, system="hl7v2", value="X", at=AT)
    assert refusal.value.code == "not_permitted"


def test_nobody_plants_in_another_consortium_s_tree() -> None:
    here, there = county(), county("shiqiao")
    stranger = actor(there.hospital, "institutions.manage")
    with pytest.raises(Refused) as refusal:
        actions.register(actor=stranger, particulars=particulars(there.townships[0], code="X9", parent=here.hospital.id), at=AT)
    assert refusal.value.code == "not_permitted"
    assert actions.register(actor=stranger, particulars=particulars(there.townships[0], code="X9", parent=there.hospital.id), at=AT)


def test_amend_moves_the_whole_branch() -> None:
    here = county()
    moved, new_parent = here.townships[0], here.townships[1]
    actions.amend(actor=SYSTEM, institution_id=moved.id, particulars=particulars(moved, parent=new_parent.id), at=AT)
    clinic = Institution.objects.get(id=here.villages[0].id)
    assert clinic.path == f"/{here.hospital.id}/{new_parent.id}/{moved.id}/{clinic.id}/"
    assert queries.branch_ids(new_parent.id) == {new_parent.id, moved.id, *(v.id for v in here.villages)}


def test_amend_refuses_a_circle() -> None:
    here = county()
    with pytest.raises(Refused) as refusal:
        actions.amend(actor=SYSTEM, institution_id=here.hospital.id, particulars=particulars(here.hospital, parent=here.villages[0].id), at=AT)
    assert refusal.value.code == "circle"


def test_close_asks_for_an_empty_branch_and_ends_membership() -> None:
    here = county()
    with pytest.raises(Refused):
        actions.close(actor=SYSTEM, institution_id=here.townships[0].id, because="撤并", at=AT)
    actions.close(actor=SYSTEM, institution_id=here.villages[0].id, because="撤并", at=AT)
    assert here.villages[0] not in queries.members("yunxi", TODAY)
    assert queries.get(here.villages[0].id).standing == Standing.CLOSED  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
def test_provisional_is_made_once_however_many_ask() -> None:
    made: list[Institution] = []
    assert together([lambda: made.append(actions.provisional(system="hl7v2", value="QX_HIS", at=AT))] * 16) == []
    assert {one.id for one in made} == {Institution.objects.get().id}
    assert queries.by_facility_code("hl7v2", "QX_HIS").standing == Standing.PROVISIONAL  # type: ignore[union-attr]


def test_confirm_puts_a_provisional_institution_into_use() -> None:
    made = actions.provisional(system="hl7v2", value="QX_HIS", at=AT)
    told = Particulars("QX-01", "清溪医院", "清溪医院", Kind.COUNTY_HOSPITAL.value, Level.COUNTY.value, None, REGION)
    actions.confirm(actor=SYSTEM, institution_id=made.id, particulars=told, at=AT)
    assert queries.by_facility_code("hl7v2", "QX_HIS").name == "清溪医院"  # type: ignore[union-attr]
    with pytest.raises(Refused):
        actions.confirm(actor=SYSTEM, institution_id=made.id, particulars=told, at=AT)


def test_merge_into_moves_the_codes_and_is_counted_with_the_target() -> None:
    here = county()
    made = actions.provisional(system="hl7v2", value="YX_HIS", at=AT)
    actions.merge_into(actor=SYSTEM, institution_id=made.id, target_id=here.townships[0].id, at=AT)
    assert queries.by_facility_code("hl7v2", "YX_HIS") == here.townships[0]
    assert actions.provisional(system="hl7v2", value="YX_HIS", at=AT) == here.townships[0]
    assert made.id in queries.branch_ids(here.hospital.id) and made.id in queries.own_ids(here.townships[0].id)
    assert queries.get(made.id) == here.townships[0]


def test_name_facility_refuses_anothers_code() -> None:
    here = county()
    actions.name_facility(actor=SYSTEM, institution_id=here.hospital.id, system="hl7v2", value="YX", at=AT)
    with pytest.raises(Refused):
        actions.name_facility(actor=SYSTEM, institution_id=here.townships[0].id, system="hl7v2", value="YX", at=AT)


def test_membership_has_one_lead_and_ends_in_time() -> None:
    here = county()
    assert queries.lead_of("yunxi", TODAY) == here.hospital
    other = institution("OTHER", "二院")
    with pytest.raises(Refused) as refusal:
        actions.open_membership(actor=SYSTEM, institution_id=other.id, consortium="yunxi", role="lead", from_on=date(2026, 1, 1), at=AT)
    assert refusal.value.field == "role"
    with pytest.raises(Refused):
        actions.open_membership(actor=SYSTEM, institution_id=here.hospital.id, consortium="yunxi", role="member", from_on=date(2026, 1, 1), at=AT)
    held = here.townships[1].memberships.get()
    actions.end_membership(actor=SYSTEM, membership_id=held.id, until_on=date(2026, 1, 1), at=AT)
    assert queries.consortium_of(here.townships[1].id, date(2025, 12, 31)) == here.consortium
    assert here.townships[1] not in queries.members("yunxi", TODAY)


def receivers(asked: int, day: date) -> list[int]:
    return [receiver.id for receiver in queries.receivers_for(asked, day)]


def test_who_will_leave_next_year_leads_and_receives_until_then() -> None:
    here, leaves_on = county(), date(2027, 1, 1)
    held = here.hospital.memberships.get()
    actions.end_membership(actor=SYSTEM, membership_id=held.id, until_on=leaves_on, at=AT)
    assert queries.lead_of("yunxi", TODAY) == here.hospital and queries.lead_of("yunxi", leaves_on) is None
    asked = here.villages[2].id
    assert here.hospital.id in receivers(asked, TODAY) and here.hospital.id not in receivers(asked, leaves_on)


def test_scope_is_inherited_from_above() -> None:
    here = county()
    clinic = institution("YX-V9", "新村卫生室", Kind.VILLAGE_CLINIC, Level.VILLAGE, here.townships[0])
    assert queries.scope_of(clinic.id, AT) == queries.scope_of(here.hospital.id, AT)
    assert queries.scope_of(clinic.id, AT).consortium == "yunxi"


def test_receivers_are_fellow_members_other_levels_first() -> None:
    here = county()
    found = receivers(here.townships[0].id, TODAY)
    assert found[0] == here.hospital.id and found[-1] == here.townships[1].id and here.townships[0].id not in found
    assert institution("FAR", "外县医院").id not in receivers(here.townships[0].id, TODAY)


def test_departments_have_one_code_each() -> None:
    here = county()
    with pytest.raises(Refused):
        actions.add_department(actor=SYSTEM, institution_id=here.hospital.id, code="0301", name="心内二科", at=AT)
    actions.close_department(actor=SYSTEM, department_id=here.cardiology.id, at=AT)
    assert [d.name for d in queries.departments(here.hospital.id)] == ["呼吸科"]


def test_by_facility_code_is_one_statement(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    here = county()
    actions.name_facility(actor=SYSTEM, institution_id=here.hospital.id, system="hl7v2", value="YX", at=AT)
    with django_assert_num_queries(1):
        assert queries.by_facility_code("hl7v2", "YX") == here.hospital
    assert queries.by_facility_code("hl7v2", "nobody") is None


def test_coordinates_are_kept_in_the_journal_and_never_half() -> None:
    here = county().hospital
    actions.amend(actor=SYSTEM, institution_id=here.id, particulars=particulars(here, latitude=Decimal("31.5"), longitude=Decimal("117")), at=AT)
    here.refresh_from_db()
    assert (here.latitude, here.longitude) == (Decimal("31.5"), Decimal("117"))
    changed = JournalEntry.objects.filter(word="institutions.amended").latest("at").facts["changed"]
    assert changed == {"latitude": [None, "31.500000"], "longitude": [None, "117.000000"]}
    with pytest.raises(Refused) as refusal:
        actions.amend(actor=SYSTEM, institution_id=here.id, particulars=particulars(here, latitude=Decimal("31.5")), at=AT)
    assert refusal.value.field == "longitude"
    for half in ({"latitude": None}, {"longitude": None}, {"latitude": Decimal("91")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Institution.objects.filter(id=here.id).update(**half)
