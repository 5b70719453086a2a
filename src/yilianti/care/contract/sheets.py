"""How the agreement is drawn."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

from django.utils import timezone

from yilianti import policybook
from yilianti.care.contract import book
from yilianti.care.contract.models import Contract
from yilianti.care.contract.terms import PackageKind, Signer, Way
from yilianti.kernel.money import Money
from yilianti.kernel.papers.drawing import Paper
from yilianti.policybook import HasScope
from yilianti.registry.residents import api as residents

TITLE = "家庭医生签约服务协议"


def agreement(one: Contract, scope: HasScope, at: datetime) -> bytes:
    """Who with whom, until when, what is promised for what price, the clauses, and the signature where one was given."""
    shown = residents.banner(one.resident, timezone.localdate(at))
    paper = Paper(f"{TITLE} {one.number}", at, f"{one.number} · {one.institution.name}")
    paper.headline(TITLE, f"编号 {one.number}")
    paper.facts([
        ("居民", f"{shown.name}　　性别　{shown.gender}　　年龄　{shown.age if shown.age is not None else '未知'}"), ("证件号码", shown.identity or "未登记"), ("居民编号", shown.number),
        ("家庭医生团队", f"{one.team.name}　{one.team.phone}"), ("服务机构", one.institution.name), ("签约周期", f"{_day(one.begins_on)} 至 {_day(one.until_on - timedelta(days=1))}"),
    ])  # fmt: skip
    paper.section("服务内容")
    rows = [[package["name"], PackageKind.label(package["kind"]), _items(package), _yuan(package["price"]), _yuan(package["person"])] for package in one.packages]
    paper.grid(("服务包", "类别", "项目", "标价", "个人付"), rows, (32, 16, 60, 18, 18))
    paper.section("约定")
    for number, clause in enumerate(_clauses(one, scope, at), 1):
        paper.paragraph(f"{number}. {clause}")
    _signed(paper, one)
    return paper.whole()


def _signed(paper: Paper, one: Contract) -> None:
    given = getattr(one, "confirmation", None)
    if given is None:
        paper.signature("居民签名：＿＿＿＿＿＿＿＿　团队签名：＿＿＿＿＿＿＿＿", "日期：＿＿＿＿＿＿＿＿")
        return
    who = Signer.label(given.signer) + (f" {given.signer_name}（{given.relation}）" if given.signer_name else "")
    paper.facts([("确认方式", Way.label(given.way)), ("确认人", who), ("确认时间", f"{timezone.localtime(given.confirmed_at):%Y-%m-%d %H:%M}")])
    if given.picture:
        paper.image(io.BytesIO(bytes(given.picture)), w=60)
    paper.signature(one.team.name, _day(timezone.localdate(given.confirmed_at)))


def _clauses(one: Contract, scope: HasScope, at: datetime) -> list[str]:
    """As they stood when the resident confirmed; those of today before that."""
    given = getattr(one, "confirmation", None)
    if given is not None:
        try:
            return list(policybook.by_ref(given.policy_ref).clauses)
        except KeyError:
            pass
    return list(book.edition("agreement", timezone.localdate(at), scope).clauses)


def _items(package: dict[str, object]) -> str:
    items: list[dict[str, object]] = package["items"]  # type: ignore[assignment]
    return "；".join(f"{item['name']}，" + (f"签约后{item['within_days']}天内" if item["within_days"] else f"一年{item['times']}次") for item in items)


def _yuan(fen: int | None) -> str:
    return "本地未填" if fen is None else str(Money(fen))


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
