"""Settlements and statements as pages show them."""

from __future__ import annotations

from datetime import date
from typing import Any

from yilianti.kernel.actor import Actor
from yilianti.kernel.money import Money
from yilianti.settlement.budget.api import Fund
from yilianti.settlement.distribution import access, explaining, queries, signed
from yilianti.settlement.distribution.lifecycle import SETTLEMENT, STATEMENT
from yilianti.settlement.distribution.models import Remark, Settlement, Statement, StatementLine
from yilianti.settlement.distribution.pages import forms
from yilianti.settlement.distribution.terms import Line, State, StatementState, StatementVerb, Verb

TONES = {"begun": "wait", "prepared": "wait", "approved": "info", "posted": "ok", "locked": "ok", "withdrawn": "idle", "confirmed": "ok", "disputed": "bad", "accepted": "info", "superseded": "idle"}
_ICONS = {"confirm": "circle-check", "dispute": "alert-triangle", "answer": "message", "accept": "arrow-back-up", "reckon": "scale", "withdraw": "x", "approve": "circle-check", "send_back": "arrow-back-up", "post": "checks", "lock": "lock"}
_FIRST = {"confirm", "accept", "approve", "post", "lock"}
_DANGER = {"withdraw"}


def settlement_line(one: Settlement) -> dict[str, Any]:
    """One row of the list."""
    return {"one": one, "fund": Fund.label(one.fund), "state": State.label(one.state), "tone": TONES[one.state]}


def settlement_steps(actor: Actor, one: Settlement, day: date) -> list[dict[str, Any]]:
    """Buttons with the form each opens."""
    listed = [row.action for row in SETTLEMENT.open_to(one.state) if row.action != "prepare" and access.may_settle(actor, row.action, one, day)]
    return [_step(action, Verb.label(action) if action != "reckon" else "重算", forms.of_settlement(action)) for action in listed if not (action == "reckon" and one.state == State.BEGUN)]


def statement_steps(actor: Actor, one: Statement) -> list[dict[str, Any]]:
    if one.settlement.state != State.PREPARED:
        return []
    listed = [row.action for row in STATEMENT.open_to(one.state) if row.by != "system" and access.may_say(actor, row.action, one)]
    return [_step(action, StatementVerb.label(action), forms.of_statement(action, one)) for action in listed]


def _step(action: str, label: str, form: Any) -> dict[str, Any]:
    return {"action": action, "label": label, "icon": _ICONS[action], "form": form, "first": action in _FIRST, "danger": action in _DANGER, "id": f"dialog-{action}", "lead": forms.LEADS.get(action, "")}


def statement_line(one: Statement) -> dict[str, Any]:
    return {"one": one, "state": StatementState.label(one.state), "tone": TONES[one.state], "final": Money(one.final), "lines": [{"name": Line.label(line.key), "amount": Money(line.fen), "changed": line.changed} for line in one.lines.all()]}


def lines_of(one: Statement) -> list[dict[str, Any]]:
    """Each line with its tree and what it was in the version before."""
    working = explaining.Working(one.run)
    before: dict[str, StatementLine] = {line.key: line for line in one.previous.lines.all()} if one.previous else {}
    found = []
    for line in one.lines.all():
        title, url = explaining.of_policy(line.policy_ref)
        was = before.get(line.key)
        found.append({"line": line, "name": Line.label(line.key), "amount": Money(line.fen), "was": Money(was.fen) if was and line.changed else None, "policy": title, "policy_url": url,
                      "nodes": working.of_line(line, one.institution.code)})  # fmt: skip
    return found


def said(one: Remark) -> dict[str, Any]:
    """One thing said, for the conversation."""
    return {"remark": one, "title": StatementVerb.label(one.verb), "icon": _ICONS[one.verb], "line": Line.label(one.line) if one.line else "", "where": one.institution.short_name if one.institution else "", "version": one.statement.version}


def whole(actor: Actor, one: Statement) -> dict[str, Any]:
    """Everything the page of a statement shows."""
    settlement = one.settlement
    return {"statement": one, "settlement": settlement, **{key: value for key, value in statement_line(one).items() if key != "lines"}, "fund": Fund.label(settlement.fund), "lines": lines_of(one), "steps": statement_steps(actor, one),
            "conversation": [said(each) for each in queries.remarks(one)], "versions": [{"one": each, "final": Money(each.final), "state": StatementState.label(each.state)} for each in queries.versions(one)],
            "intact": signed.holds(one)}  # fmt: skip
