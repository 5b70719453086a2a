"""Two bills beside each other, step by step; and one bill beside what it would be had nobody referred the patient."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, looked_at, page
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims import access, pricing_kept, queries
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.pages import bill, wording
from yilianti.settlement.claims.pages.bill import visible_or_404
from yilianti.settlement.claims.pricing.terms import Kind, Level, Step, Way
from yilianti.settlement.claims.terms import State

_BILL = (("total", "总费用"), ("fully_own", "全自费"), ("over_limit", "超限价自付"), ("first_self", "先行自付"), ("in_scope", "政策范围内"), ("deductible", "起付线"))
_SHARES = (*bill.FUND, ("fund", "基金合计"), ("person", "个人负担"), ("hospital", "医院负担"))


@page(access.VIEW)
def side_by_side(request: Request) -> HttpResponse:
    """Two bills: what differs between the visits, the amounts, and every step."""
    left, right = (visible_or_404(request, request.GET.get(side, "")) for side in ("left", "right"))
    for row in (left, right):
        looked_at(request, row.resident_id, f"并排查看费用 {left.number} 与 {right.number}")
    return render(request, "claims/side_by_side.html", {
        "left": left, "right": right, "heads": [_head(left), _head(right)], "told": _told(left, right), "bill": _lines(_BILL, _values(left), _values(right)), "shares": _lines(_SHARES, _values(left), _values(right)),
        "steps": _paired(bill.steps(left), bill.steps(right)), "sentence": _sentence(left, right), "gaps": [(row, *wording.gap(row)) for row in (left, right) if row.gap],
    })  # fmt: skip


@page(access.VIEW)
def picker(request: Request, number: str) -> HttpResponse:
    """「与另一张单并排」 as a fragment: bills of the same person and of the same illness."""
    row = visible_or_404(request, number)
    own, others = queries.comparable(request.actor, row)
    for one in (*own, *others):
        looked_at(request, one.resident_id, f"选择与 {number} 并排的费用")
    return render(request, "claims/_picker.html", {"claim": row, "own": [_choice(one) for one in own], "others": [_choice(one) for one in others]})


@page(access.VIEW)
def unreferred(request: Request, number: str) -> HttpResponse:
    """「如果没有转诊会怎样」 as a fragment: the same bill priced once more; nothing is written."""
    row = visible_or_404(request, number)
    looked_at(request, row.resident_id, f"试算费用 {row.number} 未经转诊的待遇")
    found: dict[str, Any] = pricing_kept.otherwise(row, Way.DIRECT, timezone.now()) if row.state == State.FILED and not row.gap and row.kind == Kind.INPATIENT else {}
    gap = wording.gap_words(str(found.get("gap", "")))
    return render(request, "claims/_unreferred.html", {"claim": row, "gap": gap, "lines": _lines((("deductible", "起付线"), *_SHARES), _values(row), found) if found and not gap else [],
                                                       "more": int(found["person"]) - row.person if found and not gap else 0})  # fmt: skip


def _values(row: Claim) -> dict[str, int]:
    return {name: getattr(row, name) for name, _ in (*_BILL, *_SHARES)}


def _lines(names: Sequence[tuple[str, str]], left: dict[str, Any], right: dict[str, Any]) -> list[dict[str, Any]]:
    """Amounts that stand on either side, with how much more the right one is."""
    pairs = [(label, int(left.get(name, 0)), int(right.get(name, left.get(name, 0)))) for name, label in names]
    return [{"label": label, "left": one, "right": other, "more": other - one} for label, one, other in pairs if one or other]


def _head(row: Claim) -> dict[str, Any]:
    return {"claim": row, "name": residents.mask_name(row.resident.name) or "无名", "sex": residents.Sex.label(row.resident.sex), "standing": wording.standing(row), "is_priced": row.state == State.FILED and not row.gap}


def _choice(row: Claim) -> dict[str, Any]:
    return {"claim": row, "name": residents.mask_name(row.resident.name) or "无名", "way": Way.label(row.way), "kind": Kind.label(row.kind)}


def _told(left: Claim, right: Claim) -> list[dict[str, Any]]:
    """How the visits differ; what is alike stands there too, calmly."""
    def said(row: Claim) -> list[tuple[str, str]]:
        stay = (row.discharged_on - row.admitted_on).days
        return [("医院", row.institution.short_name), ("服务级别", Level.label(row.level)), ("就医方式", Way.label(row.way)), ("转诊单", row.referral or "没有"), ("接续前一次住院", row.follows.number if row.follows else "没有"),
                ("入院—出院", f"{row.admitted_on} 至 {row.discharged_on}"), ("住院天数" if row.kind == Kind.INPATIENT else "天数", str(stay)), ("诊断", "、".join(row.diagnoses) or "没有"), ("手术", "、".join(row.operations) or "没有"), ("分组", row.drg or "没有")]  # fmt: skip

    return [{"label": label, "left": one, "right": other, "differs": one != other} for (label, one), (_, other) in zip(said(left), said(right), strict=True)]


def _paired(left: list[dict[str, Any]], right: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps of both in the order of reckoning: those said in the same words beside each other, the others alone."""
    found: list[dict[str, Any]] = []
    for name in (step.zh for step in Step):
        mine, theirs = ([one for one in steps if one["name"] == name] for steps in (left, right))
        matched = SequenceMatcher(a=[one["words"] for one in mine], b=[one["words"] for one in theirs], autojunk=False)
        for tag, start, end, other_start, other_end in matched.get_opcodes():
            ones, others = mine[start:end], theirs[other_start:other_end]
            pairs = zip(ones, others, strict=True) if tag == "equal" else [*((one, None) for one in ones), *((None, one) for one in others)]
            found += [{"name": name, "left": one, "right": other, "differs": (one or {}).get("said") != (other or {}).get("said")} for one, other in pairs]
    return found


def _sentence(left: Claim, right: Claim) -> str:
    """What it comes to, in one sentence."""
    if any(row.gap or row.state != State.FILED for row in (left, right)):
        return ""
    if left.person == right.person:
        return "两张单个人负担相同。"
    more, less = (left, right) if left.person > right.person else (right, left)
    return f"{Way.label(more.way)}的一张（{more.number}）比{Way.label(less.way)}的一张（{less.number}）个人多付 {Money(more.person - less.person)} 元。"
