"""The filters of the list: read from the address, drawn as a bar, told in words."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from yilianti.kernel.pages import Request, numbered
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.claims import access, searching
from yilianti.settlement.claims.pricing.terms import Kind, Way
from yilianti.settlement.claims.searching import Filters
from yilianti.settlement.claims.terms import Insurance

_NAMES = ("box", "text", "institution", "month", "kind", "since", "until", "way", "department", "group", "insurance")
#: what stands behind 「更多条件」
_MORE = ("since", "until", "way", "department", "group", "insurance")
_LONGEST = 64
_CHOICES: Mapping[str, list[tuple[str, str]]] = {"kind": Kind.choices(), "way": Way.choices(), "insurance": Insurance.choices()}
LABELS = {"text": "查找", "institution": "机构", "month": "出院月份", "kind": "类别", "since": "出院自", "until": "出院至", "way": "就医方式", "department": "科室", "group": "DRG 组", "insurance": "险种"}


@dataclass(frozen=True)
class Asked:
    """The filters, and the valid words of the address they were read from."""

    filters: Filters
    words: Mapping[str, str]

    def url(self, **changes: str) -> str:
        """The same list otherwise narrowed."""
        return f"?{urlencode({name: value for name, value in {**self.words, **changes}.items() if value})}"


def asked(request: Request) -> Asked:
    """What the address says; what it cannot mean is left out."""
    said = {name: value for name in _NAMES if (value := request.GET.get(name, "").strip()[:_LONGEST])}
    words = {name: value for name, value in said.items() if _is_known(name, value)}
    first, last = _month(words.get("month", ""))
    given = {name: words.get(name, "") for name in ("text", "kind", "way", "insurance", "department", "group")}
    return Asked(Filters(box=words.get("box", "all"), institution=numbered(words.get("institution", "")), since=_day(words.get("since", "")) or first,
                         until=_day(words.get("until", "")) or last, **given), words)  # fmt: skip


def _is_known(name: str, value: str) -> bool:
    if name == "box":
        return value in searching.BOXES
    if name in _CHOICES:
        return value in dict(_CHOICES[name])
    if name in ("since", "until"):
        return _day(value) is not None
    if name == "month":
        return _month(value) != (None, None)
    return name != "institution" or numbered(value) is not None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _month(text: str) -> tuple[date | None, date | None]:
    """The first and the last day of 2026-11."""
    first = _day(f"{text}-01") if len(text) == len("2026-11") else None
    return (first, first.replace(day=calendar.monthrange(first.year, first.month)[1])) if first else (None, None)


def bar(request: Request, chosen: Asked) -> dict[str, Any]:
    """What the form of the filters shows."""
    reached = request.actor.reaches(access.VIEW)
    places = sorted(institutions.names(reached).items(), key=lambda one: one[1]) if len(reached) > 1 else []
    return {"words": chosen.words, "places": [(str(pk), name) for pk, name in places], "kinds": Kind.choices(), "ways": Way.choices(), "insurances": Insurance.choices(),
            "is_more": any(name in chosen.words for name in _MORE)}  # fmt: skip


def told(chosen: Asked) -> list[tuple[str, str]]:
    """Every filter in words, for chips and for the sheet that explains an export."""
    return [(name, _said(name, value)) for name, value in chosen.words.items() if name in LABELS]


def _said(name: str, value: str) -> str:
    if name == "institution":
        return institutions.names([int(value)]).get(int(value), "机构不明")
    if name == "group" and value == "-":
        return "没有分组"
    return dict(_CHOICES[name])[value] if name in _CHOICES else value
