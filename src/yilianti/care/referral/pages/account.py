"""「在我方账上」: whom we have sent home, until somebody there has confirmed the first visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.care.referral import accounted
from yilianti.care.referral.accounted import PAGE, Asked, Standing
from yilianti.care.referral.models import Referral
from yilianti.care.referral.pages import dialling
from yilianti.care.referral.terms import State
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, looked_at, numbered, page
from yilianti.kernel.tables.sheets import streamed

_TONES = {"nobody": "bad", "overdue": "bad", "soon": "warn", "waiting": "idle", "unanswered": "wait"}


def _asked(request: Request) -> Asked:
    given = request.GET
    standing = given.get("standing", "")
    known = standing in {str(one.value) for one in Standing}
    return Asked(given.get("text", "").strip()[:40], standing if known else "", numbered(given.get("receiver", "")), bool(given.get("mine")))


def _url(asked: Asked, **changes: Any) -> str:
    told = {"text": asked.text, "standing": asked.standing, "receiver": asked.receiver or "", "mine": "1" if asked.mine else "", **changes}
    return f"?{urlencode({name: value for name, value in told.items() if value})}"


@page("referral.view")
def account(request: Request) -> HttpResponse:
    """The nearest promise first, with whom to ring; three statements whatever their number."""
    actor, now, asked = request.actor, timezone.now(), _asked(request)
    number = numbered(request.GET.get("page", "")) or 1
    rows = accounted.rows(actor, asked, now, start=(number - 1) * PAGE, size=PAGE + 1)
    counted = accounted.counts(actor, asked, now)
    for referral in rows[:PAGE]:
        looked_at(request, referral.resident_id, "查看在我方账上的患者")
    return render(request, "referral/account.html", {
        "rows": [_shown(referral, now) for referral in rows[:PAGE]], "tabs": _tabs(asked, counted), "asked": asked, "receivers": accounted.receivers(actor, now), "query": _url(asked),
        "is_narrowed": asked != Asked(), "previous_url": _url(asked, page=number - 1) if number > 1 else "", "next_url": _url(asked, page=number + 1) if len(rows) > PAGE else "",
        "may_offer_home": actor.may("referral.offer_home"),
    })  # fmt: skip


def _tabs(asked: Asked, counted: dict[str, int]) -> list[dict[str, Any]]:
    every = [("", "全部", sum(counted.values())), *((str(one.value), one.zh, counted.get(one.value, 0)) for one in Standing)]
    return [{"label": said, "url": _url(asked, standing=name), "active": name == asked.standing, "count": count or None} for name, said, count in every]


def _shown(referral: Referral, now: datetime) -> dict[str, Any]:
    standing = Standing(referral.standing)  # type: ignore[attr-defined]  # annotated by the query
    return {"referral": referral, "tone": _TONES[standing], "standing": _said(referral, standing, now), "state": State.label(referral.state), "ring": dialling.receiver(referral),
            "again": _again(referral) if standing is Standing.NOBODY else ""}  # fmt: skip


def _said(referral: Referral, standing: Standing, now: datetime) -> str:
    if referral.follow_up_due_on is None or standing in (Standing.NOBODY, Standing.UNANSWERED):
        return standing.zh
    left = (referral.follow_up_due_on - timezone.localdate(now)).days
    return f"逾期 {-left} 天" if left < 0 else "今天到期" if left == 0 else f"剩 {left} 天"


def _again(referral: Referral) -> str:
    """Where the way home is written anew."""
    return f"/referrals/{referral.origin.number}/offer_home" if referral.origin else f"/referrals/ready/{referral.stay}/bring_home"


_HEADINGS = ("下转单", "患者", "诊断", "接收机构", "状态", "账上情况", "首次随访截止", "下转", "接收医生", "电话", "我方联系医生", "原转诊单")


@page("referral.view")
def export(request: Request) -> FileResponse:
    """The narrowed list as Excel; each patient's access log says who took it out."""
    now = timezone.now()
    rows = accounted.rows(request.actor, _asked(request), now, size=accounted.MOST)
    for referral in rows:
        looked_at(request, referral.resident_id, "导出在我方账上的患者")
    return streamed(f"在我方账上-{timezone.localdate(now):%Y%m%d}.xlsx", [("在我方账上", _lines(rows, now)), ("说明", _about(request.actor, now))])


def _lines(rows: list[Referral], now: datetime) -> Iterator[list[object]]:
    yield list(_HEADINGS)
    for referral in rows:
        shown, contact = _shown(referral, now), referral.contact or referral.drafted_by
        yield [referral.number, referral.resident.name, referral.diagnosis_name, referral.to_institution.name, shown["state"], shown["standing"], referral.follow_up_due_on, referral.submitted_at,
               shown["ring"]["name"], shown["ring"]["phone"], contact.name if contact else "", referral.origin.number if referral.origin else ""]  # fmt: skip


def _about(actor: Actor, now: datetime) -> Iterator[list[object]]:
    yield ["项目", "内容"]
    yield ["导出时间", now]
    yield ["导出人", f"{actor.name}（{actor.institution_name}）"]
    yield ["内容说明", "首次随访确认前，下转的患者仍由转出方负责。每位居民的访问记录中已记下本次导出。"]
