"""A settlement at a glance: the waterfall of the year, who has not confirmed, what is to be paid to whom."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from yilianti.kernel import falling
from yilianti.kernel.money import Money
from yilianti.settlement.distribution.models import RunStep, Settlement, Statement
from yilianti.settlement.distribution.terms import Part, StatementState, Total


def totals(steps: Sequence[RunStep]) -> dict[str, int]:
    """What the run comes to in all, in fen by name; nothing before its last step."""
    last = next((step for step in steps if step.name == Part.TOTALS), None)
    working = json.loads(last.text, parse_float=Decimal)["working"] if last else []
    return {name: Money.yuan(text).fen for name, text in working[-1]["result"].items()} if working and isinstance(working[-1]["result"], dict) else {}


def bars(found: Mapping[str, int]) -> list[falling.Bar]:
    """From the package down to what the members share."""
    if Total.LEFT not in found:
        return []
    left, fund, members = found[Total.LEFT], found.get(Total.FUND, 0), found.get(Total.MEMBERS, 0)
    steps = [(Total.PACKAGE.zh, found[Total.PACKAGE], True), (Total.CHARGED.zh, -found[Total.CHARGED], False), ("超支" if left < 0 else "结余", left, True)]
    if fund:
        steps.append(("基金分担" if left < 0 else "归还基金", -fund, False))
    steps += [(name.zh, -found[name], False) for name in (Total.USES, Total.UNSHARED, Total.WITHHELD_FUND, Total.WITHHELD_CONSORTIUM) if found.get(name)]
    return falling.waterfall([*steps, ("成员分担" if left < 0 else Total.MEMBERS.zh, members, True)])


def unconfirmed(settlement: Settlement, statements: Sequence[Statement], today: date) -> dict[str, Any]:
    """Who has yet to speak, and whose dispute waits for finance."""
    waiting = [one for one in statements if one.state == StatementState.PREPARED] if settlement.state == "prepared" else []
    late = [one for one in waiting if one.confirm_by and one.confirm_by < today]
    disputes = [one for one in statements if one.state in (StatementState.DISPUTED, StatementState.ACCEPTED)]
    return {"waiting": waiting, "late": {one.pk for one in late}, "disputes": disputes, "confirm_by": min((one.confirm_by for one in waiting if one.confirm_by), default=None), "reminded_today": settlement.reminded_on == today}


def cash(statements: Sequence[Statement]) -> dict[str, Any]:
    """What goes out and what comes back, over the members in view."""
    out, back = [one.final for one in statements if one.final > 0], [-one.final for one in statements if one.final < 0]
    return {"out": Money(sum(out)), "out_many": len(out), "back": Money(sum(back)), "back_many": len(back), "net": Money(sum(out) - sum(back)), "even_many": len(statements) - len(out) - len(back)}
