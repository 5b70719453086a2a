"""How facts of a year are spelt: the engine's own spelling, checked before anything is kept."""

from __future__ import annotations

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.terms import Told
from yilianti.settlement.fund import api as fund

#: What a value looks like, for the form and for refusals.
SPELT = {Told.SCORE: "0 至 100，最多两位小数", Told.HEADS: "整数", Told.NEED: "百分数，例如 105%", Told.QUALITY: "百分数，例如 95%", Told.PAID: "元，最多两位小数", Told.SUBSIDY: "元，最多两位小数"}


def checked(name: str, value: str) -> str:
    """The value as the engine reads it; raises Refused naming the field."""
    text = value.strip()
    field = Told.label(name)
    match Told(name):
        case Told.SCORE:
            if fund.points(f"{text}%", field) > fund.UNIT:
                raise Refused("bad_score", f"{field}“{text}”应在 0 和 100 之间。", "The score must lie between 0 and 100.", field="value")
        case Told.HEADS:
            fund.count(text, field)
        case Told.NEED | Told.QUALITY:
            fund.points(text, field)
        case Told.PAID | Told.SUBSIDY:
            fund.fen(text, field)
    return text
