"""Finding a resident: the most used page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.pages import Request, answer, looked_at, page
from yilianti.kernel.tables import sheets
from yilianti.registry.residents import actions, queries, rules

#: Where a choice leads when the search was begun for a purpose (?then=).
_THEN = {"referral": ("/referrals/new?resident=", "选择要转诊的居民"), "ecg": ("/diagnosis/new?resident=", "选择要做心电图的居民"), "contract": ("/contracts/new?resident=", "选择要签约的居民")}


@page("residents.search")
def search(request: Request) -> HttpResponse:
    """As one types: name, pinyin initials, identity number, telephone, card or resident number."""
    actor, today = request.actor, timezone.localdate()
    text = request.GET.get("q", "").strip()[:64]
    then = request.GET.get("then", "")
    purpose = _THEN.get(then, ("", ""))
    listed = queries.search(actor, text, after=request.GET.get("after", "")) if text else queries.Slice(queries.recent(actor), "")
    context = {
        "text": text, "then": then, "purpose": purpose[1], "goes_to": purpose[0], "hint": _hint(text) if text and not listed.rows else "",
        "rows": [(row, rules.age_on(row.born_on, today)) for row in listed.rows],
        "next_url": f"?{urlencode({'q': text, 'then': then, 'after': listed.next_key})}" if listed.next_key else "",
        "may_break_glass": actor.may("privacy.break_glass", actor.institution),
        "may_export": actor.may("residents.export"), "may_register": actor.may("residents.register"),
        "register_url": _register_url(then) if actor.may("residents.register") else "",
        "suspicions": queries.open_suspicions(actor) if actor.may("residents.link") else 0,
    }  # fmt: skip
    return answer(request, "residents/search.html", context, fragment="residents/_found.html")


def _register_url(then: str) -> str:
    """The form for somebody not found; the purpose of the search goes along."""
    return reverse("residents:register") + (f"?{urlencode({'then': then})}" if then in _THEN else "")


@page("residents.export", methods=("POST",))
def export(request: Request) -> HttpResponse:
    """「导出」: what was found, as a workbook; journalled, and every resident in it noted as looked at. Numbers stay masked."""
    found = queries.openable_found(request.actor, request.POST.get("q", "").strip()[:64])
    actions.take_out(actor=request.actor, rows=len(found), at=timezone.now())
    for row in found:
        looked_at(request, row.id, "导出居民名单")
    heads = ("居民编号", "姓名", "性别", "出生日期", "身份证号（掩码）", "电话（掩码）", "建档机构")
    rows = [(row.number, row.name, row.sex_label, row.born_on, row.identity, row.phone, row.home) for row in found]
    return sheets.sheet("居民名单.xlsx", [heads, *rows])


def _hint(text: str) -> str:
    """Why nothing may have been found."""
    compact = rules.tidy(text)
    if len(compact) in (15, 18) and compact[:14].isdecimal():
        return rules.why_not_id_card(compact)
    if any(character.isdigit() for character in compact):
        return "号码须完整输入：身份证号、医保号、健康卡号、病历号、电话或居民编号。" if len(compact) < 8 else ""
    return ""
