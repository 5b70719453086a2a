"""Suspicions as pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from yilianti import policybook
from yilianti.kernel.actor import Actor
from yilianti.kernel.money import Money
from yilianti.policybook import NoPolicyInForce
from yilianti.settlement.supervision import access, queries
from yilianti.settlement.supervision.models import Statement, Suspicion
from yilianti.settlement.supervision.pages import forms
from yilianti.settlement.supervision.terms import Family, Rule, State, Verb

TONES = {State.RAISED: "wait", State.EXPLAINED: "info", State.CLEARED: "ok", State.CONFIRMED: "bad", State.RECOVERED: "ok", State.WITHDRAWN: "idle", State.SUPERSEDED: "idle"}
_ICONS = {Verb.EXPLAIN: "message", Verb.ASK: "help-circle", Verb.CLEAR: "circle-check", Verb.CONFIRM: "alert-triangle", Verb.RECOVER: "arrow-back-up", Verb.WITHDRAW: "x", Verb.REOPEN: "history"}
_MARKS = {Verb.CLEAR: "ok", Verb.CONFIRM: "bad", Verb.RECOVER: "ok"}


def line(one: Suspicion, today: date) -> dict[str, Any]:
    """One row of the worklist."""
    late = one.due_on is not None and one.due_on < today
    return {"one": one, "rule": Rule.label(one.rule), "family": Family.label(one.family), "state": State.label(one.state), "tone": TONES[State(one.state)], "amount": Money(one.amount),
            "late": late, "limit": f"{one.due_on:%m-%d}{'，已过' if late else ''}" if one.due_on else ""}  # fmt: skip


def evidence(one: Suspicion) -> list[dict[str, Any]]:
    """Rows of the evidence, by claim, so that two claims stand one below the other."""
    return [{**row, "yuan": Money(row["amount"]), "asked": bool(one.beside) and row["claim"] == one.claim} for row in one.evidence]


def said(statement: Statement) -> dict[str, Any]:
    """One thing said, for the conversation."""
    verb = Verb(statement.verb)
    return {"statement": statement, "title": verb.zh, "icon": _ICONS[verb], "tone": _MARKS.get(verb, ""), "where": statement.institution.short_name if statement.institution else ""}


def steps(actor: Actor, one: Suspicion) -> list[dict[str, Any]]:
    """Buttons with the form each opens; what is owed first."""
    listed = [(row.action, Verb(row.action)) for row in access.open_steps(actor, one)]
    return [{"action": action, "label": verb.zh, "icon": _ICONS[verb], "form": forms.of(action, one), "first": action in ("explain", "recover"), "danger": action == "confirm", "id": f"dialog-{action}",
             "lead": forms.LEADS.get(action, "")} for action, verb in listed]  # fmt: skip


def whole(actor: Actor, one: Suspicion, today: date) -> dict[str, Any]:
    """Everything the page of a suspicion shows."""
    pairs = [("费用", one.claim, f"/claims/{one.claim}/"), *((("另见", other, f"/claims/{other}/")) for other in one.beside), ("机构", one.institution.name, ""), ("居民", one.resident.number, ""),
             ("费用月份", f"{one.month:%Y-%m}", ""), ("涉及金额", f"{Money(one.amount)} 元", "")]  # fmt: skip
    if one.confirmed is not None:
        pairs.append(("认定金额", f"{Money(one.confirmed)} 元", ""))
    if one.recovered is not None:
        pairs.append(("退回金额", f"{Money(one.recovered)} 元", ""))
    return {
        "suspicion": one, **line(one, today), "pairs": [{"label": label, "value": value, "url": url} for label, value, url in pairs], "rows": evidence(one),
        "conversation": [said(each) for each in queries.statements(one)], "steps": steps(actor, one), "refs": _refs(one.policy_refs), "law": _law(actor, one, today),
    }  # fmt: skip


def _refs(refs: Sequence[str]) -> list[dict[str, str]]:
    """Policies by their title; a knowledge point by its document."""
    found = []
    for ref in refs:
        try:
            edition = policybook.by_ref(ref)
            found.append({"title": edition.title, "url": f"/policies/{edition.code}/"})
        except KeyError:
            found.append({"title": ref, "url": ""})
    return found


def _law(actor: Actor, one: Suspicion, today: date) -> Mapping[str, Any] | None:
    """What the regulation says of such conduct; the platform reckons no fine."""
    try:
        edition = policybook.in_force("settlement.supervision.penalties", today, actor.scope)
    except NoPolicyInForce:
        return None
    kind = "fraud" if one.family == Family.CARD else "institution"
    return {"source": str(edition.source), **dict(edition[kind])}
