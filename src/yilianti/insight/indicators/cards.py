"""Cards: an indicator as a policy file describes it. Its code below `indicators.` is `<standard>.<id>`: same name, other definition, other card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yilianti import policybook
from yilianti.insight.indicators.terms import Better, By
from yilianti.policybook import Edition
from yilianti.policybook.places import HasScope

FOLDER = "indicators."


class CardFault(Exception):
    """A card cannot be computed; one Chinese sentence with the way out."""

    def __init__(self, card: str, zh: str) -> None:
        super().__init__(f"指标卡 {card}：{zh}")


@dataclass(frozen=True)
class Card:
    """One edition of one indicator. `counted` and `out_of` are the short words for numerator and denominator on a tile."""

    code: str
    edition: Edition
    measure: str
    parameters: Mapping[str, Any]
    numerator: str
    denominator: str
    counted: str
    out_of: str
    excludes: tuple[str, ...]
    by: frozenset[By]
    better: Better
    short: str

    @property
    def title(self) -> str:
        return self.edition.title

    @property
    def unit(self) -> str:
        return self.edition.head.unit


def of(edition: Edition) -> Card:
    """The card an edition holds; raises CardFault."""
    code, extra = edition.code.removeprefix(FOLDER), edition.head.extra
    missing = [key for key in ("measure", "numerator", "denominator", "counted", "out_of") if not edition.get(key)]
    if missing:
        raise CardFault(code, f"版本 {edition.effective_from.isoformat()} 缺少 {'、'.join(missing)}；请在 [[edition]] 中补上。")
    try:
        by, better = frozenset(By(word) for word in extra.get("by", ("institution", "consortium"))), Better(extra.get("higher_is", "neutral"))
    except ValueError as error:
        raise CardFault(code, f"{error}；by 只能写 institution、consortium、pair，higher_is 只能写 better、worse、neutral。") from None
    return Card(
        code, edition, edition["measure"], edition.get("parameters", {}), edition["numerator"], edition["denominator"], edition["counted"],
        edition["out_of"], tuple(edition.get("excludes", ())), by, better, extra.get("short", edition.title),
    )  # fmt: skip


def in_force(day: date, scope: HasScope) -> dict[str, Edition]:
    """Code → the edition that holds there on that day, of every card."""
    standings = policybook.current().survey(day, scope)
    found = (standing.in_force for standing in standings if standing.code.startswith(FOLDER))
    return {edition.code.removeprefix(FOLDER): edition for edition in found if edition is not None}


def one(code: str, day: date, scope: HasScope) -> Card | None:
    """The card of that code in force there on that day; None where there is none. Raises CardFault."""
    edition = in_force(day, scope).get(code)
    return of(edition) if edition else None
