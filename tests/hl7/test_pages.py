"""The pages of inbound messages: list, one message, replay after mending, set aside, mappings, and who sees what."""

from __future__ import annotations

import re

import pytest

from tests.hl7 import messages
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.models import CodeMapping, Message
from yilianti.gateways.hl7v2.receiving import Receiver
from yilianti.kernel.models import JournalEntry
from yilianti.record.encounters.models import Encounter
from yilianti.registry.access.tests import factories as staff_of
from yilianti.registry.institutions.models import FacilityCode

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    made = staff_of.county()
    FacilityCode.objects.create(institution=made.hospital, system="hl7v2", value="YXXRMYY")
    return made


@pytest.fixture
def admin(client, county):
    client.force_login(staff_of.staff(county.hospital, "administrator"))
    return client


def received(at, *texts):
    Receiver().receive("192.0.2.7:4711", [Frame(text.encode()) for text in texts], at=at)
    return list(Message.objects.order_by("id"))


def text_of(response):
    return response.content.decode()


def test_the_list_shows_newest_first_and_filters(admin, at):
    received(at, messages.adt("A01", "C-1"), messages.oru("C-2"), messages.adt("A99", "C-3"))
    page = text_of(admin.get("/hl7v2/"))
    assert re.findall(r"C-\d", page) == ["C-3", "C-2", "C-1"]
    assert "C-3" in text_of(admin.get("/hl7v2/?state=refused")) and "C-1" not in text_of(admin.get("/hl7v2/?state=refused"))
    assert re.findall(r"C-\d", text_of(admin.get("/hl7v2/?kind=ORU"))) == ["C-2"]
    assert "C-1" not in text_of(admin.get("/hl7v2/?facility=NIEMAND"))
    assert "C-1" not in text_of(admin.get("/hl7v2/?from_on=2026-11-29")) and "C-1" in text_of(admin.get("/hl7v2/?until_on=2026-11-28"))
    fragment = text_of(admin.get("/hl7v2/", headers={"HX-Request": "true"}))
    assert "<html" not in fragment and "C-1" in fragment


def test_long_lists_are_cut_by_key(admin, at, django_assert_max_num_queries):
    received(at, *[messages.adt("A99", f"N{n:03d}") for n in range(60)])
    with django_assert_max_num_queries(20):
        first = text_of(admin.get("/hl7v2/"))
    following = re.search(r'rel="next" href="\?([^"]+)"', first).group(1).replace("&amp;", "&")
    second = text_of(admin.get(f"/hl7v2/?{following}"))
    assert len(set(re.findall(r"N\d{3}", first))) == 50 and len(set(re.findall(r"N\d{3}", second))) == 10


def test_one_message_shows_structure_and_hides_the_person_from_the_administrator(admin, at):
    (message,) = received(at, messages.adt("A01", "C-1", extra=("ZXX|<script>alert(1)</script>",)))
    page = text_of(admin.get(f"/hl7v2/{message.id}"))
    assert "PV1-19" in page and "V0001" in page and "DG1" in page
    assert messages.NAME not in page and "13800000001" not in page and "冠状动脉" not in page and "<script>alert" not in page


def test_those_who_treat_see_the_person(at, county):
    from yilianti.gateways.hl7v2.pages import masking

    (message,) = received(at, messages.adt("A01", "C-1"))
    assert messages.NAME in masking.shown(bytes(message.raw), "utf-8", reveal=True).text
    assert messages.NAME not in masking.shown(b"no message " + messages.NAME.encode(), "utf-8", reveal=False).text
    assert "Zhang" not in masking.shown(b"no message Zhang^San", "utf-8", reveal=False).text
    header = "MSH|^~\\&|HIS|YXXRMYY|||20261118||ADT^A01|C-1|P|2.4\r"
    unknown = masking.shown(f"{header}PV2|||^胸痛\rIAM|1||青霉素".encode(), "utf-8", reveal=False)
    assert "胸痛" not in unknown.text and "青霉素" not in unknown.text and "YXXRMYY" in unknown.text


