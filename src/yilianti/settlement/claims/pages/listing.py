"""「费用」: the list with its piles of work and its sums, and the same taken out as Excel."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from html import escape

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, answer, looked_at, page
from yilianti.kernel.tables.sheets import streamed
from yilianti.kernel.templatetags.pieces import pill
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims import access, queries, searching
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.pages import filtering, wording
from yilianti.settlement.claims.pages.filtering import Asked
from yilianti.settlement.claims.pricing.terms import Kind, Way
from yilianti.settlement.claims.terms import Insurance, State

_EMPTY = {
    "all": ("没有符合条件的费用", "换一个条件；还没有费用的，请先导入结算清单，或等就诊结束。"), "awaiting": ("没有等着费用的就诊", "就诊结束后在这里等结算；结算入账就离开这一栏。"),
    "unpriced": ("每一笔都算出来了", "待遇政策没有写到的，会列在这里并说明原因。"), "mismatch": ("与医保结算都一致", "医保已结的基金与本平台算出的不同时，会列在这里。"),
    "lines": ("明细都与总额相符", "有明细而合计与总费用不同的，会列在这里。"), "withdrawn": ("没有作废的费用", "作废的费用仍可查看，不再计算。"),
}  # fmt: skip


@page(access.VIEW)
def worklist(request: Request) -> HttpResponse:
    """One pile of the list, narrowed, with what it adds up to."""
    actor, chosen = request.actor, filtering.asked(request)
    box, listed, counted = chosen.filters.box, queries.worklist(actor, chosen.filters, request.GET.get("after", "")), queries.counts(actor)
    title, text = _EMPTY[box]
    return answer(request, "claims/list.html", {
        "tabs": [{"label": label, "url": chosen.url(box=name), "active": name == box, "count": _counted(counted.get(name, 0))} for name, label in searching.BOXES.items()],
        "lines": SafeString("".join(_drawn(row) for row in listed.rows)), "sums": queries.sums(actor, chosen.filters) if listed.rows else None, **filtering.bar(request, chosen),
        "chips": [{"name": filtering.LABELS[name], "said": said, "url": chosen.url(**{name: ""})} for name, said in filtering.told(chosen)],
        "box": box, "query": chosen.url(), "next_url": chosen.url(after=listed.next_key) if listed.next_key else "", "is_later": bool(request.GET.get("after")), "empty_title": title, "empty_text": text,
    })  # fmt: skip


def _counted(found: int) -> str | None:
    return f"{queries.MOST_COUNTED - 1}+" if found >= queries.MOST_COUNTED else str(found) if found else None


_TONES = {"awaiting": "wait", "unpriced": "warn", "mismatch": "warn", "lines": "warn"}


@page(access.VIEW)
def pile(request: Request) -> HttpResponse:
    """How much lies in each pile of work, as a fragment for desks."""
    counted = queries.counts(request.actor)
    return render(request, "claims/_pile.html", {"piles": [{"label": searching.BOXES[box], "url": f"/claims/?box={box}", "count": _counted(counted[box]) or 0, "tone": tone if counted[box] else ""} for box, tone in _TONES.items()]})


_PERSON, _STAY, _PLACE, _GROUP, _TOTAL, _FUND, _OWN, _STATE = "居民", "入院—出院", "机构与科室", "分组", "总费用", "基金", "个人", "情况"


def _drawn(row: Claim) -> str:
    """One row of the table; drawn here, because a template takes as long for fifty rows as everything else for the page."""
    name = residents.mask_name(row.resident.name) or "无名"
    is_priced = row.state == State.FILED and not row.gap
    fund, person = (str(Money(row.fund)), str(Money(row.person))) if is_priced else ("—", "—")
    return (
        f'<tr><td class="cell-title"><a href="/claims/{row.number}/" data-row>{row.number}</a><span class="faint">{_kind(row)}</span></td>'
        f'<td data-label="{_PERSON}">{escape(name)} <span class="faint">{residents.Sex.label(row.resident.sex)}</span></td>'
        f'<td data-label="{_PLACE}">{escape(row.institution.short_name)} <span class="faint">{escape(row.department)}</span></td>'
        f'<td data-label="{_STAY}" class="nowrap">{row.admitted_on} <span class="faint">{_until(row)}</span></td>'
        f'<td data-label="{_GROUP}">{escape(row.drg) or _NOTHING}</td>'
        f'<td class="number" data-label="{_TOTAL}">{Money(row.total) if row.state != State.AWAITING else _NOTHING}</td><td class="number" data-label="{_FUND}">{fund}</td>'
        f'<td class="number" data-label="{_OWN}">{person}</td><td data-label="{_STATE}">{_standing(row)}</td></tr>'
    )


_NOTHING = "—"


def _kind(row: Claim) -> str:
    """By which way somebody came is asked of stays alone."""
    return f"{Kind.label(row.kind)} · {Way.label(row.way)}" if row.kind == Kind.INPATIENT and row.state != State.AWAITING else Kind.label(row.kind)


def _until(row: Claim) -> str:
    return f"至 {row.discharged_on}" if row.discharged_on != row.admitted_on else "当日"


def _standing(row: Claim) -> str:
    """What somebody should know of it first."""
    return "".join(pill(tone, words) for tone, words in wording.standing(row))


HEADINGS = ("费用编号", "结算编号", "情况", "类别", "险种", "就医方式", "机构", "科室", "入院（就诊）", "出院（结算）", "DRG", "总费用（元）", "基金（元）", "个人（元）", "医院（元）",
            "医保已结基金（元）", "医保已结个人（元）", "明细合计（元）", "没有算出的原因")  # fmt: skip
LARGEST_EXPORT, _PART = 100_000, 1000


@page(access.VIEW)
def export(request: Request) -> FileResponse:
    """The filtered list as Excel (numbers and institutions, no names); each patient's access log says who took it out."""
    chosen = filtering.asked(request)
    return streamed(f"费用-{timezone.localdate():%Y%m%d}.xlsx", [("费用", _rows(request, chosen)), ("说明", _about(request, chosen))])


