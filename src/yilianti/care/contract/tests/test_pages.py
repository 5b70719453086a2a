"""The pages of contracts through the real login, forms and addresses."""

from __future__ import annotations

import base64
import io
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.care.contract import actions
from yilianti.care.contract.models import Contract, Tagging, Team
from yilianti.care.contract.tests import factories
from yilianti.care.contract.tests.factories import signed_in
from yilianti.registry.access.models import AccessLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at - timedelta(days=1))


def proposal(scene: factories.Scene, **changes: Any) -> dict[str, Any]:
    return {"resident": scene.resident.number, "client_key": uuid4(), "packages": ["basic", "elderly"], "team": scene.team.id, "months": "12"} | changes


def drawn() -> str:
    return "data:image/png;base64," + base64.b64encode(factories.picture()).decode()


def test_from_the_resident_to_the_signature(scene: factories.Scene) -> None:
    client = signed_in(scene.village)
    assert "还没有签约居民" in client.get("/contracts/").content.decode()
    page = client.get(f"/contracts/new?resident={scene.resident.number}").content.decode()
    assert "适合：65 岁及以上老年人（" in page and "柳河一队（0/2000）" in page and "高血压患者服务包" not in page
    sent = client.post("/contracts/new", proposal(scene))
    made = Contract.objects.get()
    assert sent.status_code == 302 and sent["Location"] == f"/contracts/{made.number}/confirm"
    asked = client.get(sent["Location"]).content.decode()
    assert "data-pad" in asked and "139****1234" in asked and "居民可以随时提出更换团队" in asked
    assert client.post(sent["Location"], {"way": "signature", "signer": "self", "picture": "", "agreed": "on"}).status_code == 422
    assert client.post(sent["Location"], {"way": "signature", "signer": "self", "picture": drawn()}).status_code == 422
    assert client.post(sent["Location"], {"way": "signature", "signer": "self", "picture": drawn(), "agreed": "on"}).status_code == 302
    page = client.get(f"/contracts/{made.number}/").content.decode()
    assert "屏幕签名" in page and "建立或更新健康档案" in page and 'data-dialog="fulfil"' in page and 'data-dialog="refuse"' not in page
    assert client.get(f"/contracts/{made.number}/picture").content.startswith(b"\x89PNG")
    assert client.get(f"/contracts/{made.number}/paper").status_code == 404
    assert client.get(f"/contracts/{made.number}/print").content.startswith(b"%PDF")
    assert AccessLog.objects.filter(resident=scene.resident.id).exists()


def test_who_has_a_contract_is_told_before_the_form_is_filled(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at)
    client = signed_in(scene.village)
    page = client.get(f"/contracts/new?resident={scene.resident.number}").content.decode()
    assert f"/contracts/{made.number}/" in page and "打开它办改签" in page
    again = client.post("/contracts/new", proposal(scene))
    assert again.status_code == 422 and "同一时期只能签一个团队" in again.content.decode()


def test_a_code_by_telephone(scene: factories.Scene, at: datetime) -> None:
    made = factories.proposed(scene, at)
    client = signed_in(scene.village)
    assert client.post(f"/contracts/{made.number}/send_code").status_code == 302
    sent = made.codes.get()
    page = client.get(f"/contracts/{made.number}/confirm?way=code").content.decode()
    assert sent.code not in page and "重新发送" in page
    wrong = client.post(f"/contracts/{made.number}/confirm", {"way": "code", "signer": "self", "code": "abc", "agreed": "on"})
    assert wrong.status_code == 422 and "还可以再试 4 次" in wrong.content.decode()
    sent.refresh_from_db()
    assert sent.tries == 1
    assert client.post(f"/contracts/{made.number}/confirm", {"way": "code", "signer": "self", "code": sent.code, "agreed": "on"}).status_code == 302


def test_paper_signed_by_a_guardian(scene: factories.Scene, at: datetime) -> None:
    made = factories.proposed(scene, at)
    client = signed_in(scene.village)
    given = {"way": "paper", "signer": "guardian", "signer_name": "苏小满", "relation": "女儿", "agreed": "on", "file": SimpleUploadedFile("协议.pdf", b"%PDF-1.4 x")}
    assert client.post(f"/contracts/{made.number}/confirm", given).status_code == 302
    page = client.get(f"/contracts/{made.number}/").content.decode()
    assert "苏小满（女儿）" in page and client.get(f"/contracts/{made.number}/paper").content == b"%PDF-1.4 x"


