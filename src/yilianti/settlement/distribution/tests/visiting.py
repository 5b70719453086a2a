"""What tests of pages share: an address opened, how often the database is asked, members that join."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yilianti.registry.access.tests import factories as staff
from yilianti.registry.institutions.models import Consortium, Membership
from yilianti.settlement.distribution import gathering
from yilianti.settlement.distribution.tests import factories


def shown(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code, answer.content.decode()[-400:])
    return answer.content.decode()


def asked(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def more_members(many: int) -> list[int]:
    """Townships that join the consortium; nothing was told of them yet."""
    union, found = Consortium.objects.get(code="yunxi"), []
    for number in range(many):
        one = staff.institution(f"第{number}卫生院")
        Membership.objects.create(consortium=union, institution=one, role="member", from_on=staff.LONG_AGO)
        found.append(one.pk)
    return found


def scored(scene: factories.Scene) -> None:
    """Every member has a score and heads."""
    for one in gathering.members(scene.package.consortium, 2026):
        factories.score(scene, one.id, "90")
