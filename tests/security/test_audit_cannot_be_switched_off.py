"""Who takes the right to write the trails away stops the platform, not the record (GB/T 22239-2019 8.1.4.3 c, d).

The requests run as a real database role that may do everything but append to one table.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.architecture.samples import Side
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.models import AccessLog, Login
from yilianti.registry.access.tests import factories
from yilianti.registry.residents.models import Resident

pytestmark = pytest.mark.django_db(transaction=True)
ROLE = "audit_switched_off"


@pytest.fixture
def muted() -> Iterator[None]:
    """A role without the right to append to the tables a test names, taken by this connection until the test ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {ROLE}")
        cursor.execute(f"CREATE ROLE {ROLE}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"DROP OWNED BY {ROLE}")
        cursor.execute(f"DROP ROLE {ROLE}")


def mute(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE INSERT ON {table} FROM {ROLE}")
        cursor.execute(f"SET ROLE {ROLE}")


def speak() -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.fixture
def side() -> Side:
    county = factories.county()
    made = Side(county.hospital, county.township, county.clinic, "云溪")
    _ = made.referral
    return made


@pytest.fixture
def doctor(side: Side) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(factories.staff(side.township, "township_doctor", "zhang"))
    return client


def test_without_the_access_log_no_page_shows_a_resident(side: Side, doctor: Client, muted: None) -> None:
    address = f"/residents/{side.resident.number}/"
    assert side.resident.name in doctor.get(address).content.decode()
    looks = AccessLog.objects.count()
    mute("access_accesslog")
    for path in (address, f"/referrals/{side.referral.number}/", f"/record/{side.resident.number}/"):
        answer = doctor.get(path)
        assert answer.status_code == 500, path
        assert side.resident.name not in answer.content.decode()
    speak()
    assert AccessLog.objects.count() == looks
    assert doctor.get(address).status_code == 200


def test_without_the_journal_nothing_is_done(side: Side, doctor: Client, muted: None) -> None:
    entries, people = JournalEntry.objects.count(), Resident.objects.count()
    mute("kernel_journalentry")
    office = Client(raise_request_exception=False)
    office.force_login(factories.staff(side.hospital, "referral_office", "yun"))
    accepted = office.post(f"/referrals/{side.referral.number}/accept", {"appointment_at": f"{timezone.localtime() + timedelta(days=2):%Y-%m-%dT09:00}"})
    withdrawn = doctor.post(f"/referrals/{side.referral.number}/withdraw", {"because": "测试"})
    registered = doctor.post("/residents/new", {"name": "新来的", "sex": "1", "born_on": "1980-01-01", "identifier_system": "", "anyway": "1"})
    assert accepted.status_code == withdrawn.status_code == 500
    assert registered.status_code in (422, 500)
    speak()
    side.referral.refresh_from_db()
    assert (side.referral.state, JournalEntry.objects.count(), Resident.objects.count()) == ("submitted", entries, people)
    assert doctor.post(f"/referrals/{side.referral.number}/withdraw", {"because": "测试"}).status_code in (200, 204, 302)


def test_without_the_security_trail_nobody_comes_in(side: Side, muted: None) -> None:
    factories.staff(side.township, "township_doctor", "li")
    client, logins = Client(raise_request_exception=False), Login.objects.count()
    mute("access_securityevent")
    assert client.post("/login/", {"username": "li", "password": factories.PASSWORD}).status_code == 500
    assert client.get("/sessions/").status_code == 302
    speak()
    assert Login.objects.count() == logins
    assert client.post("/login/", {"username": "li", "password": factories.PASSWORD}).status_code == 302
