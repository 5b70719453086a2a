"""Residents who may be one person: a person looks at both and decides."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.pages import Request, done, looked_at, numbered, page
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import actions, queries, rules
from yilianti.registry.residents.models import DuplicateSuspicion, Resident
from yilianti.registry.residents.terms import Decision, IdentifierSystem, Sex


def _asked(request: Request, suspicion: int) -> DuplicateSuspicion:
    found = queries.suspicion(request.actor, suspicion)
    if found is None:
        raise Http404("没有这一条")
    return found


@page("residents.link")
def questions(request: Request) -> HttpResponse:
    """「疑似重复居民」"""
    decided = request.GET.get("decided") == "1"
    actor = request.actor
    listed = queries.suspicions(actor, before=numbered(request.GET.get("before", "")), decided=decided)
    for row in listed.rows:
        for resident in filter(None, (row.first, row.second)):
            looked_at(request, resident.id, "核对疑似重复居民")
    tabs = [{"label": "待处理", "url": "?", "active": not decided, "count": queries.open_suspicions(actor)}, {"label": "已处理", "url": "?decided=1", "active": decided}]
    rows = [{"asked": row, "decision": Decision.label(row.decision)} for row in listed.rows]
    next_url = f"?{'decided=1&' if decided else ''}before={listed.next_key}" if listed.next_key else ""
    return render(request, "residents/duplicates.html", {"rows": rows, "tabs": tabs, "decided": decided, "next_url": next_url})


@page("residents.link")
def compare(request: Request, suspicion: int) -> HttpResponse:
    """Both side by side, with what differs marked."""
    asked = _asked(request, suspicion)
    for resident in filter(None, (asked.first, asked.second)):
        looked_at(request, resident.id, "核对疑似重复居民")
    left = _account(asked.first)
    right = _account(asked.second) if asked.second else _told(asked)
    lines = [{"label": label, "left": left[label], "right": right.get(label, ""), "differs": _differs(label, left[label], right.get(label, ""))}
             for label in left if left[label] or right.get(label)]  # fmt: skip
    return render(request, "residents/compare.html", {"asked": asked, "lines": lines, "decision": Decision.label(asked.decision)})


_TELLING = ("姓名", "性别", "出生日期", IdentifierSystem.ID_CARD.zh)


def _differs(label: str, left: str, right: str) -> bool:
    """Marked where it speaks against one person; two institutions or telephones do not."""
    return label in _TELLING and bool(left and right) and left != right


def _account(resident: Resident) -> dict[str, Any]:
    numbers = queries.identifiers(resident.id)
    issuers = institutions.names(number.issuer for number in numbers)
    by_system = {label: "、".join(f"{rules.mask_id(n.value)}{_issued(issuers.get(n.issuer, ''))}" for n in numbers if n.system == system) for system, label in IdentifierSystem.choices()}
    seen = "、".join(relation.institution.short_name for relation in queries.relations(resident.id)[:6])
    return {
        "居民编号": resident.number, "姓名": resident.name, "性别": Sex.label(resident.sex), "出生日期": resident.born_on.isoformat() if resident.born_on else "",
        **by_system, "电话": rules.mask_phone(resident.phone), "住址": resident.address, "建档机构": resident.home.short_name if resident.home else "",
        "就诊机构": seen, "登记时间": f"{timezone.localtime(resident.created_at):%Y-%m-%d %H:%M}",
    }  # fmt: skip


def _issued(issuer: str) -> str:
    return f"（{issuer}）" if issuer else ""


def _told(asked: DuplicateSuspicion) -> dict[str, Any]:
    """What somebody else said with the same number."""
    told = asked.told
    return {"姓名": told.get("name", ""), "性别": Sex.label(told.get("sex", "")), "出生日期": told.get("born_on", ""),
            "就诊机构": asked.told_by.short_name if asked.told_by else ""}  # fmt: skip


@page("residents.link", methods=("POST",))
def merge(request: Request, suspicion: int) -> HttpResponse:
    """「是同一人，合并」: `keep` names the one who stands for both."""
    asked = _asked(request, suspicion)
    if asked.second is None:
        raise Http404("没有第二份档案")
    kept, gone = (asked.second, asked.first) if request.POST.get("keep") == asked.second.number else (asked.first, asked.second)
    actions.merge(actor=request.actor, resident_id=kept.id, other_id=gone.id, at=timezone.now())
    return done(request, reverse("residents:duplicates"), f"已合并，以 {kept.number} 为准；需要时可在居民资料中拆分。")


@page("residents.link", methods=("POST",))
def different(request: Request, suspicion: int) -> HttpResponse:
    """「不是同一人」"""
    asked = _asked(request, suspicion)
    actions.settle_different(actor=request.actor, suspicion_id=asked.id, at=timezone.now())
    return done(request, reverse("residents:duplicates"), "已记为不是同一人，不再提示。")


@page("residents.link", methods=("POST",))
def same(request: Request, suspicion: int) -> HttpResponse:
    """「资料属于本人」"""
    asked = _asked(request, suspicion)
    actions.settle_same(actor=request.actor, suspicion_id=asked.id, at=timezone.now())
    return done(request, reverse("residents:duplicates"), "已记为本人；如姓名等确有变更，请在居民资料中更正。")
