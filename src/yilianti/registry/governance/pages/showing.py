"""How governance looks: tones, labels, rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from yilianti import policybook
from yilianti.policybook import Edition, proposing
from yilianti.policybook.values import Values
from yilianti.registry.governance.models import Council, Document, Meeting, Resolution
from yilianti.registry.governance.queries import Chair
from yilianti.registry.governance.terms import (
    Choice,
    CouncilKind,
    DocumentKind,
    DocumentState,
    Majority,
    Matter,
    MeetingState,
    ResolutionState,
)

RESOLUTION_TONES = {"proposed": "idle", "voting": "wait", "adopted": "ok", "rejected": "bad", "withdrawn": "idle", "revoked": "warn"}
MEETING_TONES = {"convened": "info", "opened": "wait", "closed": "ok", "cancelled": "idle"}
DOCUMENT_TONES = {"draft": "idle", "signing": "wait", "in_force": "ok", "ended": "idle", "superseded": "idle", "discarded": "idle"}
CHOICE_TONES = {"for": "ok", "against": "bad", "abstain": "idle", "recused": "warn", "sealed": "info"}


def council_kind(council: Council) -> str:
    return CouncilKind.label(council.kind)


def meeting_row(meeting: Meeting) -> dict[str, Any]:
    return {"meeting": meeting, "state": MeetingState.label(meeting.state), "tone": MEETING_TONES[meeting.state]}


def resolution_row(resolution: Resolution) -> dict[str, Any]:
    return {"resolution": resolution, "state": ResolutionState.label(resolution.state), "tone": RESOLUTION_TONES[resolution.state],
            "matter": Matter.label(resolution.matter), "majority": Majority.label(resolution.majority), "policy": policy_title(resolution)}  # fmt: skip


def policy_title(resolution: Resolution) -> str:
    """The name of the policy it changes; the code where the book no longer holds the edition it started from."""
    try:
        return policybook.by_ref(resolution.base_ref).title if resolution.base_ref else ""
    except KeyError:
        return resolution.policy_code


def document_row(document: Document, today: date) -> dict[str, Any]:
    """Its state as stored; what the day implies besides."""
    state, tone, note = DocumentState.label(document.state), DOCUMENT_TONES[document.state], ""
    if document.state == DocumentState.IN_FORCE:
        if document.effective_from > today:
            state, tone = "尚未生效", "wait"
        elif document.effective_until is not None and document.effective_until <= today:
            state, tone = "已到期", "bad"
        elif document.effective_until is not None and (document.effective_until - today).days <= 60:
            note = f"{(document.effective_until - today).days} 天后到期"
    elif document.state == DocumentState.SIGNING and (unsigned := getattr(document, "unsigned", 0)):
        note = f"还有 {unsigned} 方未签"
    return {"document": document, "kind": DocumentKind.label(document.kind), "state": state, "tone": tone, "note": note}


def chair_row(chair: Chair) -> dict[str, Any]:
    choice = chair.vote.choice if chair.vote else ""
    return {"chair": chair, "choice": Choice.label(choice) if choice else "", "tone": CHOICE_TONES.get(choice, "idle")}


def changes(base: Edition, values: dict[str, Any]) -> list[dict[str, str]]:
    """Every value of the edition, the old beside the new, those that change marked."""
    fresh = {cell.key: value for cell, value in proposing.differences(base, values)}
    return [{"label": cell.label, "unit": cell.unit, "old": plain(cell.now), "new": plain(fresh.get(cell.key, cell.now)), "changed": "1" if cell.key in fresh else ""}
            for cell in proposing.cells(base)]  # fmt: skip


def plain(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple | list):
        return "、".join(map(str, value))
    return str(dict(value)) if isinstance(value, Values) else str(value)
