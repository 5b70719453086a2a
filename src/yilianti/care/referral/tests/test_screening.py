"""A screening day: many at once, each with a referral of their own, and nobody stopped by somebody else's fault."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from yilianti.care.referral import actions, queries
from yilianti.care.referral.models import Batch, Referral
from yilianti.care.referral.terms import Screening
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import api as residents

pytestmark = pytest.mark.django_db


def people(scene: factories.Scene, at: datetime, *names: str) -> list[Any]:
    return [residents.register(actor=scene.township, at=at, identifiers=[], demographics=residents.Demographics(
        name=name, sex="1", born_on=None, phone="", address="", home=scene.county.township.id)).resident for name in names]  # fmt: skip


def send(scene: factories.Scene, at: datetime, rows: list[tuple[int, str]], key: Any = None) -> Any:
    shared = factories.application(scene, urgency="elective", service="outpatient", summary="")
    return actions.submit_batch(actor=scene.township, client_key=key or uuid4(), screening=Screening("高血压筛查", at.date()), application=shared,
                                rows=rows, consent_basis="signed", at=at)  # fmt: skip


def test_everybody_has_a_referral_and_faults_stay_with_their_row(at: datetime) -> None:
    scene = factories.scene(at)
    one, two, three = people(scene, at, "甲一", "乙二", "丙三")
    batch, sent = send(scene, at, [(one.pk, "血压 186/112，头晕三天，未服药。"), (two.pk, "短"), (three.pk, "血压 182/100，糖尿病史八年。")])
    assert [bool(row.number) for row in sent] == [True, False, True]
    assert "病情描述" in sent[1].refused
    assert [row.resident_id for row in queries.of_batch(scene.office, batch)] == [one.pk, three.pk]


def test_sent_again_it_sends_only_who_is_missing(at: datetime) -> None:
    scene = factories.scene(at)
    one, two = people(scene, at, "甲一", "乙二")
    key, said = uuid4(), "血压 186/112，头晕三天，未服药。"
    send(scene, at, [(one.pk, said)], key)
    batch, sent = send(scene, at, [(one.pk, said), (two.pk, said)], key)
    assert Batch.objects.count() == 1 and Referral.objects.filter(batch=batch).count() == 2
    assert all(row.number for row in sent)


def test_the_receiver_takes_them_all_some_minutes_apart(at: datetime, django_assert_max_num_queries: Any) -> None:
    scene = factories.scene(at)
    listed = people(scene, at, "甲一", "乙二", "丙三")
    batch, _ = send(scene, at, [(row.pk, "血压 186/112，头晕三天，未服药。") for row in listed])
    first = at + timedelta(days=1)
    with pytest.raises(Refused):
        actions.accept_batch(actor=scene.office, number=batch.number, appointment_at=None, minutes_apart=10, at=at)
    told = actions.accept_batch(actor=scene.office, number=batch.number, appointment_at=first, minutes_apart=10, department=scene.cardiology.id, at=at)
    assert all(row.number for row in told)
    assert list(Referral.objects.order_by("id").values_list("appointment_at", flat=True)) == [first + timedelta(minutes=10 * place) for place in range(3)]
    refused = actions.accept_batch(actor=scene.stranger, number=batch.number, appointment_at=first, minutes_apart=10, at=at)
    assert refused == []
    with django_assert_max_num_queries(1):
        queries.of_batch(scene.office, batch)


def test_batches_are_counted_only_where_they_are_shown(at: datetime, django_assert_num_queries: Any) -> None:
    scene = factories.scene(at)
    said = "血压 186/112，头晕三天，未服药。"
    for names in (("甲一", "乙二"), ("丙三",)):
        send(scene, at, [(row.pk, said) for row in people(scene, at, *names)])
    actions.accept(actor=scene.office, number=Referral.objects.earliest("id").number, appointment_at=at + timedelta(days=1), at=at)
    with django_assert_num_queries(2):
        shown = queries.batches(scene.office)
    assert [(row.size, row.waiting) for row in shown.rows] == [(1, 1), (2, 1)]


def test_a_list_that_is_too_long_is_not_looked_up(django_assert_max_num_queries: Any) -> None:
    at = timezone.now()
    scene = factories.scene(at)
    client = signed_in(scene.township)
    given = {k: v for k, v in factories.application(scene, urgency="elective", service="outpatient").__dict__.items() if v not in (None, (), {})} | {
        "client_key": uuid4(), "consent_basis": "signed", "diagnosis_code_words": "不稳定性心绞痛", "title": "高血压筛查", "held_on": str(at.date()), "act": "send",
    }  # fmt: skip
    with django_assert_max_num_queries(20):
        page = client.post("/referrals/batches/new", given | {"people": "甲一 血压 186/112\n" * 201})
    assert page.status_code == 422 and "一批最多 200 人" in page.content.decode()


def test_pages_recognise_people_and_keep_what_was_typed() -> None:
    at = timezone.now()
    scene = factories.scene(at)
    one, *_ = people(scene, at, "甲一", "丁同名", "丁同名")
    client = signed_in(scene.township)
    given = {k: v for k, v in factories.application(scene, urgency="elective", service="outpatient").__dict__.items() if v not in (None, ())} | {
        "client_key": uuid4(), "consent_basis": "signed", "diagnosis_code_words": "不稳定性心绞痛", "title": "高血压筛查", "held_on": str(at.date()), "act": "send",
    }  # fmt: skip
    typed = f"{one.number} 血压 186/112，头晕三天，未服药\n无此人 血压高\n丁同名 血压高得很\n甲一\n甲一 头晕\n11010119900307123X 血压高得很"
    page = client.post("/referrals/batches/new", given | {"people": typed}).content.decode()
    for said in ("没有找到“无此人”", "有 2 位“丁同名”", "请在“甲一”后面写筛查发现", "“头晕”太短", "身份证号“11010119900307123X”校验位不符", "有 5 行要改"):
        assert said in page
    twice = client.post("/referrals/batches/new", given | {"people": f"{one.number} 血压 186/112，头晕\n甲一 血压 190/112，头晕"}).content.decode()
    assert "与第 1 行是同一位居民" in twice
    assert not Referral.objects.exists()
    answer = client.post("/referrals/batches/new", given | {"people": typed.splitlines()[0]})
    batch = Batch.objects.get()
    assert answer.status_code == 302 and answer.url == f"/referrals/batches/{batch.number}/"
    assert "高血压筛查" in client.get("/referrals/batches/").content.decode()
    office = signed_in(scene.office)
    assert "全部接收" in office.get(answer.url).content.decode()
    later = f"{timezone.localtime(at) + timedelta(days=1):%Y-%m-%dT%H:%M}"
    assert office.post(f"{answer.url}accept", {"appointment_at": later, "minutes_apart": 10}).status_code == 302
    assert Referral.objects.get().state == "accepted"
    assert signed_in(scene.stranger).get(answer.url).status_code == 404


def test_what_a_batch_lacks_is_told_at_once() -> None:
    scene = factories.scene(timezone.now())
    answer = signed_in(scene.township).post("/referrals/batches/new", {"client_key": uuid4(), "urgency": "elective", "service": "outpatient", "act": "check"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"to_institution", "reason", "diagnosis_code", "title", "held_on", "people"}
