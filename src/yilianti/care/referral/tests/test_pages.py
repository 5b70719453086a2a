"""The pages of referral through the real login, forms and addresses."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import segno
from django.test import Client
from django.utils import timezone

from yilianti.care.referral import actions
from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.models import AccessLog, Account
from yilianti.registry.access.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene(timezone.now())


def signed_in(actor: Any) -> Client:
    client = Client()
    username = Account.objects.get(pk=actor.account).username
    assert client.post("/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def form(scene: factories.Scene, **changes: Any) -> dict[str, Any]:
    given = factories.application(scene).__dict__ | {"resident": scene.resident.number, "client_key": uuid4(), "consent_basis": "signed",
                                                     "diagnosis_code_words": "不稳定性心绞痛", "to_department": "", "act": "submit"}  # fmt: skip
    return {k: v for k, v in (given | changes).items() if v is not None}


def test_submit_leads_to_the_referral(scene: factories.Scene) -> None:
    client = signed_in(scene.township)
    assert client.get("/referrals/new").url == "/residents/?then=referral", "without a resident the way leads to finding one"
    assert client.get(f"/referrals/new?resident={scene.resident.number}").status_code == 200
    sent = client.post("/referrals/new", form(scene))
    made = Referral.objects.get()
    assert sent.status_code == 302 and sent.url == f"/referrals/{made.number}/"
    page = client.get(sent.url)
    assert page.status_code == 200
    assert "不稳定性心绞痛" in page.content.decode()


def test_sending_asks_only_what_it_needs(scene: factories.Scene, django_assert_max_num_queries: Any) -> None:
    """The choices of the form, the record and where this doctor usually sends were asked when it was shown."""
    client = signed_in(scene.township)
    lists = {f"{name}-{count}": number for name in ("medicines", "allergies") for count, number in (("TOTAL_FORMS", 1), ("INITIAL_FORMS", 0))}
    with django_assert_max_num_queries(23):
        assert client.post("/referrals/new", form(scene, **lists)).status_code == 302


def test_submit_with_gaps_keeps_what_was_written(scene: factories.Scene) -> None:
    client = signed_in(scene.township)
    again = client.post("/referrals/new", form(scene, diagnosis_code="", diagnosis_code_words="", consent_basis=""))
    assert again.status_code == 422
    text = again.content.decode()
    assert "请从诊断表中选择转诊诊断" in text
    assert "胸闷三天" in text
    assert not Referral.objects.exists()


def test_draft_needs_no_more_than_a_receiver(scene: factories.Scene) -> None:
    client = signed_in(scene.township)
    bare = {"resident": scene.resident.number, "client_key": uuid4(), "to_institution": scene.county.hospital.id, "act": "draft"}
    assert client.post("/referrals/new", bare).status_code == 302
    made = Referral.objects.get()
    assert made.state == "draft"
    assert client.get(f"/referrals/{made.number}/edit").status_code == 200
    assert client.post(f"/referrals/{made.number}/edit", form(scene, client_key=made.client_key)).status_code == 302
    made.refresh_from_db()
    assert made.state == "submitted"


def test_accept_in_place_and_lose_in_place(scene: factories.Scene) -> None:
    made = factories.submitted(scene, timezone.now())
    client = signed_in(scene.office)
    assert client.get(f"/referrals/{made.number}/").status_code == 200
    given = {"appointment_at": f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}", "department": scene.cardiology.id}
    done = client.post(f"/referrals/{made.number}/accept", given, headers={"HX-Request": "true"})
    assert done.status_code == 200
    assert 'id="referral"' in done.content.decode() and "已接收" in done.content.decode()
    lost = client.post(f"/referrals/{made.number}/decline", {"reason": "no_bed"}, headers={"HX-Request": "true"})
    assert lost.status_code == 409
    assert "data-refusal" in lost.content.decode() and scene.office.name in lost.content.decode()


def test_accept_without_date_names_the_field(scene: factories.Scene) -> None:
    made = factories.submitted(scene, timezone.now())
    refused = signed_in(scene.office).post(f"/referrals/{made.number}/accept", {}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "请填写预约到院的日期和时间" in refused.content.decode()


def test_stranger_finds_nothing(scene: factories.Scene) -> None:
    made = factories.submitted(scene, timezone.now())
    client = signed_in(scene.stranger)
    for address in ("", "print", "edit"):
        assert client.get(f"/referrals/{made.number}/{address}").status_code in (403, 404)
    assert client.post(f"/referrals/{made.number}/accept", {}).status_code == 404
    assert made.number not in client.get("/referrals/").content.decode()


def test_worklist_print_and_export(scene: factories.Scene) -> None:
    made = factories.submitted(scene, timezone.now())
    client = signed_in(scene.office)
    assert made.number in client.get("/referrals/?box=to_answer&text=心绞痛").content.decode()
    assert "这里没有转诊单" in client.get("/referrals/?text=没有此病").content.decode()
    paper = client.get(f"/referrals/{made.number}/print").content.decode()
    assert "转出医生签名" in paper
    assert segno.make(f"http://testserver/referrals/{made.number}/", error="m").svg_inline(border=2, scale=2, omitsize=True).split(' d="')[1][:200] in paper
    lines = client.get("/referrals/export.csv?box=to_answer").getvalue().decode()
    assert made.number in lines and "苏禾" not in lines
    assert AccessLog.objects.get(purpose="导出转诊清单").resident == scene.resident.id


def test_diagnoses_by_initials(scene: factories.Scene) -> None:
    found = signed_in(scene.township).get("/referrals/diagnoses?diagnosis_code_words=gxy").content.decode()
    assert "高血压" in found


def test_desk_shows_the_work(scene: factories.Scene) -> None:
    factories.submitted(scene, timezone.now())
    desk = signed_in(scene.office).get("/").content.decode()
    assert "转诊办公室工作台" in desk and "待答复" in desk


@pytest.mark.parametrize("length", [1, 15])
def test_list_page_costs_the_same_whatever_its_length(scene: factories.Scene, length: int, django_assert_max_num_queries: Any) -> None:
    for index in range(length):
        factories.submitted(scene, timezone.now(), diagnosis_code=f"X{index:02d}")
    client = signed_in(scene.office)
    client.get("/referrals/")
    with django_assert_max_num_queries(6):
        assert client.get("/referrals/").status_code == 200


OPENSSL = shutil.which("openssl")


def test_certify_hands_out_a_document_that_openssl_verifies(scene: factories.Scene, tmp_path) -> None:
    at = timezone.now()
    medicine = {"source": "", "name": "阿司匹林", "was": "", "how": "100mg qd", "decision": "added", "note": ""}
    referral = factories.submitted(scene, at, medicines=(medicine,), channel="chest_pain")
    actions.say(actor=scene.office, number=referral.number, text="是否溶栓？", at=at)
    actions.note_milestone(actor=scene.township, number=referral.number, milestone="onset", took_place_at=at - timedelta(hours=1), at=at)
    client, url = signed_in(scene.office), f"/referrals/{referral.number}/certify"
    assert "签名件" not in client.get(f"/referrals/{referral.number}/").content.decode()
    assert "还没有答复" in client.post(url).content.decode()
    accepted(scene, referral.number, at)
    assert "签名件" in client.get(f"/referrals/{referral.number}/").content.decode()
    given = client.post(url)
    assert given["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(given.content)) as packed:
        packed.extractall(tmp_path)
    document = json.loads((tmp_path / f"{referral.number}.json").read_text())
    assert document["decided_by"] == scene.office.name and document["state"] == {"code": "accepted", "name": "已接收"}
    assert [step["word"] for step in document["history"] if "said" not in step["word"] and "milestone" not in step["word"]] == ["referral.submitted", "referral.accepted"]
    assert set(Referral.Privacy.personal) <= set(document), "what either end said is signed"
    assert (document["medicines"], document["messages"][0]["text"], document["milestones"][0]["milestone"]) == ([medicine], "是否溶栓？", "onset")
    entry = JournalEntry.objects.get(word="referral.certified")
    assert entry.facts["sm3"] in (tmp_path / "README.txt").read_text()
    assert AccessLog.objects.filter(resident=referral.resident_id, purpose__contains="签名件").exists()
    if OPENSSL is None:
        pytest.skip("no openssl binary on this machine: the signature was made, not verified")
    line = next(line for line in (tmp_path / "README.txt").read_text().splitlines() if "openssl pkeyutl" in line).split()
    assert subprocess.run(line, cwd=tmp_path, capture_output=True).returncode == 0
    body = (tmp_path / f"{referral.number}.json").read_bytes()
    (tmp_path / f"{referral.number}.json").write_bytes(body.replace("已接收".encode(), "已谢绝".encode()))
    assert subprocess.run(line, cwd=tmp_path, capture_output=True).returncode != 0


def test_certify_is_for_both_ends_only(scene: factories.Scene) -> None:
    at = timezone.now()
    referral = factories.submitted(scene, at)
    accepted(scene, referral.number, at)
    assert signed_in(scene.township).post(f"/referrals/{referral.number}/certify").status_code == 200
    with pytest.raises(Refused, match="转诊双方"):
        actions.certify(actor=replace(scene.office, reach={**scene.office.reach, "referral.certify": frozenset()}), number=referral.number, at=at)


def accepted(scene: factories.Scene, number: str, at: Any) -> None:
    actions.accept(actor=scene.office, number=number, appointment_at=at + timedelta(hours=2), at=at)


def test_an_arrival_is_not_called_unrelated_by_an_empty_answer(scene: factories.Scene) -> None:
    now = timezone.now()
    factories.accepted(scene, now)
    factories.accepted(scene, now, diagnosis_code="I10.x00", diagnosis_name="特发性高血压")
    system = Actor.system(institution=scene.county.hospital.id, consortium="yunxi", region="530921")
    actions.recognise_arrival(actor=system, encounter="JZ2", resident=scene.resident.id, institution=scene.county.hospital.id, opened_at=now, at=now)
    office = signed_in(scene.office)
    empty = office.post("/referrals/arrivals/JZ2/answer", {})
    assert empty.status_code == 422 and "都不是" in empty.content.decode()
    assert office.post("/referrals/arrivals/JZ2/answer", {"chosen": "none"}).status_code == 302


def test_arrivals_cost_the_same_whatever_their_number(scene: factories.Scene, django_assert_max_num_queries: Any) -> None:
    now = timezone.now()
    factories.accepted(scene, now)
    factories.accepted(scene, now, diagnosis_code="I10.x00", diagnosis_name="特发性高血压")
    system = Actor.system(institution=scene.county.hospital.id, consortium="yunxi", region="530921")
    for encounter in ("JZ2", "JZ3", "JZ4", "JZ5", "JZ6"):
        actions.recognise_arrival(actor=system, encounter=encounter, resident=scene.resident.id, institution=scene.county.hospital.id, opened_at=now, at=now)
    office = signed_in(scene.office)
    with django_assert_max_num_queries(8):
        page = office.get("/referrals/arrivals/").content.decode()
    assert page.count("不稳定性心绞痛") == page.count("特发性高血压") == 5


def test_what_the_office_tells_the_department_is_read_there(scene: factories.Scene) -> None:
    made = factories.submitted(scene, timezone.now())
    actions.assign(actor=scene.office, number=made.number, department=scene.cardiology.id, note="请先看心电图", at=timezone.now())
    assert "请先看心电图" in signed_in(scene.department).get(f"/referrals/{made.number}/").content.decode()


def test_a_mistyped_year_is_no_appointment_and_pages_stay_out_of_the_browsers_store(scene: factories.Scene) -> None:
    number = factories.submitted(scene, timezone.now()).number
    office = signed_in(scene.office)
    answer = office.post(f"/referrals/{number}/accept", {"appointment_at": "2099-01-01T09:00"})
    assert answer.status_code == 422 and "请核对年份" in answer.content.decode()
    assert "no-store" in office.get(f"/referrals/{number}/").headers["Cache-Control"]
