"""The pages of institutions."""

from __future__ import annotations

import pytest

from yilianti.registry.institutions import actions, queries
from yilianti.registry.institutions.models import Institution
from yilianti.registry.institutions.tests.browsing import text, visit
from yilianti.registry.institutions.tests.factories import AT, actor, county, institution

pytestmark = pytest.mark.django_db
MANAGE = ("institutions.view", "institutions.manage")


def test_directory_shows_the_tree_in_constant_statements(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    here = county()
    viewer = actor(here.villages[0], "institutions.view")
    for size in (1, 9, 40):
        for n in range(size):
            institution(f"MORE-{size}-{n}", f"第{n}站", parent=here.hospital)
        with django_assert_num_queries(2):
            page = text(visit(viewer, "/institutions/"))
    assert "白桥镇卫生院" in page and "登记机构" not in page and "牵头医院" in page
    assert "青石" not in text(visit(viewer, "/institutions/?level=township"))


def test_directory_goes_on_by_key() -> None:
    here = county()
    first = queries.directory(queries.Filters(), AT.date(), size=3)
    second = queries.directory(queries.Filters(), AT.date(), size=3, after=first.next_key)
    assert len({i.id for i in [*first.rows, *second.rows]}) == 6 and here.hospital == first.rows[0]


def test_manage_pages_are_for_managers() -> None:
    here = county()
    viewer = actor(here.hospital, "institutions.view")
    for path in ("/institutions/new", "/institutions/provisional/", f"/institutions/{here.hospital.id}/amend"):
        assert visit(viewer, path).status_code == 403
    assert visit(viewer, f"/institutions/{here.hospital.id}/").status_code == 200
    assert visit(viewer, "/institutions/999999/").status_code == 404


def test_register_amend_close() -> None:
    here = county()
    manager = actor(here.hospital, *MANAGE, reach=here.everyone)
    data = {"code": "YX-N1", "name": "云溪县新桥村卫生室", "short_name": "新桥村卫生室", "kind": "village_clinic", "parent": str(here.townships[0].id)}
    assert visit(manager, "/institutions/new", data).status_code == 302
    made = Institution.objects.get(code="YX-N1")
    assert made.level == "village" and made.path.startswith(here.townships[0].path)
    manager = actor(here.hospital, *MANAGE, reach=(*here.everyone, made))
    again = visit(manager, "/institutions/new", data)
    assert again.status_code == 422 and "已属于" in text(again)
    assert visit(manager, f"/institutions/{made.id}/amend", {**data, "parent": str(here.townships[1].id)}).status_code == 302
    assert visit(manager, f"/institutions/{made.id}/close", {"because": ""}, htmx=True).status_code == 422
    assert visit(manager, f"/institutions/{made.id}/close", {"because": "撤并"}, htmx=True).headers["HX-Redirect"] == f"/institutions/{made.id}/"
    assert "已停用" in text(visit(manager, f"/institutions/{made.id}/"))


def test_departments_facility_and_membership_from_the_page() -> None:
    here = county()
    manager, base = actor(here.hospital, *MANAGE, reach=here.everyone), f"/institutions/{here.hospital.id}"
    assert visit(manager, f"{base}/add_department", {"code": "0401", "name": "神经内科"}).status_code == 302
    assert visit(manager, f"/institutions/departments/{here.cardiology.id}/close", {}).status_code == 302
    assert visit(manager, f"{base}/name_facility", {"value": "YX_HIS"}).status_code == 302
    page = text(visit(manager, f"{base}/"))
    assert "神经内科" in page and "YX_HIS" in page
    held = here.townships[0].memberships.get()
    assert visit(manager, f"/institutions/memberships/{held.id}/end", {"until_on": "2026-01-01"}).status_code == 302
    joined = visit(manager, f"/institutions/{here.townships[0].id}/open_membership", {"consortium": "yunxi", "role": "member", "from_on": "2026-02-01"})
    assert joined.status_code == 302


def test_provisional_is_confirmed_or_merged() -> None:
    here = county()
    manager = actor(here.hospital, *MANAGE, reach=here.everyone)
    one, other = (actions.provisional(system="hl7v2", value=value, at=AT) for value in ("A_HIS", "B_HIS"))
    assert "A_HIS" in text(visit(manager, "/institutions/provisional/")) and "待确认机构" in text(visit(manager, "/institutions/"))
    assert visit(manager, f"/institutions/{one.id}/merge_into", {"target": str(here.townships[0].id)}).status_code == 302
    assert "已并入" in text(visit(manager, f"/institutions/{one.id}/"))
    data = {"code": "YX-B", "name": "云溪县中医院", "short_name": "中医院", "kind": "county_hospital"}
    assert visit(manager, f"/institutions/{other.id}/confirm", data).status_code == 302
    assert queries.by_facility_code("hl7v2", "B_HIS").name == "云溪县中医院"  # type: ignore[union-attr]


def test_another_consortium_is_managed_by_its_own() -> None:
    here, elsewhere = county(), county("shiqiao")
    manager = actor(here.hospital, *MANAGE, reach=here.everyone)
    foreign, lead = elsewhere.hospital, elsewhere.consortium
    assert visit(manager, f"/institutions/{foreign.id}/amend").status_code == 403
    assert visit(manager, f"/institutions/{foreign.id}/close", {"because": "撤并"}).status_code == 403
    assert visit(manager, f"/institutions/departments/{elsewhere.cardiology.id}/close", {}).status_code == 403
    joining = {"consortium": lead.code, "role": "member", "from_on": "2026-01-01"}
    assert visit(manager, f"/institutions/{here.villages[0].id}/open_membership", joining).status_code == 403
    elsewhere.cardiology.refresh_from_db()
    assert elsewhere.cardiology.is_active and not here.villages[0].memberships.filter(consortium=lead).exists()
