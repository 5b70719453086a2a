"""Opening a session on a page: what is wrong is said at the field it was typed in, and stays typed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from yilianti.capacity.schedules.tests.factories import World
from yilianti.registry.access.models import Account
from yilianti.registry.access.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("year", "end", "field"), [("2020", "11:30", "start"), ("2036", "07:00", "end")])
def test_a_wrong_time_is_said_at_its_field(year: str, end: str, field: str) -> None:
    world, client = World(timezone.now()), Client()
    assert client.post("/login/", {"username": Account.objects.get(pk=world.office.account).username, "password": PASSWORD}).status_code == 302
    typed = {"department": world.department.pk, "practitioner": "", "on": f"{year}-01-01", "start": "08:00", "end": end, "minutes": 30, "capacity": 1, "weeks": 1, "note": "专家号"}
    answer = client.post("/schedules/open", typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field] and "专家号" in answer.content.decode()
