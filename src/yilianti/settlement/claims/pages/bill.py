"""One bill: what it cost, who pays what and why, what the insurer settled, and what has become of it since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, answer, looked_at, page
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims import access, grouping_kept, pricing_kept, queries
from yilianti.settlement.claims.grouping import Engine
from yilianti.settlement.claims.lifecycle import CLAIM
from yilianti.settlement.claims.models import Claim, ClaimVersion
from yilianti.settlement.claims.pages import forms, wording
from yilianti.settlement.claims.pricing.terms import Group as Person
from yilianti.settlement.claims.pricing.terms import Kind, Level, Way
from yilianti.settlement.claims.terms import Category, Change, Insurance, State

#: shares in the order in which they are added up, with the names of the interface's list
FUND = (("basic", "统筹基金"), ("catastrophic", "大病保险"), ("aid", "医疗救助"), ("other", "其他基金"))
_SETTLED = (*FUND, ("fund", "基金合计"), ("person", "个人负担"))


def visible_or_404(request: Request, number: str) -> Claim:
    """The claim, or the same 404 for a foreign and a missing number."""
    found = queries.one(request.actor, number)
    if found is None:
        raise Http404("没有这笔费用，或您无权查看。")
    return found


def engine_of(row: Claim) -> Engine | None:
    """The scheme by which this stay is in its group, as far as it is imported."""
    return grouping_kept.engine_of(row.scheme) if row.scheme else None


def head(request: Request, row: Claim) -> dict[str, Any]:
    """Who and what a page of this claim is about; the look is noted."""
    looked_at(request, row.resident_id, f"查看费用 {row.number}")
    return {"claim": row, "banner": residents.banner(row.resident, timezone.localdate()), "banner_url": f"/record/{row.resident.number}/" if request.actor.may("record.view") else "",
            "standing": wording.standing(row), "kind": Kind.label(row.kind), "days": (row.discharged_on - row.admitted_on).days, "facts": facts(row)}  # fmt: skip


def facts(row: Claim) -> list[dict[str, object]]:
    """What was told of the visit, and by which way the person came."""
    is_stay = row.kind == Kind.INPATIENT
    told = [
        ("医院", row.institution.name), ("科室", row.department), ("入院" if is_stay else "就诊", row.admitted_on.isoformat()), ("出院" if is_stay else "结算", row.discharged_on.isoformat()),
        ("就医方式", "结算到了再定" if row.state == State.AWAITING else Way.label(row.way)), ("服务级别", Level.label(row.level)), ("险种", Insurance.label(row.insurance)), ("参保地", row.region), ("结算编号", row.settlement_number),
    ]  # fmt: skip
    told += [("待遇人群", "、".join(Person.label(one) for one in row.groups))] if row.groups else []
    told += [("院内就诊号", row.visit_number)] if row.visit_number else []
    return [{"label": label, "value": value} for label, value in told]


def stack(row: Claim) -> dict[str, Any]:
    """The amounts as they add up: the bill, what of it the policy does not cover, and who pays."""
    outside = [(label, fen) for label, fen in (("全自费", row.fully_own), ("超限价自付", row.over_limit), ("先行自付", row.first_self)) if fen]
    parts = [{"name": name, "label": label, "fen": getattr(row, name)} for name, label in FUND if getattr(row, name)]
    return {"is_priced": row.state == State.FILED and not row.gap, "outside": outside, "parts": parts, "bars": _bars(row)}


def _bars(row: Claim) -> list[dict[str, Any]]:
    """Who pays as one bar, in ten-thousandths of the bill."""
    found, at = [], 0
    for name in (*(name for name, _ in FUND), "person", "hospital"):
        width = getattr(row, name) * 10_000 // row.total if row.total else 0
        found.append({"name": name, "x": at, "width": width})
        at += width
    return [one for one in found if one["width"]]


def steps(row: Claim) -> list[dict[str, str | int]]:
    """Every step of the price in words, with the edition it follows."""
    if row.state != State.FILED or row.gap:
        return []
    return [{"name": said.step.zh, "fen": said.fen, "said": said.zh, "words": said.words, "ref": said.policy_ref} for trace in pricing_kept.working(row, timezone.now()) for said in trace.said]


def settled(row: Claim) -> list[dict[str, Any]]:
    """What the insurer's own system paid beside ours, for the shares it told."""
    if row.gap or row.insured_fund is None:
        return []
    return [{"label": label, "ours": getattr(row, name), "theirs": row.insured[name], "more": row.insured[name] - getattr(row, name)} for name, label in _SETTLED if name in row.insured]


def buttons(actor: Actor, row: Claim) -> dict[str, bool]:
    return {"may_correct": CLAIM.can("correct", row.state) and access.may_file(actor, row.institution), "may_withdraw": CLAIM.can("withdraw", row.state) and access.may_withdraw(actor, row.institution)}


