"""Help finds the section of one's own job; every page of the menu is spoken of; nothing but the manual is served."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from yilianti.config.context import NAVIGATION
from yilianti.desks.help import manual
from yilianti.registry.access.tests import factories as staff


@pytest.mark.parametrize("address", [row[1] for row in NAVIGATION])
def test_every_entry_of_the_menu_has_help(address: str) -> None:
    assert manual.help_for(address, ()), f"no section of docs/manual says <!-- page: {address} -->"


def test_the_own_job_speaks_first_and_the_longest_beginning_wins() -> None:
    office, township = (manual.help_for("/referrals/", (job,)) for job in ("referral_office", "township_doctor"))
    assert office and township and (office.page, township.page) == ("referral_office", "township_doctor")
    assert manual.help_for("/access/log/", ("auditor",)) != manual.help_for("/access/", ("security_administrator",))
    assert manual.help_for("/nowhere/", ()) is None


@pytest.mark.django_db
def test_pages_and_pictures_are_served_and_nothing_else() -> None:
    client = Client()
    client.force_login(staff.staff(staff.county().township, "township_doctor"))
    page = client.get("/help/township_doctor/").content.decode()
    assert "<img" in page and 'src="/help/pictures/' in page and "&lt;!--" not in page
    picture = page.split('src="/help/pictures/')[1].split('"')[0]
    assert client.get(f"/help/pictures/{picture}").status_code == 200
    assert client.get("/help/").status_code == 200
    for wrong in ("/help/pictures/..%2F..%2Fmap.md", "/help/pictures/none.png", "/help/..%2Fmap/", "/help/nobody/"):
        assert client.get(wrong).status_code == 404, wrong
    assert "打开手册这一页" in client.get("/help/about", {"path": "/referrals/"}).content.decode()


def test_no_link_of_the_manual_leads_nowhere() -> None:
    known = set(manual.names())
    for name in known:
        page = manual.page(name)
        assert page
        for section in page.sections:
            for address in re.findall(r'href="(?!https?:|#)([^"#]+)', str(section.html)):
                assert address.removeprefix("/help/").strip("/") in known, f"{name}: {address}"
