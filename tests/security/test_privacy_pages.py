"""The pages: the way into a record in an emergency, the review with what was looked at, the resident's own list of looks."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.security.scene import Scene, scene
from yilianti.record.results.tests import factories as labs
from yilianti.registry.access.models import AccessLog
from yilianti.registry.privacy import actions
from yilianti.registry.privacy.models import EmergencyAccess
from yilianti.registry.residents.tests.factories import resident

pytestmark = pytest.mark.django_db
WORDS = "昏迷送来，急需既往用药史"


@pytest.fixture
def here() -> Scene:
    return scene(timezone.now())


def signed_in(here: Scene, place: object, role: str) -> Client:
    client = Client()
    client.force_login(here.account(place, role))  # type: ignore[arg-type]
    return client


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def test_from_the_reason_page_to_the_open_record_and_out_again(here: Scene) -> None:
    labs.filed(here.who, here.county.township, here.at, name="血常规")
    ward = signed_in(here, here.county.hospital, "county_department")
    record = f"/record/{here.who.number}/"
    first = text(ward.get(record))
    assert "先说明查看理由" in first and "紧急调阅" in first and "血常规" not in first
    asked = ward.get(f"/privacy/emergency/open/{here.who.number}/")
    assert "苏映荷" not in text(asked), "nothing of the resident before the reason"
    assert ward.post(f"/privacy/emergency/open/{here.who.number}/", {"reason": "rescue", "words": "急"}).status_code == 422
    assert ward.post(f"/privacy/emergency/open/{here.who.number}/", {"reason": "rescue", "words": WORDS})["Location"] == record
    shown = text(ward.get(record))
    assert "紧急调阅中" in shown and "血常规" in shown
    assert AccessLog.objects.filter(resident=here.who.id, purpose="紧急调阅").exists()
    number = EmergencyAccess.objects.get().number
    ward.post(f"/privacy/emergency/{number}/end_emergency")
    assert "先说明查看理由" in text(ward.get(record))


def test_the_reviewer_sees_what_was_looked_at_but_no_record(here: Scene) -> None:
    labs.filed(here.who, here.county.township, here.at, name="血常规")
    account = here.account(here.county.hospital, "county_department")
    glass = actions.open_emergency(actor=here.actor(account), resident_id=here.who.id, reason="rescue", words=WORDS, at=here.at)
    ward = Client()
    ward.force_login(account)
    ward.get(f"/record/{here.who.number}/")
    actions.end_emergency(actor=here.actor(account), number=glass.number, at=timezone.now())
    auditor = signed_in(here, here.county.hospital, "auditor")
    listed, shown = text(auditor.get("/privacy/emergency/")), text(auditor.get(f"/privacy/emergency/{glass.number}/"))
    assert glass.number in listed and WORDS in shown
    assert "苏映荷" not in shown and here.who.number in shown
    fragment = "/access/log/between" + shown.split('hx-get="/access/log/between')[1].split('"')[0].replace("&amp;", "&")
    assert f"/record/{here.who.number}/" in text(auditor.get(fragment))
    assert auditor.post(f"/privacy/emergency/{glass.number}/justify", {"words": "有抢救记录"}).status_code == 302
    assert "复核合理" in text(auditor.get("/privacy/emergency/"))


def test_the_resident_reads_who_looked_emergencies_first(here: Scene) -> None:
    account = here.account(here.county.hospital, "county_department")
    actions.open_emergency(actor=here.actor(account), resident_id=here.who.id, reason="rescue", words=WORDS, at=here.at)
    ward = Client()
    ward.force_login(account)
    ward.get(f"/record/{here.who.number}/")
    doctor = signed_in(here, here.county.township, "township_doctor")
    page = text(doctor.get(f"/access/of/{here.who.number}/"))
    assert page.index(WORDS) < page.index("每一次查看") and "云溪县医院" in page and "待复核" in page
    stranger = signed_in(here, here.county.other_township, "township_doctor")
    assert stranger.get(f"/access/of/{here.who.number}/").status_code == 403


def test_lists_ask_the_same_number_of_questions_however_long(here: Scene) -> None:
    auditor, counted = signed_in(here, here.county.hospital, "auditor"), []
    doctor = here.account(here.county.township, "township_doctor")
    for _ in range(2):
        for _ in range(5):
            who = resident(home=here.county.township)
            glass = actions.open_emergency(actor=here.actor(doctor), resident_id=who.id, reason="rescue", words=WORDS, at=here.at)
            actions.end_emergency(actor=here.actor(doctor), number=glass.number, at=here.at)
        auditor.get("/privacy/emergency/")
        with CaptureQueriesContext(connection, ) as asked:
            auditor.get("/privacy/emergency/")
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 8


def test_a_request_walks_through_the_pages(here: Scene) -> None:
    doctor = signed_in(here, here.county.township, "township_doctor")
    wordless = doctor.post(f"/privacy/requests/of/{here.who.number}/", {"kind": "correct", "asker": "resident", "identity_seen": "居民身份证原件", "words": " "})
    assert wordless.status_code == 422 and "请写明要更正" in wordless.content.decode()
    made = doctor.post(f"/privacy/requests/of/{here.who.number}/", {"kind": "copy", "asker": "resident", "identity_seen": "居民身份证原件", "words": "要一份"})
    assert made.status_code == 302
    url = made["Location"]
    assert "要一份" in text(doctor.get(url))
    assert doctor.post(f"{url}grant_request", {"grounds": ""}).status_code == 302
    assert "生成档案副本" in text(doctor.get(url))
    assert doctor.post(f"{url}answer_request", {"answer": ""}).status_code == 422
    assert doctor.post(f"{url}answer_request", {"answer": "当面交付"}).status_code == 302
    assert "已答复" in text(doctor.get("/privacy/requests/"))
    assert "个人信息怎样使用" in text(doctor.get("/privacy/purposes/"))
