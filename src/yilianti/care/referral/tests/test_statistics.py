"""How far referrals came, who sends to whom, why, and what leaves; and what of it the public may see."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.care.referral import actions, counting, rules
from yilianti.care.referral.counting import Scope
from yilianti.care.referral.models import Referral
from yilianti.care.referral.pages import flows
from yilianti.care.referral.pages.flows import Link
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_certificates import sent_out
from yilianti.care.referral.tests.test_pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    """In the middle of last month, so that everything that follows has happened."""
    day = timezone.localtime() - timedelta(days=60)
    return day.replace(day=10, hour=9, minute=0)


@pytest.fixture
def month(at: datetime) -> Scope:
    first = at.date().replace(day=1)
    return Scope(first, first)


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    """One answered and home again, one accepted, one declined, one waiting with an override, one outside."""
    made = factories.scene(at)
    origin = factories.discharged(made, at)
    later = at + timedelta(days=5)
    home = actions.offer_home(actor=made.department, number=origin.number, application=factories.home_application(made, origin), client_key=uuid4(), at=later)
    actions.accept(actor=made.township, number=home.number, appointment_at=later + timedelta(days=1), at=later)
    actions.follow_up(actor=made.township, number=home.number, note="平稳", followed_up_at=later + timedelta(days=2), at=later + timedelta(days=2))
    factories.accepted(made, at, diagnosis_code="I63.900", diagnosis_name="脑梗死")
    declined = factories.submitted(made, at, diagnosis_code="I10.x00", diagnosis_name="高血压病")
    actions.decline(actor=made.office, number=declined.number, reason="no_bed", note="", at=at)
    waiting = factories.submitted(made, at, diagnosis_code="E11.900", diagnosis_name="2型糖尿病")
    Referral.objects.filter(pk=waiting.pk).update(overridden=["receiver_lacks"], override_reason="家属要求")
    sent_out(made, at)
    return made


def test_funnel_holds_each_step_in_the_one_before(scene: factories.Scene, month: Scope, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert counting.funnel(scene.office, month) == [4, 2, 1, 1, 1, 1]
    assert counting.funnel(scene.stranger, month) == [0] * 6
    earlier = Scope(date(2020, 1, 1), date(2020, 1, 1))
    assert counting.funnel(scene.office, earlier) == [0] * 6


def test_flows_are_those_one_sees_from_either_end(scene: factories.Scene, month: Scope) -> None:
    seen = {(flow.from_level, flow.to_level, flow.is_outside, flow.is_home): flow.cases for flow in counting.flows(scene.township, month)}
    assert seen == {("township", "county", False, False): 4, ("county", "township", False, True): 1, ("township", "county", True, False): 1}
    assert sum(flow.cases for flow in counting.flows(scene.office, month)) == 5, "the hospital does not see what went past it"
    sent = Scope(month.first, month.last, side="sender")
    assert {flow.is_home for flow in counting.flows(scene.office, sent)} == {True}
    foreign = Scope(month.first, month.last, institution=scene.county.township.id)
    assert counting.flows(scene.office, foreign) == [], "an institution out of reach is nothing, not everything"


def test_reasons_are_told_in_words(scene: factories.Scene, month: Scope) -> None:
    found = counting.reasons(scene.office, month)
    assert [tuple(row) for row in found["declined"]] == [("暂无床位", 1)]
    assert [tuple(row) for row in found["overridden"]] == [("接收方没有登记接诊这个诊断", 1)]
    assert sum(row.cases for row in found["asked"]) == 5


def test_leaks_add_up_by_disease_and_place(scene: factories.Scene, month: Scope) -> None:
    leaks = counting.leaks(scene.township, month)
    assert [(leak.disease, leak.cases) for leak in leaks] == [("I20 不稳定性心绞痛", 1)]
    assert [row.cases for row in counting.together(leaks, "receiver")] == [1]
    many = [counting.Leak(f"D{n}", "甲", "乙", 1) for n in range(counting.MOST + 3)]
    assert tuple(counting.together(many, "disease")[-1]) == ("其余", 3)


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, "<5"), (4, "<5"), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15)])
def test_open_figure_hides_the_few_and_rounds_the_rest(count: int, told: object) -> None:
    assert rules.open_figure(count, least=5, step=5) == told


def test_picture_keeps_every_width() -> None:
    links = [Link("乡", "县", 30, "up"), Link("村", "县", 10, "up"), Link("县", "乡", 20, "down")]
    drawn = flows.picture(links)
    assert drawn and [(node.label, node.count) for node in drawn.sources] == [("乡", 30), ("县", 20), ("村", 10)]
    assert [(node.label, node.count) for node in drawn.targets] == [("县", 40), ("乡", 20)]
    assert sum(band.width for band in drawn.bands) == pytest.approx(260, abs=1)
    assert all(first.y + first.height <= second.y for first, second in zip(drawn.sources, drawn.sources[1:], strict=False)), "none over another"
    assert flows.picture([]) is None
    two = flows.picture([Link("村", "县", 2, "up")])
    assert two and two.height < 60, "two do not fill the page"
    fewer = flows.fewer([Link(f"甲{n}", "乙", n + 1, "up") for n in range(12)], 3, "其他")
    assert sum(link.count for link in fewer) == 78 and {link.source for link in fewer} == {"甲11", "甲10", "甲9", "其他"}


def test_pages_show_print_and_take_out(scene: factories.Scene, month: Scope, django_assert_max_num_queries: Any) -> None:
    client, asked = signed_in(scene.office), {"month": f"{month.first:%Y-%m}"}
    with django_assert_max_num_queries(12):
        page = client.get("/referrals/statistics/", asked).content.decode()
    assert all(word in page for word in ("到哪一步", "暂无床位", "柳河卫生院", "<svg", "县 → 乡：1"))
    assert "苏禾" not in page
    assert "这段时间没有提交的转诊" in client.get("/referrals/statistics/?month=2020-01").content.decode()
    for odd in ("month=x", "months=x&side=x&institution=x", "month=9999-12", "month=0001-01&months=12", "institution=99999999"):
        assert client.get(f"/referrals/statistics/?{odd}").status_code == 200
    book = load_workbook(io.BytesIO(client.get("/referrals/statistics/export.xlsx", asked).getvalue()), read_only=True)
    assert book.sheetnames == ["到哪一步", "流向", "为什么转", "为什么谢绝", "不顾提示仍转", "网外", "说明"]
    assert [row[1] for row in book["到哪一步"].iter_rows(values_only=True, min_row=2)] == [4, 2, 1, 1, 1, 1]
    public = load_workbook(io.BytesIO(client.get("/referrals/statistics/export.xlsx", {**asked, "open": "1"}).getvalue()), read_only=True)
    assert {row[1] for row in public["到哪一步"].iter_rows(values_only=True, min_row=2)} == {"<5"}
    assert "<5" in {row[5] for row in public["流向"].iter_rows(values_only=True)}
