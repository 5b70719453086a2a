"""Figures as people read them: a tile, a line of a table, a row behind a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yilianti.insight.indicators import rules
from yilianti.insight.indicators.access import Whose
from yilianti.insight.indicators.cards import Card
from yilianti.insight.indicators.models import Figure
from yilianti.kernel.facts import Column, Holds
from yilianti.policybook import Status

TREND = 6
_TALLEST, _STEP = 26, 9


@dataclass(frozen=True)
class Bar:
    """One month of a small trend, in the units of its drawing."""

    x: int
    y: int
    height: int
    is_last: bool


@dataclass(frozen=True)
class Tile:
    """A figure with everything needed to judge it."""

    card: Card
    whose: Whose
    month: date
    text: str
    unit: str
    numerator: int
    denominator: int
    label: str
    sealed_number: int
    bars: list[Bar]
    trend: str


def tile(card: Card, whose: Whose, month: date, months: Sequence[date], found: Mapping[tuple[str, date], Figure]) -> Tile:
    """The card's figure of the month, and how it went before."""
    figure = found.get((card.code, month))
    values = [value(card, found.get((card.code, past))) for past in months]
    bars = [Bar(n * _STEP, _TALLEST - height, height, n == len(months) - 1) for n, height in enumerate(rules.heights(values, _TALLEST))]
    told = "；".join(f"{past.month}月 {in_words(card, figure_value)}" for past, figure_value in zip(months, values, strict=True))
    text, unit = figure_text(card, figure)
    return Tile(card, whose, month, text, unit, figure.numerator if figure else 0, figure.denominator if figure else 0, label(card),
                figure.sealed_number if figure else 0, bars, told)  # fmt: skip


def value(card: Card, figure: Figure | None) -> Decimal | None:
    """Computed when read: a share from its parts, a median as measured, a count as it is; None where it cannot be computed."""
    if figure is None:
        return None
    if card.unit == "例":
        return Decimal(figure.numerator)
    return figure.measured if card.unit == "秒" else rules.share_of(figure.numerator, figure.denominator)


def in_words(card: Card, found: Decimal | None) -> str:
    if found is None:
        return rules.CANNOT
    return rules.duration(found) if card.unit == "秒" else f"{found}{card.unit}"


def figure_text(card: Card, figure: Figure | None) -> tuple[str, str]:
    """(figure, unit) apart, for large print."""
    found = value(card, figure)
    if found is None or card.unit == "秒":
        return in_words(card, found), ""
    return str(found), card.unit


def label(card: Card) -> str:
    """What a card without a public formula is called wherever it is shown; "" for one that has it."""
    return "" if card.edition.status is Status.PUBLIC_SOURCE else card.edition.status.zh


def line(card: Card, figure: Figure) -> dict[str, Any]:
    """One line of a table of figures."""
    return {"figure": figure, "text": in_words(card, value(card, figure))}


def short(column: Column, found: Any, names: Mapping[int, str]) -> str:
    """A cell of a list on a page: moments without the year."""
    return moment(found)[5:16] if column.holds is Holds.MOMENT and found else cell(column, found, names)


def cell(column: Column, found: Any, names: Mapping[int, str]) -> Any:
    """A cell of a file: institutions by name, codes by their words, moments in full, numbers as numbers."""
    if found is None or found == "":
        return ""
    if column.holds is Holds.MOMENT:
        return moment(found)
    if column.holds is Holds.FLAG:
        return "是" if found else "否"
    if column.holds is Holds.PLACE:
        return names.get(found, str(found))
    return column.words.label(found) if column.words else found


def moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S")


def places_in(columns: Iterable[Column], rows: Iterable[Mapping[str, Any]]) -> set[int]:
    """Every institution that a set of rows names."""
    named = [column.name for column in columns if column.holds is Holds.PLACE]
    return {row[name] for row in rows for name in named if row[name]}
