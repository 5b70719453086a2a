"""What must not be left behind: numbers in any table, log or error page, files in the temporary folder; and no act without its audit."""

from __future__ import annotations

import logging
import tempfile
from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from django.utils import timezone

from tests.hl7 import messages
from yilianti.care.referral import actions as referrals
from yilianti.care.referral.tests import factories
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.models import Message
from yilianti.gateways.hl7v2.receiving import Receiver
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.tests.factories import SYSTEM
from yilianti.registry.residents import api as residents
from yilianti.registry.residents.models import Resident
from yilianti.registry.residents.tests.factories import resident, valid_id

pytestmark = pytest.mark.django_db
PHONE, MOVED, STREET = "13877665544", "13877665599", "望月巷九号"
INSURANCE, WRONG = "YB99887766", messages.WRONG_ID_CARD
KIN, KIN_CARD = "13877660001", "349921196001010039"


@pytest.fixture
def card(at) -> str:
    """A person registered at a desk, corrected, and met again in messages good and bad."""
    number = valid_id(serial=401)
    known = resident("苏映荷", id_card=number, phone=PHONE)
    told = residents.Demographics("苏映荷", "2", known.born_on, MOVED, STREET)
    residents.amend(actor=SYSTEM, resident_id=known.id, version=known.version, demographics=told, at=at)
    institutions.provisional(system="hl7v2", value="YXXRMYY", at=at)
    good = messages.pid(identity=number, insurance=INSURANCE, phone=PHONE, name="苏映荷", born="19590314")
    bad = messages.pid("ZY77", identity=WRONG, phone=MOVED, name="苏映荷")
    beside = f"\rNK1|1|苏远|SPO||{KIN}||||||||||||||||||||||||||{KIN_CARD}\rIN1|1|||||||||||||||||||||||||||||||||||{INSURANCE}\rZXX|1|{KIN_CARD}"
    texts = [messages.adt("A01", visit="V77", patient=good) + beside, messages.adt("A01", visit="V78", patient=bad), messages.adt("A99", visit="V79", patient=good)]
    Receiver().receive("test", [Frame(text.encode()) for text in texts], at=at)
    return number


def test_no_table_holds_a_number_telephone_or_address_in_the_clear(card) -> None:
    assert Message.objects.count() == 3 and card.encode() in bytes(Message.objects.earliest("id").raw)
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            for secret in (card, PHONE, MOVED, STREET, INSURANCE, WRONG, KIN, KIN_CARD):
                cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s OR t::text LIKE %s', [f"%{secret}%", f"%{secret.encode().hex()}%"])
                if cursor.fetchone()[0]:
                    found.append((table, secret))
    assert found == []


def test_logs_and_error_pages_say_no_number(card, caplog, monkeypatch) -> None:
    """A value whose ciphertext was changed: the page and the log name the column and the way out, not the person."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE residents_resident SET phone = set_byte(phone, 25, get_byte(phone, 25) # 1)")
    scene = factories.scene(timezone.now())
    client = Client()
    from yilianti.registry.access.models import Account

    client.force_login(Account.objects.get(pk=scene.township.account))
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/residents/", {"q": card})
    text = answer.content.decode().replace(f'value="{card}"', "") + caplog.text
    assert answer.status_code < 500 and "校验不符" in text
    assert not [secret for secret in (PHONE, MOVED, STREET, "苏映荷") if secret in text]


def test_nothing_is_left_in_the_temporary_folder(at, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scene = factories.scene(at)
    number = factories.submitted(scene, at).number
    referrals.accept(actor=scene.office, number=number, appointment_at=at + timedelta(hours=2), at=at)
    assert referrals.certify(actor=scene.office, number=number, at=at).content
    institutions.provisional(system="hl7v2", value="YXXRMYY", at=at)
    Receiver().receive("test", [Frame(messages.adt("A01", patient=messages.pid(identity=messages.ID_CARD)).encode())], at=at)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["CREATE TRIGGER off BEFORE INSERT ON kernel_journalentry EXECUTE FUNCTION pg_temp.refuse()", "ALTER TABLE kernel_journalentry RENAME TO gone"])
def test_without_the_audit_nothing_is_done(how) -> None:
    """Whoever switches the journal off stops the business, not the record of it."""
    before = Resident.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit is off'; END $$")
        cursor.execute(how)
    with pytest.raises(Error), transaction.atomic():
        resident("江远")
    assert Resident.objects.count() == before
