"""Which stays a page of grouping results is asked for: a month, three months or a calendar year, of one institution or of all in reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.utils import timezone

from yilianti.kernel.pages import Request, numbered
from yilianti.settlement.claims import access, weighing_kept
from yilianti.settlement.claims.weighing_kept import Span

LENGTHS = (("1", "一个月"), ("3", "三个月"), ("12", "全年"))


@dataclass(frozen=True)
class Asked:
    """The span, the institution, and the words of the address that mean something."""

    span: Span
    month: date
    institution: int | None
    words: Mapping[str, str]

    def url(self, **changes: str) -> str:
        """The same page otherwise narrowed or ordered."""
        return f"?{urlencode({name: value for name, value in {**self.words, **changes}.items() if value})}"

    @property
    def title(self) -> str:
        if self.span.is_year:
            return f"{self.span.first.year} 年"
        last = shifted(self.span.until, -1)
        first = f"{self.span.first.year} 年 {self.span.first.month} 月"
        return first if last == self.span.first else f"{first}至 {last.year} 年 {last.month} 月"


def asked(request: Request) -> Asked:
    """What the address says; without a month, that of the last stay within reach."""
    month = _month(request.GET.get("month", "")) or (weighing_kept.latest(request.actor) or timezone.localdate()).replace(day=1)
    length = request.GET.get("months", "1")
    length = length if length in dict(LENGTHS) else "1"
    first = month.replace(month=1) if length == "12" else shifted(month, 1 - int(length))
    place = numbered(request.GET.get("institution", ""))
    place = place if place in request.actor.reaches(access.VIEW) else None
    words = {"month": f"{month:%Y-%m}", "months": length, "institution": str(place or "")}
    words |= {name: request.GET.get(name, "")[:20] for name in ("sort", "order") if request.GET.get(name)}
    return Asked(Span(first, shifted(first, int(length))), month, place, words)


def shifted(month: date, by: int) -> date:
    """So many months later or earlier."""
    count = month.year * 12 + month.month - 1 + by
    return date(count // 12, count % 12 + 1, 1)


def _month(text: str) -> date | None:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2999 else None
