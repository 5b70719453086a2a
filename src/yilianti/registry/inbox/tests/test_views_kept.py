"""Narrowed lists that people keep."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access import api as access
from yilianti.registry.access.tests import factories
from yilianti.registry.inbox import actions
from yilianti.registry.inbox import api as inbox
from yilianti.registry.inbox.actions.keeping import MOST
from yilianti.registry.inbox.models import SavedView
from yilianti.registry.inbox.tests.factories import OFFICE

pytestmark = [pytest.mark.django_db, pytest.mark.urls("yilianti.registry.access.tests.urls")]
LIST = "/referrals/"


@pytest.fixture
def office(county: Any) -> Any:
    return access.actor_for(factories.staff(county.hospital, OFFICE, called="赵一").id, timezone.now())


def keep(actor: Any, name: str = "红色", query: str = "?box=to_answer&urgency=emergency", **given: Any) -> SavedView:
    return actions.keep_view(actor=actor, page=LIST, name=name, query=query, at=timezone.now(), **given)


def test_keep_view_is_for_its_person_alone_and_says_so_once(county: Any, office: Any) -> None:
    kept = keep(office)
    assert [view.name for view in inbox.saved_views(office, LIST)] == ["红色"]
    assert inbox.saved_views(office, "/residents/") == []
    other = access.actor_for(factories.staff(county.hospital, OFFICE, called="钱二").id, timezone.now())
    assert inbox.saved_views(other, LIST) == []
    with pytest.raises(Refused, match="没有这个常用筛选"):
        actions.drop_view(actor=other, view=kept.id, at=timezone.now())
    assert JournalEntry.objects.filter(word="inbox.view_kept").count() == 1


def test_keep_view_never_keeps_what_was_searched_for(office: Any) -> None:
    assert keep(office, query="?box=all&text=%E8%8B%8F%E7%A6%BE&after=99&urgency=urgent").query == "box=all&urgency=urgent"
    with pytest.raises(Refused, match="还没有选筛选条件"):
        keep(office, query="?text=%E8%8B%8F%E7%A6%BE")


def test_keep_view_of_one_name_means_the_last(office: Any) -> None:
    keep(office)
    keep(office, query="box=all")
    assert [view.query for view in inbox.saved_views(office, LIST)] == ["box=all"]


def test_keep_view_opens_first_one_of_a_list(office: Any) -> None:
    keep(office, "甲", opens_first=True)
    second = keep(office, "乙", opens_first=True)
    assert [view.name for view in inbox.saved_views(office, LIST) if view.is_default] == ["乙"]
    actions.rename_view(actor=office, view=second.id, name="丙", opens_first=False, at=timezone.now())
    assert [(view.name, view.is_default) for view in inbox.saved_views(office, LIST)] == [("甲", False), ("丙", False)]
    with pytest.raises(Refused, match="已有一个叫“甲”"):
        actions.rename_view(actor=office, view=second.id, name="甲", opens_first=False, at=timezone.now())


@pytest.mark.parametrize("page", ["https://elsewhere.example/", "//elsewhere.example/", "/referrals", "/../", "/Referrals/"])
def test_keep_view_leads_nowhere_else(office: Any, page: str) -> None:
    with pytest.raises(Refused, match="找不到这张列表"):
        actions.keep_view(actor=office, page=page, name="甲", query="box=all", at=timezone.now())


def test_keep_view_ends_at_a_dozen(office: Any) -> None:
    for number in range(MOST):
        keep(office, f"第{number}个")
    keep(office, "第1个", query="box=all")
    with pytest.raises(Refused, match="请先删除不用的"):
        keep(office, "再来一个")


def test_pages_keep_rename_and_drop(client: Any, county: Any) -> None:
    client.force_login(factories.staff(county.hospital, OFFICE, called="赵一"))
    assert "还没有常用筛选" in client.get("/inbox/views/").content.decode()
    kept = client.post("/inbox/views/keep", {"page": LIST, "name": "红色", "query": "?box=all&urgency=urgent", "opens_first": "on"})
    assert kept.url == "/referrals/?box=all&urgency=urgent"
    view = SavedView.objects.get()
    assert "红色" in client.get("/inbox/views/").content.decode()
    client.post("/inbox/views/rename", {"view": view.id, "name": "急"})
    assert SavedView.objects.get().name == "急"
    refused = client.post("/inbox/views/keep", {"page": LIST, "name": "", "query": "box=all"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422 and "请填写名称" in refused.content.decode()
    client.post("/inbox/views/drop", {"view": view.id})
    assert not SavedView.objects.exists()