def test_fulfilled_seen_on_a_past_day_and_reversed(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at - timedelta(days=20))
    record = made.obligations.get(item="record")
    client = signed_in(scene.village)
    done = timezone.localdate(at) - timedelta(days=15)
    assert "已过期" in client.get(f"/contracts/{made.number}/").content.decode()
    assert client.post(f"/contracts/{made.number}/fulfil", {"obligation": record.pk, "done_on": done.isoformat(), "evidence": "已建档"}).status_code == 302
    page = client.get(f"/contracts/{made.number}/").content.decode()
    assert "已建档" in page and "100%" in page
    past = client.get(f"/contracts/{made.number}/?on={timezone.localdate(at) - timedelta(days=2)}").content.decode()
    assert "后来补登" in past and "已建档" not in past and "0%" in past and 'data-fill="obligation' not in past
    ended = factories.signed(scene, at - timedelta(days=20), factories.person(scene, at, name="田半夏"))
    actions.end(actor=scene.village, number=ended.number, reason="declined", stopped_on=timezone.localdate(at), note="书面", at=at)
    before = client.get(f"/contracts/{ended.number}/?on={timezone.localdate(at) - timedelta(days=2)}").content.decode()
    assert 'pill-ok">已签约' in before and 'pill-bad">已解约' in client.get(f"/contracts/{ended.number}/?on=not-a-day").content.decode()
    assert f'value="{ended.begins_on}"' in client.get(f"/contracts/{ended.number}/?on=2020-01-01").content.decode()
    line = record.lines.get()
    assert client.post(f"/contracts/{made.number}/correct", {"line": line.pk, "because": "记错人"}).status_code == 302
    assert client.post(f"/contracts/{made.number}/correct", {"line": line.pk, "because": "记错人"}).status_code == 409


def test_refused_ended_paid_back_and_asked(scene: factories.Scene, at: datetime) -> None:
    waiting = factories.proposed(scene, at)
    village, township = signed_in(scene.village), signed_in(scene.township)
    assert village.post(f"/contracts/{waiting.number}/refuse", {"because": ""}).status_code == 422
    assert village.post(f"/contracts/{waiting.number}/refuse", {"because": "再想想"}).status_code == 302
    made = factories.signed(scene, at, packages=("basic", "rehab"))
    assert village.post(f"/contracts/{made.number}/rate", {"score": "content", "text": "很好"}).status_code == 302
    assert village.post(f"/contracts/{made.number}/end", {"reason": "declined", "stopped_on": timezone.localdate(at).isoformat(), "note": "本人书面要求"}).status_code == 302
    page = township.get(f"/contracts/{made.number}/").content.decode()
    assert "本人拒绝" in page and "180.00" in page and 'data-dialog="refund"' in page and "很好" in page
    assert 'data-dialog="refund"' not in village.get(f"/contracts/{made.number}/").content.decode()
    assert village.post(f"/contracts/{made.number}/refund", {"voucher": "T1"}).status_code == 403
    assert township.post(f"/contracts/{made.number}/refund", {"voucher": "T1"}).status_code == 302
    assert "凭证 T1" in township.get(f"/contracts/{made.number}/").content.decode()


def test_changed_by_the_pages(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at)
    client = signed_in(scene.village)
    page = client.get(f"/contracts/{made.number}/change").content.decode()
    assert "原签约同日停止" in page and 'value="elderly" checked' in page
    assert client.get(f"/contracts/{made.number}/renew").status_code == 200
    early = client.post(f"/contracts/{made.number}/renew", proposal(scene))
    assert early.status_code == 422 and "才期满" in early.content.decode()
    assert client.post(f"/contracts/{made.number}/change", proposal(scene, packages=["basic"])).status_code == 302
    assert Contract.objects.get(former=made).kind == "change"


def test_a_group_noted_by_hand_brings_its_package(scene: factories.Scene, at: datetime) -> None:
    client = signed_in(scene.village)
    given = {"tag": "hypertension", "from_on": timezone.localdate(at).isoformat()}
    assert client.post(f"/contracts/tags/{scene.resident.number}/tag", given).status_code == 422
    assert client.post(f"/contracts/tags/{scene.resident.number}/tag", given | {"evidence": "2024 年出院诊断"}).status_code == 302
    page = client.get(f"/contracts/new?resident={scene.resident.number}").content.decode()
    assert "高血压患者服务包" in page and "2024 年出院诊断" in page
    assert client.post(f"/contracts/tags/{scene.resident.number}/untag", {"tag": "hypertension", "until_on": timezone.localdate(at).isoformat()}).status_code == 302
    assert Tagging.objects.get().until_on is not None


