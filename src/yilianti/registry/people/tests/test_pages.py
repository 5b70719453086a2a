"""The pages of staff."""

from __future__ import annotations

import pytest

from yilianti.registry.institutions.tests.browsing import text, visit
from yilianti.registry.institutions.tests.factories import actor, county
from yilianti.registry.people.models import Person
from yilianti.registry.people.tests.factories import person, post

pytestmark = pytest.mark.django_db
MANAGE = ("people.view", "people.manage")


def test_directory_and_detail_keep_to_the_reach() -> None:
    here = county()
    mine, theirs = post(here.townships[0], who=person("李茂")), post(here.townships[1], who=person("周敏"))
    viewer = actor(here.townships[0], "people.view")
    page = text(visit(viewer, "/people/"))
    assert "李茂" in page and "周敏" not in page
    assert visit(viewer, f"/people/{mine.person.number}/").status_code == 200
    assert visit(viewer, f"/people/{theirs.person.number}/").status_code == 404
    assert visit(viewer, "/people/new").status_code == 403
    assert "没有符合条件" in text(visit(viewer, "/people/?text=周敏"))


def test_register_post_licence_end() -> None:
    here = county()
    manager = actor(here.hospital, *MANAGE, reach=here.everyone)
    assert visit(manager, "/people/new", {"number": "B-9", "name": "沈墨", "title": "chief"}).status_code == 302
    again = visit(manager, "/people/new", {"number": "B-9", "name": "沈墨", "title": "chief"})
    assert again.status_code == 422 and "已属于" in text(again)
    data = {"institution_id": str(here.hospital.id), "department_id": str(here.cardiology.id), "name": "主任", "from_on": "2024-01-01"}
    assert visit(manager, "/people/B-9/give_post", data).status_code == 302
    foreign = visit(manager, "/people/B-9/give_post", {**data, "institution_id": str(here.townships[0].id)}, htmx=True)
    assert foreign.status_code == 422
    licence = {"kind": "physician", "number": "P1", "from_on": "2010-01-01", "until_on": "2020-01-01"}
    assert visit(manager, "/people/B-9/add_licence", licence).status_code == 302
    page = text(visit(manager, "/people/B-9/"))
    assert "心内科" in page and "到期" in page
    held = Person.objects.get(number="B-9").posts.get()
    assert visit(manager, f"/people/posts/{held.id}/end", {"until_on": "2026-01-01"}).status_code == 302
    assert visit(manager, "/people/B-9/amend", {"name": "沈墨", "title": "chief"}).status_code == 302
    assert not Person.objects.get(number="B-9").is_active


def test_departments_follow_the_institution() -> None:
    here = county()
    manager = actor(here.hospital, *MANAGE, reach=here.everyone)
    assert "心内科" in text(visit(manager, f"/people/departments?institution_id={here.hospital.id}", htmx=True))
    assert "心内科" not in text(visit(manager, f"/people/departments?institution_id={here.townships[0].id}", htmx=True))
