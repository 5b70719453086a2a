"""What was done about a package: payments of the advance, overspend set aside, versions, and every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from yilianti.kernel import journal, wording
from yilianti.kernel.money import Money
from yilianti.settlement.budget import books
from yilianti.settlement.budget.models import Instalment, Package, PackageVersion, SetAside
from yilianti.settlement.budget.terms import Verb
from yilianti.settlement.fund import api as fund

#: How many of the latest steps stand open.
_FEW = 8


def advance(package: Package, listed: Sequence[Instalment], today: date) -> dict[str, Any]:
    """The cash calendar: what is due, what arrived, what is held back."""
    rows = []
    for one in listed:
        payments = sorted(one.payments.all(), key=lambda payment: payment.pk)
        paid = sum(payment.fen for payment in payments)
        rows.append({"one": one, "fen": Money(one.fen), "paid": Money(paid), "open": Money(one.fen - paid), "open_plain": fund.yuan(max(one.fen - paid, 0)), "is_open": paid < one.fen, **_standing(one, paid, today),
                     "payments": [{"one": payment, "fen": Money(payment.fen), "may_correct": payment.corrects_id is None and not hasattr(payment, "corrected_by")} for payment in payments]})  # fmt: skip
    planned, arrived = sum(one.fen for one in listed), sum(payment.fen for one in listed for payment in one.payments.all())
    return {"rows": rows, "planned": Money(planned), "held": Money(package.fen - planned), "arrived": Money(arrived), "open": Money(planned - arrived)}


def _standing(one: Instalment, paid: int, today: date) -> dict[str, str]:
    if paid > one.fen:
        return {"state": "多付，待冲抵", "tone": "warn"}
    if paid == one.fen:
        return {"state": "已付清", "tone": "ok"}
    if one.due_on and one.due_on < today:
        return {"state": "已过期限", "tone": "bad"}
    if one.due_on and one.due_on <= today + timedelta(days=10) and one.begins_on <= today:
        return {"state": "将到期", "tone": "wait"}
    return {"state": "部分已付", "tone": "info"} if paid else {"state": "未到期", "tone": "idle"}


def set_asides(listed: Sequence[SetAside]) -> list[dict[str, Any]]:
    """Overspend set aside and withdrawn, in order."""
    return [{"one": one, "fen": Money(one.fen), "may_withdraw": one.withdraws_id is None and not hasattr(one, "withdrawn_by")} for one in listed]


def versions(listed: Sequence[PackageVersion]) -> list[dict[str, Any]]:
    """Versions with what changed since the one before."""
    verbs = {"draft": "起草", **{str(verb.value): verb.zh for verb in Verb}}
    found = []
    for newer, older in zip_longest(listed, listed[1:]):
        found.append({"one": newer, "verb": verbs.get(newer.verb, newer.verb), "total": Money(newer.fen), "changes": _changes(older.facts if older else {}, newer.facts) if older else []})
    return found


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [f"{books.label(name)}：{before.get(name, '—')} → {now.get(name, '—')}" for name in sorted({*before, *now}) if before.get(name) != now.get(name)]


def happened(package: Package) -> dict[str, Any]:
    """Every journal line of the package, the newest first; the few latest, and the rest behind a press."""
    found = [{"title": wording.name(entry.word), "at": entry.at, "who": entry.actor_name, "note": _note(entry.facts)} for entry in reversed(journal.history(f"budget:{package.number}"))]
    return {"happened": found[:_FEW], "earlier": found[_FEW:]}


def _note(facts: Mapping[str, Any]) -> str:
    said = [f"{facts['month'][:7]} 第 {facts['turn']} 次，累计 {Money(facts['spent'])} 元"] if "month" in facts else []
    if "instalment" in facts:
        said.append(f"第 {facts['instalment']} 期")
    if isinstance(facts.get("fen"), int):
        said.append(f"{Money(facts['fen'])} 元")
    return "，".join([*said, *(str(facts[name]) for name in ("voucher", "resolution", "document", "because") if facts.get(name))])