def test_replay_after_mending(admin, county, at):
    FacilityCode.objects.all().delete()
    (message,) = received(at, messages.adt("A01", "C-1"))
    assert message.state == "refused" and "未登记" in text_of(admin.get(f"/hl7v2/{message.id}"))
    admin.post(f"/hl7v2/{message.id}/replay")
    message.refresh_from_db()
    assert message.state == "refused" and message.attempts == 2 and not Encounter.objects.exists()
    FacilityCode.objects.create(institution=county.hospital, system="hl7v2", value="YXXRMYY")
    assert admin.post(f"/hl7v2/{message.id}/replay").status_code == 302
    message.refresh_from_db()
    assert message.state == "applied" and message.refusal == "" and message.replayed_by and Encounter.objects.count() == 1
    assert JournalEntry.objects.filter(word="hl7v2.replayed", subject=f"hl7v2:{message.id}").count() == 2
    assert admin.post(f"/hl7v2/{message.id}/replay").status_code == 409


def test_a_repeat_after_mending_is_applied_without_anybody(county, at):
    FacilityCode.objects.all().delete()
    text = messages.adt("A01", "C-1")
    received(at, text)
    FacilityCode.objects.create(institution=county.hospital, system="hl7v2", value="YXXRMYY")
    (message,) = received(at, text)
    assert message.state == "applied" and message.attempts == 2


def test_setting_aside_needs_a_reason(admin, at):
    (message,) = received(at, messages.adt("A99"))
    assert admin.post(f"/hl7v2/{message.id}/set_aside", {"note": " "}).status_code == 422
    assert admin.post(f"/hl7v2/{message.id}/set_aside", {"note": "测试消息"}).status_code == 302
    message.refresh_from_db()
    assert (message.state, message.note) == ("ignored", "测试消息")
    (again,) = received(at, bytes(message.raw).decode())
    assert (again.state, again.attempts) == ("ignored", 2)


def test_mappings_are_added_changed_and_removed(admin, county, at):
    said = {"institution": county.hospital.id, "table": "patient_class", "local_code": "ZY", "standard_code": "inpatient", "display": "住院"}
    assert admin.post("/hl7v2/mappings/map_code", said).status_code == 302
    assert admin.post("/hl7v2/mappings/map_code", said | {"standard_code": "emergency"}).status_code == 302
    mapping = CodeMapping.objects.get()
    assert mapping.standard_code == "emergency" and "ZY" in text_of(admin.get("/hl7v2/mappings"))
    assert admin.post("/hl7v2/mappings/map_code", said | {"standard_code": "nonsense"}).status_code == 422
    admin.post(f"/hl7v2/mappings/{mapping.id}/unmap_code")
    assert not CodeMapping.objects.exists()


def test_an_unmapped_code_leads_to_the_form_that_maps_it(admin, at):
    (message,) = received(at, messages.adt("A01", "C-1", kind="Q"))
    page = text_of(admin.get(f"/hl7v2/{message.id}"))
    link = re.search(r'href="(/hl7v2/mappings\?[^"]+)"', page).group(1).replace("&amp;", "&")
    assert "table=patient_class" in link and 'value="Q"' in text_of(admin.get(link))


def test_provisional_senders_are_listed_with_the_way_to_confirm_them(admin, at):
    Receiver(provisional=True).receive("x", [Frame(messages.adt("A01", header={"facility": "XINYY"}).encode())], at=at)
    page = text_of(admin.get("/hl7v2/mappings"))
    assert "XINYY" in page and "/institutions/" in page


def test_raw_bytes_never_change(at, county):
    from django.db import DatabaseError, transaction

    (message,) = received(at, messages.adt("A01"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.filter(id=message.id).update(raw=b"x")
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.filter(id=message.id).delete()


@pytest.mark.parametrize("role", ["township_doctor", "referral_office", "auditor"])
def test_other_roles_have_no_business_here(client, county, at, role):
    (message,) = received(at, messages.adt("A99"))
    client.force_login(staff_of.staff(county.hospital, role))
    assert client.get("/hl7v2/").status_code == 403 and client.get(f"/hl7v2/{message.id}").status_code == 403
    assert client.post(f"/hl7v2/{message.id}/replay").status_code == 403 and client.get("/hl7v2/mappings").status_code == 403