@page(access.VIEW)
def detail(request: Request, number: str) -> HttpResponse:
    """The bill with every step of its price."""
    return answer(request, "claims/bill.html", shown(request, visible_or_404(request, number)))


def shown(request: Request, row: Claim) -> dict[str, Any]:
    """Everything the page of one bill shows."""
    engine, (versions, prices, groups), able = engine_of(row), queries.history(row), buttons(request.actor, row)
    why, what_to_do = wording.gap(row)
    return {
        **head(request, row), **stack(row), **able, **wording.codes(row, engine), "steps": steps(row), "why": why, "what_to_do": what_to_do, "settled": settled(row),
        "follows": row.follows, "following": queries.following(row) if row.kind == Kind.INPATIENT else [], "group": wording.group(row, engine), "versions": _versions(versions, prices),
        "groups": groups, "categories": _categories(row), "form": forms.correction(row) if able["may_correct"] else None, "withdraw_form": forms.WithdrawForm(auto_id="withdraw-%s") if able["may_withdraw"] else None,
        "may_follow_referral": request.actor.may("referral.view"), "may_compare": row.state == State.FILED, "is_watched": request.actor.may("supervision.view"), "has_other_way": row.kind == Kind.INPATIENT and not row.gap and row.way != Way.DIRECT.value,
    }  # fmt: skip


def _categories(row: Claim) -> list[dict[str, Any]]:
    found = queries.by_category(row)
    return [{"value": one.value, "label": one.zh, "lines": found[one.value][0], "fen": found[one.value][1]} for one in Category if one.value in found]


def _versions(versions: Sequence[ClaimVersion], prices: Sequence[Any]) -> list[dict[str, Any]]:
    """Each version with who, when, why and what it changed, and the prices made of it."""
    before = {one.version: one for one in versions}
    by_version: dict[int, list[Any]] = {}
    for price in prices:
        by_version.setdefault(price.version, []).append({"price": price, "why": wording.gap_words(price.gap)})
    return [{"version": one, "label": Change.label(one.change), "changes": _changes(before.get(one.version - 1), one), "prices": by_version.get(one.version, [])} for one in versions]


def _changes(before: ClaimVersion | None, after: ClaimVersion) -> list[str]:
    """What was told otherwise than before, in words."""
    if before is None or after.change != Change.CORRECTED:
        return []
    names = [name for name in after.content if after.content.get(name) != before.content.get(name)]
    return [wording.change(name, before.content.get(name), after.content.get(name)) for name in names if name in wording.TOLD]


@page(access.VIEW)
def printed(request: Request, number: str) -> HttpResponse:
    """「费用清单」 for the patient on A4, in plain words."""
    row = visible_or_404(request, number)
    listed = [{**one, "rows": queries.all_charges(row, str(one["value"]))} for one in _categories(row)]
    return render(request, "claims/print.html", {**head(request, row), **stack(row), "categories": listed, "sentence": _told_plainly(row), "now": timezone.now()})


def _told_plainly(row: Claim) -> str:
    """The bill in one sentence for the person who paid it."""
    kind, why = Kind.label(row.kind), wording.gap(row)[0]
    if row.state == State.WITHDRAWN:
        return "这笔费用已作废，不作为凭据。"
    if why:
        return f"您这次{kind}一共花了 {Money(row.total)} 元。各方付多少，平台没有算出（{why}），以医保结算单为准。"
    return f"您这次{kind}一共花了 {Money(row.total)} 元，其中医保等基金付 {Money(row.fund)} 元（约 {row.fund * 100 // row.total if row.total else 0}%），您自己付 {Money(row.person)} 元。"


@page(access.VIEW)
def charges(request: Request, number: str) -> HttpResponse:
    """The charge lines as a fragment, a page at a time, of one category or all."""
    row = visible_or_404(request, number)
    looked_at(request, row.resident_id, f"查看费用 {row.number} 的明细")
    category = request.GET.get("category", "")
    found = queries.charges(row, category, request.GET.get("after", ""))
    return render(request, "claims/_charges.html", {"claim": row, "rows": found.rows, "next_key": found.next_key, "category": category, "categories": _categories(row), "is_first": not request.GET.get("after")})


@page(access.VIEW)
def group(request: Request, number: str) -> HttpResponse:
    """「为什么在这一组」 as a fragment: the way through the rules, and which single change of the record would lead elsewhere."""
    row = visible_or_404(request, number)
    looked_at(request, row.resident_id, f"查看费用 {row.number} 的分组")
    return render(request, "claims/_group.html", {"claim": row, **wording.explained(row, engine_of(row))})
