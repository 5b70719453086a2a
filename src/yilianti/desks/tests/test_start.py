"""Every job has a desk, and everything on it leads somewhere the job may go."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from yilianti.desks import jobs
from yilianti.policybook import access as roles
from yilianti.registry.access.tests import factories

pytestmark = pytest.mark.django_db
_ADDRESS = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')


def signed_in(role: str) -> Client:
    county = factories.county()
    client = Client()
    client.force_login(factories.staff(county.hospital, role))
    return client


@pytest.mark.parametrize("role", sorted(jobs.DESKS))
def test_desk_leads_only_where_the_job_may_go(role: str) -> None:
    client = signed_in(role)
    page = client.get("/").content.decode()
    assert jobs.DESKS[role].title in page
    addresses = {a.replace("&amp;", "&") for a in _ADDRESS.findall(page) if not a.startswith("/static/")}
    assert len(addresses) > 3
    for address in sorted(addresses):
        assert client.get(address).status_code == 200, address


def test_every_role_has_a_desk() -> None:
    from datetime import date

    from yilianti.kernel.actor import Scope

    assert set(roles.roles(date(2026, 11, 18), Scope())) == set(jobs.DESKS) == set(jobs.ORDER)


def test_post_without_role_is_told_what_to_do() -> None:
    county = factories.county()
    factories.account(factories.post(county.hospital), "nobody")
    client = Client()
    client.post("/login/", {"username": "nobody", "password": factories.PASSWORD})
    assert "这个岗位还没有角色" in client.get("/").content.decode()


def test_style_page_is_for_demo_mode_only(settings) -> None:
    assert Client().get("/style/").status_code == 200
    settings.DEMO_MODE = False
    assert Client().get("/style/").status_code == 404