def test_the_list_is_found_in_and_taken_out(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at)
    client = signed_in(scene.village)
    for narrowed, there in (("state=signed", True), ("state=ended", False), ("tag=elderly", True), ("tag=child", False), ("text=苏庚", True), ("text=sgn", True), (f"text={made.number[-6:]}", True), ("text=没有", False),
                            (f"text={scene.resident.number}", True), (f"team={scene.team.id}", True), ("team=999999", False), ("ending=1", False), ("state=nonsense&team=x&before=y", True)):  # fmt: skip
        assert (f'href="/contracts/{made.number}/"' in client.get(f"/contracts/?{narrowed}").content.decode()) is there, narrowed
    book = load_workbook(io.BytesIO(b"".join(client.get("/contracts/export.xlsx?state=signed"))))
    assert [cell.value for cell in book.active[2]][:5] == [made.number, "已签约", "新签", scene.resident.number, "柳河一队"]
    assert "苏庚年" not in str([cell.value for cell in book.active[2]])


def test_a_list_of_many_asks_as_little_as_a_list_of_one(scene: factories.Scene, at: datetime, django_assert_max_num_queries: Any) -> None:
    factories.signed(scene, at)
    client = signed_in(scene.village)
    client.get("/contracts/")
    for number in range(35):
        factories.signed(scene, at, factories.person(scene, at, name=f"田{'一二三四五六七八九十'[number % 10]}{number}", phone=""))
    with django_assert_max_num_queries(16):
        page = client.get("/contracts/").content.decode()
    assert page.count("cell-title") == 30 and "before=" in page and "该做 3 项" in page


def test_teams_are_founded_and_changed(scene: factories.Scene) -> None:
    client = signed_in(scene.township)
    given = {"institution": scene.county.township.id, "name": "柳河二队", "phone": "0000-1", "limit": "300", f"post-{scene.township.person}": "leader", f"post-{scene.village.person}": "nurse"}
    assert client.post("/contracts/teams/new", given | {f"post-{scene.village.person}": "leader"}).status_code == 422
    sent = client.post("/contracts/teams/new", given)
    team = Team.objects.get(name="柳河二队")
    assert sent["Location"] == f"/contracts/teams/{team.number}/"
    page = client.get(f"/contracts/teams/{team.number}/").content.decode()
    assert "上限 300 人" in page and "护士" in page
    assert client.post(f"/contracts/teams/{team.number}/change", given | {"limit": "9999"}).status_code == 422
    assert client.post(f"/contracts/teams/{team.number}/change", given | {"name": "柳河康复队", "limit": ""}).status_code == 302
    assert "0 / 2000" in client.get("/contracts/teams/").content.decode()
    village = signed_in(scene.village)
    assert village.get("/contracts/teams/new").status_code == 403 and "柳河一队" in village.get("/contracts/teams/").content.decode()


def test_coverage_today_and_before(scene: factories.Scene, at: datetime) -> None:
    factories.signed(scene, at)
    client = signed_in(scene.township)
    page = client.get("/contracts/coverage/").content.decode()
    assert "100.0%" in page
    before = client.get(f"/contracts/coverage/?on={timezone.localdate(at) - timedelta(days=1)}").content.decode()
    assert "0.0%" in before and "100.0%" not in before
    assert "这一天这里还没有居民" in client.get("/contracts/coverage/?on=2020-01-01").content.decode()
    assert "100.0%" in signed_in(scene.manager).get(f"/contracts/coverage/?institution={scene.county.clinic.id}").content.decode()


def test_who_is_elsewhere_finds_nothing_and_the_manager_only_reads(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at)
    other, manager = signed_in(scene.stranger), signed_in(scene.manager)
    for address in ("", "print", "picture", "change"):
        assert other.get(f"/contracts/{made.number}/{address}").status_code == 404
    assert other.get(f"/contracts/new?resident={scene.resident.number}").status_code == 404
    assert manager.get(f"/contracts/{made.number}/").status_code == 200
    assert manager.post(f"/contracts/{made.number}/end", {}).status_code == 403
    assert made.number in manager.get("/contracts/").content.decode()
    assert actions.expire_due(at=at) == 0
