"""The filters of the worklist: read from the address, drawn as a bar, told as chips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yilianti import policybook
from yilianti.care.referral import queries
from yilianti.care.referral.searching import Filters
from yilianti.care.referral.terms import Channel, Service, State, Urgency
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, numbered, page
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people

_LONGEST = 40
_MOST_CODES = 200
_CHANNELS = (("green", "任一绿色通道"), *Channel.choices())
_FLAGS = {"overdue": "已超时限", "soon": "24 小时内到期", "overridden": "不顾提示仍转"}
_SORTS = (("newest", "最新的在前"), ("promise", "时限近的在前（未办完）"))
#: piles in which something is promised by a moment
_PROMISED = frozenset({"to_answer", "with_department", "awaited", "to_follow_up", "to_approve", "returned", "to_settle", "outside"})
_TEXT = "单号、姓名或诊断"
#: what the bar itself holds; the rest stands behind 「更多条件」
_BAR = ("text", "urgency", "sort")
_MORE = ("state", "route", "service", "channel", "institution", "department", "doctor", "disease", "since", "until", "overdue", "soon", "overridden", "batch")


@dataclass(frozen=True)
class Asked:
    """The filters, and the words of the address they were read from: only known ones, only valid ones."""

    filters: Filters
    words: Mapping[str, str]

    def url(self, **changes: str) -> str:
        """The same list otherwise narrowed."""
        return f"?{urlencode({name: value for name, value in {**self.words, **changes}.items() if value})}"


def asked(request: Request, since_none: str = "") -> Asked:
    """What the address says, or `since_none` where it says nothing; what it cannot mean is left out."""
    source = request.GET or QueryDict(since_none)
    said = {name: value.strip()[:_LONGEST] for name in ("box", *_BAR, *_MORE) if (value := source.get(name, "")).strip()}
    words = {name: value for name, value in said.items() if _is_known(name, value)}
    today = timezone.localdate()
    return Asked(Filters(
        box=words.get("box", "all"), **{name: words.get(name, "") for name in ("state", "urgency", "text", "route", "service", "channel")},
        sort=sort_of(words, words.get("box", "all")),
        codes=_codes(words.get("text", ""), request.actor), institution=numbered(words.get("institution", "")), department=numbered(words.get("department", "")),
        doctor=request.actor.person if words.get("doctor") == "me" else numbered(words.get("doctor", "")), disease=words.get("disease", "").upper(),
        since=_day(words.get("since", ""), today), until=_day(words.get("until", ""), today),
        overdue_at=timezone.now() if "overdue" in words else None, soon_at=timezone.now() if "soon" in words else None, overridden="overridden" in words, batch=queries.batch_id(words["batch"]) if "batch" in words else None,
    ), words)  # fmt: skip


def sort_of(words: Mapping[str, str], box: str) -> str:
    """As asked; unasked, what waits under a promise stands by the nearest one."""
    return words.get("sort") or ("promise" if box in _PROMISED else "newest")


def _is_known(name: str, value: str) -> bool:
    choices = {"box": queries.BOXES, "state": _values(State.choices()), "urgency": _values(Urgency.choices()), "service": _values(Service.choices()),
               "channel": _values(_CHANNELS), "sort": _values(_SORTS), "route": _values(_routes())}  # fmt: skip
    if name in choices:
        return value in choices[name]
    if name in ("institution", "department"):
        return numbered(value) is not None
    if name == "doctor":
        return value == "me" or numbered(value) is not None
    if name in ("since", "until"):
        return _day(value, date.today()) is not None  # noqa: DTZ011 - only whether it is a day
    return True


def _values(choices: Iterable[tuple[str, str]]) -> frozenset[str]:
    return frozenset(value for value, _ in choices)


def _codes(text: str, actor: Actor) -> tuple[str, ...]:
    """Diagnoses by name, code or initials."""
    if not text:
        return ()
    table = policybook.catalogue("catalogues.diagnoses", timezone.localdate(), actor.scope)
    return tuple(row.code for row in table.search(text, _MOST_CODES))


#: "this week" and the like move on with the calendar, so that a kept filter stays right
_SPANS = {"today": ("今天", 0), "week": ("近 7 天", 6), "month": ("近 30 天", 29), "quarter": ("近 90 天", 89)}


def _day(text: str, today: date) -> date | None:
    if text in _SPANS:
        return date.fromordinal(today.toordinal() - _SPANS[text][1])
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@cache
def _routes() -> tuple[tuple[str, str], ...]:
    levels = institutions.Level.choices()
    return tuple((f"{low}>{high}", f"{low_zh} → {high_zh}") for low, low_zh in levels for high, high_zh in levels)


def bar(chosen: Asked) -> SafeString:
    """The few filters of every day, drawn: this page is the most asked of all."""
    words = chosen.words
    return format_html(
        '<input type="hidden" name="box" value="{}"><div class="field field-grow"><label class="field-label" for="id_text">{}</label>'
        '<input type="search" name="text" id="id_text" maxlength="40" value="{}" data-search></div>{}{}',
        words.get("box", "all"), _TEXT, words.get("text", ""),
        select("urgency", "紧急程度", (("", "全部"), *Urgency.choices()), words.get("urgency", "")), select("sort", "排列", _SORTS, sort_of(words, words.get("box", "all"))),
    )  # fmt: skip


def rest(chosen: Asked) -> SafeString:
    """What 「更多条件」 holds, kept while it is closed."""
    return SafeString("".join(format_html('<input type="hidden" name="{}" value="{}">', name, value) for name, value in chosen.words.items() if name in _MORE))


@cache
def select(name: str, label: str, choices: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    """A labelled drop-down."""
    options = SafeString("".join(format_html("<option value=\"{}\"{}>{}</option>", value, SafeString(" selected" if value == chosen else ""), said)
                                 for value, said in choices))  # fmt: skip
    return format_html('<div class="field"><label class="field-label" for="id_{}">{}</label><select name="{}" id="id_{}">{}</select></div>', name, label, name, name, options)


def chips(chosen: Asked) -> list[dict[str, str]]:
    """What of 「更多条件」 narrows the list, each with the way to drop it."""
    return [{"label": _said(name, value), "url": chosen.url(**{name: ""})} for name, value in chosen.words.items() if name in _MORE]


def _said(name: str, value: str) -> str:
    if name in _FLAGS:
        return _FLAGS[name]
    if name == "route":
        return dict(_routes())[value]
    if name == "institution":
        return institutions.names([int(value)]).get(int(value), "机构不明")
    if name == "doctor":
        return "我经手的" if value == "me" else people.names([int(value)]).get(int(value), "人员不明")
    if name == "department":
        return queries.department_name(int(value)) or "科室不明"
    labels = {"state": dict(State.choices()), "service": dict(Service.choices()), "channel": dict(_CHANNELS)}
    if name in labels:
        return labels[name][value]
    return {"disease": f"诊断 {value}", "since": _SPANS[value][0] if value in _SPANS else f"{value} 起", "until": f"至 {value}", "batch": f"批次 {value}"}[name]


def told(chosen: Asked) -> list[tuple[str, str]]:
    """Every filter in words, for the sheet that explains an export."""
    words = chosen.words
    named = {"urgency": ("紧急程度", dict(Urgency.choices())), "sort": ("排列", dict(_SORTS))}
    bar = [(label, choices[words[name]]) for name, (label, choices) in named.items() if name in words]
    return [*([("查找", words["text"])] if "text" in words else []), *bar, *(("条件", chip["label"]) for chip in chips(chosen))]


@page("referral.view")
def filters(request: Request) -> HttpResponse:
    """「更多条件」 as a fragment: asked for when somebody opens it, so that the list does not pay for it."""
    actor, chosen, today = request.actor, asked(request), timezone.localdate()
    here = actor.institution
    ours = [(str(i.id), i.name) for i in institutions.members(actor.consortium, today)]
    selects = [
        ("state", "状态", State.choices()), ("route", "方向", _routes()), ("service", "申请服务", Service.choices()), ("channel", "通道", _CHANNELS), ("institution", "对方机构", ours),
        ("department", "本院科室", [(str(d.id), d.name) for d in institutions.departments(here)]),
        ("doctor", "申请或指定医生", [("me", "我经手的"), *((str(p.id), p.name) for p in (people.staff_of(here, today) if here else []))]),
    ]  # fmt: skip
    drawn = [select.__wrapped__(name, label, (("", "全部"), *choices), chosen.words.get(name, "")) for name, label, choices in selects]
    context: dict[str, Any] = {"selects": drawn, "words": chosen.words, "spans": [(value, said) for value, (said, _) in _SPANS.items()], "flags": _FLAGS}
    return render(request, "referral/_filters.html", context)