def _rows(request: Request, chosen: Asked) -> Iterator[list[object]]:
    yield list(HEADINGS)
    noted, count = set[int](), 0
    for row in queries.everything(request.actor, chosen.filters, _PART, LARGEST_EXPORT):
        if row.resident_id not in noted:
            looked_at(request, row.resident_id, "导出费用清单")
            noted.add(row.resident_id)
        count += 1
        yield _exported(row)
    if count >= LARGEST_EXPORT:
        yield [f"已到 {LARGEST_EXPORT} 笔的上限，其后的未导出；请缩小筛选范围分次导出。"]


def _exported(row: Claim) -> list[object]:
    is_priced = row.state == State.FILED and not row.gap
    shares = [_yuan(row.fund), _yuan(row.person), _yuan(row.hospital)] if is_priced else ["", "", ""]
    return [row.number, row.settlement_number, State.label(row.state), Kind.label(row.kind), Insurance.label(row.insurance), Way.label(row.way), row.institution.short_name, row.department,
            row.admitted_on, row.discharged_on, row.drg, _yuan(row.total), *shares, _yuan(row.insured_fund), _yuan(row.insured_person), _yuan(row.lines_total), wording.gap(row)[0]]  # fmt: skip


def _yuan(fen: int | None) -> object:
    """An amount as spreadsheets add it up, exact."""
    return "" if fen is None else Decimal(fen) / 100


def _about(request: Request, chosen: Asked) -> Iterator[list[object]]:
    """What the list is, so that a file found later explains itself."""
    yield ["项目", "内容"]
    yield ["导出时间", timezone.now()]
    yield ["导出人", f"{request.actor.name}（{request.actor.institution_name}）"]
    yield ["栏目", searching.BOXES[chosen.filters.box]]
    for name, said in filtering.told(chosen):
        yield [filtering.LABELS[name], said]
    yield ["合计时", "已作废的列出而不计；没有算出的只有总费用，没有各方的份额。"]
    yield ["内容说明", "不含居民姓名与证件号；每位居民的访问记录中已记下本次导出。"]
