"""Addresses nobody types but scanners and worn-out fingers do: a NUL, the last day of the calendar."""

from __future__ import annotations

import pytest
from django.test import Client

from yilianti.registry.access.tests import factories as staff

pytestmark = pytest.mark.django_db


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(staff.staff(staff.county().hospital, role))
    return client


@pytest.mark.parametrize("address", ["/people/%00/", "/governance/%00/", "/people/?after=%00", "/people/?%00=1"])
def test_a_nul_leads_to_the_page_for_missing_addresses(address: str) -> None:
    answer = signed_in("administrator").get(address)
    assert answer.status_code == 404
    assert "找不到这一页" in answer.content.decode()


@pytest.mark.parametrize(("role", "page"), [("auditor", "/audit/"), ("auditor", "/access/log/"), ("administrator", "/hl7v2/")])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_lists_are_narrowed_to_any_day_of_the_calendar(role: str, page: str, day: str) -> None:
    client = signed_in(role)
    assert client.get(page, {"from_on": day}).status_code == 200
    assert client.get(page, {"until_on": day}).status_code == 200
