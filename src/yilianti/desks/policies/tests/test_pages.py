"""The page 现行政策: what a manager sees, on which day, and what can be taken away."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory

from yilianti import policybook
from yilianti.desks.policies import views
from yilianti.kernel.actor import Actor

pytestmark = pytest.mark.django_db
Get = Callable[..., HttpResponse]


@pytest.fixture
def get(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> Get:
    monkeypatch.setattr(policybook, "_shelf", None)
    policybook.open_at(None)

    def ask(view: Get, query: str = "", **kwargs: str) -> HttpResponse:
        request = rf.get("/policies/" + query)
        request.actor = Actor(
            name="管理者", consortium="yunxi", region="349901", reach={"policies.view": frozenset({1})}
        )  # type: ignore[attr-defined]
        return view(request, **kwargs)

    return ask


def text(response: HttpResponse) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_list_groups_values_sources_and_status(get: Get) -> None:
    page = text(get(views.in_force, "?day=2026-11-22"))
    assert "登录与权限" in page and "诊疗协同" in page and "目录" in page
    assert "择期 480 分钟" in page and "医共体（yunxi）" in page
    assert "本地参数" in page and "有公开依据" in page
    assert "国家基本公共卫生服务规范（第三版）" in page


def test_list_as_of_an_earlier_day_shows_what_held_then(get: Get) -> None:
    page = text(get(views.in_force, "?day=2024-06-01&q=答复时限"))
    assert "择期 1440 分钟" in page and "医共体（yunxi）" not in page
    before = text(get(views.in_force, "?day=2018-01-01"))
    assert "当日无" in before and "2018-01-01 没有生效的版本" in before


def test_list_is_filtered_by_words_and_by_status(get: Get) -> None:
    assert "登录与会话限度" not in text(get(views.in_force, "?q=答复时限"))
    only = text(get(views.in_force, "?status=public_source"))
    assert "转诊后随访期限（高血压、2型糖尿病）" in only and "岗位权限表" not in only
    assert "没有符合条件的政策" in text(get(views.in_force, "?q=绝无此项"))


def test_list_with_a_wrong_day_says_so_and_shows_today(get: Get) -> None:
    assert "日期不认识" in text(get(views.in_force, "?day=foo"))


def test_policy_shows_what_it_overrides_and_every_edition(get: Get) -> None:
    page = text(get(views.policy, "?day=2026-11-22", code="clinical.referral.answer_limit"))
    assert "覆盖了全国的规定" in page and "被更近一级覆盖" in page
    assert "clinical.referral.answer_limit@2026-01-01#local/yunxi" in page
    assert "全部版本" in page


def test_roles_are_a_matrix(get: Get) -> None:
    page = text(get(views.policy, "?day=2026-11-22", code="access.roles"))
    assert "谁能做什么" in page and "村医" in page and "接收转诊" in page and "全医共体" in page


def test_catalogue_rows_are_searched(get: Get) -> None:
    page = text(get(views.policy, "?day=2026-11-22&q=慢阻肺", code="catalogues.diagnoses"))
    assert "J44.900" in page and "A00.900" not in page


def test_unknown_policy_is_not_found(get: Get) -> None:
    with pytest.raises(Http404):
        get(views.policy, code="no.such")
    with pytest.raises(Http404):
        get(views.export_table, code="access.session")


def test_a_cited_reference_leads_to_its_edition(get: Get) -> None:
    response = get(views.by_ref, "?ref=clinical.referral.answer_limit%402020-01-01%23national")
    assert (
        response.status_code == 302
        and response["Location"] == "/policies/clinical.referral.answer_limit/?day=2020-01-01"
    )
    with pytest.raises(Http404):
        get(views.by_ref, "?ref=x")


def test_exports_are_csv_a_spreadsheet_opens(get: Get) -> None:
    response = get(views.export, "?day=2026-11-22")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][0] == "代码" and any(row[0] == "access.session" for row in rows)
    table = get(views.export_table, "?day=2026-11-22", code="access.roles").content.decode("utf-8-sig")
    assert table.startswith("permission,name,village_doctor")


def test_trouble_is_shown(get: Get) -> None:
    shown = render_to_string(
        "policies/_trouble.html", {"trouble": policybook.PolicyError(Path("x.toml"), "low", "值不对。")}
    )
    assert "x.toml" in shown and "没有采用" in shown


def test_views_ask_for_the_permission(rf: RequestFactory) -> None:
    for view in (views.in_force, views.policy, views.by_ref, views.export, views.export_table):
        assert view.permission == "policies.view" and view.methods == ("GET",)  # type: ignore[attr-defined]
