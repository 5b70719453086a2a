"""Settlements and statements as pages show them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

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


def settlement_steps(may: frozenset[str], one: Settlement) -> list[dict[str, Any]]:
    """Buttons with the form each opens."""
    listed = [row.action for row in SETTLEMENT.open_to(one.state) if row.action != "prepare" and access.ASKS.get(row.action, row.action) in may]
    return [_step(action, Verb.label(action) if action != "reckon" else "重算", forms.of_settlement(action)) for action in listed if not (action == "reckon" and one.state == State.BEGUN)]


def statement_steps(actor: Actor, one: Statement) -> list[dict[str, Any]]:
    if one.settlement.state != State.PREPARED:
        return []
    listed = [row.action for row in STATEMENT.open_to(one.state) if row.by != "system" and access.may_say(actor, row.action, one)]
    return [_step(action, StatementVerb.label(action), forms.of_statement(action, one)) for action in listed]


def _step(action: str, label: str, form: Any) -> dict[str, Any]:
    return {"action": action, "label": label, "icon": _ICONS[action], "form": form, "first": action in _FIRST, "danger": action in _DANGER, "id": f"dialog-{action}", "lead": forms.LEADS.get(action, "")}


def statement_line(one: Statement) -> dict[str, Any]:
    return {"one": one, "state": StatementState.label(one.state), "tone": TONES[one.state], "final": Money(one.final)}


def lines_of(one: Statement) -> list[dict[str, Any]]:
    """Each line with what it was in the version before; how it came about is asked for when somebody opens it."""
    before: dict[str, StatementLine] = {line.key: line for line in one.previous.lines.all()} if one.previous else {}
    found = []
    for line in one.lines.all():
        title, url = explaining.of_policy(line.policy_ref)
        was = before.get(line.key)
        found.append({"line": line, "name": Line.label(line.key), "amount": Money(line.fen), "is_minus": line.fen < 0, "was": ("原来没有这一行" if was is None else f"原 {Money(was.fen)} 元") if line.changed else "", "policy": title, "policy_url": url,
                      "url": reverse("distribution:statement_line", kwargs={"number": one.number, "version": one.version, "key": line.key})})  # fmt: skip
    return found


def compared(versions: list[Statement]) -> dict[str, Any]:
    """Every version side by side, the oldest first: a row a line, changed cells marked."""
    ordered = list(reversed(versions))
    held = [{line.key: line.fen for line in one.lines.all()} for one in ordered]
    keys = [str(key) for key in Line if any(str(key) in own for own in held)]
    rows = []
    for key in keys:
        cells = [{"amount": Money(own[key]) if key in own else "", "changed": at > 0 and own.get(key) != held[at - 1].get(key), "label": f"第 {ordered[at].version} 版"} for at, own in enumerate(held)]
        rows.append({"name": Line.label(key), "cells": cells, "changed": any(cell["changed"] for cell in cells)})
    return {"versions": [{"one": one, "final": Money(one.final), "state": StatementState.label(one.state), "label": f"第 {one.version} 版"} for one in ordered], "rows": rows}


def said(one: Remark) -> dict[str, Any]:
    """One thing said, for the conversation."""
    return {"remark": one, "title": StatementVerb.label(one.verb), "icon": _ICONS[one.verb], "line": Line.label(one.line) if one.line else "", "where": one.institution.short_name if one.institution else "", "version": one.statement.version}


def whole(actor: Actor, one: Statement, today: date) -> dict[str, Any]:
    """Everything the page of a statement shows."""
    settlement, versions = one.settlement, queries.versions(one)
    is_late = one.state == StatementState.PREPARED and one.confirm_by is not None and one.confirm_by < today and settlement.state == State.PREPARED
    return {"statement": one, "settlement": settlement, **statement_line(one), "fund": Fund.label(settlement.fund), "lines": lines_of(one), "steps": statement_steps(actor, one), "is_late": is_late,
            "owes": one.final < 0, "size": Money(abs(one.final)), "conversation": [said(each) for each in queries.remarks(one)], "compared": compared(versions) if len(versions) > 1 else None, "intact": signed.holds(one)}  # fmt: skip
