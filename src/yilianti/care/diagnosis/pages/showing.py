"""How an examination looks: the tone of its state, its next limit, its progress, its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from yilianti.care.diagnosis import access, rules
from yilianti.care.diagnosis.actions.charging import REFUNDABLE
from yilianti.care.diagnosis.ecg import MEASURES
from yilianti.care.diagnosis.lifecycle import STEPS
from yilianti.care.diagnosis.models import CriticalValue, Exam
from yilianti.care.diagnosis.terms import JOURNAL, CriticalState, Door, Modality, RejectReason, State, Urgency, Verb
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.money import Money

TONES = {"ordered": "idle", "acquired": "wait", "queued": "wait", "reading": "info", "concluded": "wait", "conference": "warn", "issued": "ok", "rejected": "bad", "cancelled": "idle"}
URGENCY_TONES = {"chest_pain": "bad", "emergency": "bad", "routine": "idle"}
CRITICAL_TONES = {"notified": "bad", "acknowledged": "warn", "resolved": "ok", "corrected": "idle"}
ICONS = {"claim": "eye", "release": "rotate", "reject": "arrow-back-up", "convene": "users", "refer_back": "arrow-back-up", "cancel": "ban", "revise": "pencil", "send": "send"}
_PATH = ("ordered", "acquired", "queued", "reading", "concluded", "issued")
_SOON = timedelta(minutes=5)
#: Written on the page itself, or by the door that reads the file.
_WRITTEN = frozenset({"acquire", "conclude", "issue", "decide", "amend", "send"})


def deadline(exam: Exam, now: datetime) -> dict[str, Any] | None:
    """The limit that runs now."""
    due = rules.due_at(exam.state, exam.written_due_at, exam.audited_due_at)
    if due is None:
        return None
    left = due - now
    state = "late" if left < timedelta() else "soon" if left < _SOON else "on_time"
    said = "审核" if exam.state in ("concluded", "conference") else "书写"
    return {"at": due, "state": state, "text": f"{said}{'已超' if state == 'late' else '剩'} {_span(abs(left))}"}


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // 1440} 天"


def as_row(exam: Exam, now: datetime) -> dict[str, Any]:
    return {
        "exam": exam, "state": State.label(exam.state), "tone": TONES[exam.state], "urgency": Urgency.label(exam.urgency), "urgency_tone": URGENCY_TONES[exam.urgency],
        "modality": Modality.label(exam.modality), "deadline": deadline(exam, now), "cannot_wait": rules.cannot_wait(exam.urgency),
    }  # fmt: skip


def progress(exam: Exam, entries: Sequence[JournalEntry]) -> list[dict[str, Any]]:
    """The way so far and to come."""
    reached = {str(e.facts.get("state")): e for e in entries if e.word in STEPS}
    state = "concluded" if exam.state == "conference" else exam.state
    place = _PATH.index(state) if state in _PATH else -1
    steps = []
    for index, one in enumerate(_PATH):
        entry = reached.get(one) if index <= place else None
        standing = "done" if index < place or (index == place == len(_PATH) - 1) else "current" if index == place else "todo"
        steps.append({"label": State.label(one), "state": standing, "who": entry.actor_name if entry else "", "at": entry.at if entry else None})
    if place < 0:
        last = reached.get(exam.state)
        steps = [{"label": State.label(exam.state), "state": "refused", "who": last.actor_name if last else "", "at": last.at if last else None}]
    return steps


def events(entries: Sequence[JournalEntry]) -> list[dict[str, Any]]:
    """The journal of the exam, newest first, in words."""
    return [{"title": JOURNAL.get(e.word, e.word), "at": e.at, "who": e.actor_name, "note": _note(e), "tone": "bad" if e.word in ("diagnosis.critical_found", "diagnosis.critical_changed") else "", "icon": "circle-dot"} for e in reversed(entries)]


def _note(entry: JournalEntry) -> str:
    if "because" in entry.facts:
        return str(entry.facts["because"])
    return RejectReason.label(str(entry.facts["reason"])) if "reason" in entry.facts else ""


def facts(exam: Exam) -> list[dict[str, str]]:
    pairs = [
        ("申请机构", exam.institution.name), ("诊断中心", exam.centre.name), ("主诉", exam.complaint), ("临床印象", exam.impression), ("来源", Door.of(exam.source)), ("申请单号", exam.placer_number), ("申请医生", exam.orderer or (exam.ordered_by.name if exam.ordered_by else "")), ("床号", exam.bed),
        ("检查费", "未登记" if exam.fee_fen is None else f"{Money(exam.fee_fen)} 元" if exam.fee_fen else "免收"), ("仍要发送的理由", exam.sent_anyway),
    ]  # fmt: skip
    return [{"label": label, "value": value} for label, value in pairs if value]


def measured(exam: Exam) -> list[dict[str, Any]]:
    """What stands in the report, else what the machine measured."""
    values = exam.measurements or exam.measured
    return [{"measure": one, "value": f"{values[one.code]:.{one.decimals}f}"} for one in MEASURES if one.code in values]


def buttons(actor: Actor, exam: Exam, now: datetime) -> list[dict[str, Any]]:
    """Steps the actor may take now that need no more than a dialog."""
    rows = [row.action for row in access.open_steps(actor, exam) if row.action not in _WRITTEN]
    mine = exam.state == "reading" and exam.claimed_by_id == actor.person
    held = exam.state == "reading" and not mine
    if mine:
        rows = [action for action in rows if action != "claim"]
    if held:
        free = exam.claimed_until is not None and exam.claimed_until <= now
        rows = ["claim"] if free and "claim" in rows else []
    return [{"action": action, "label": Verb.label(action), "icon": ICONS.get(action, "rotate"), "first": action == "claim", "danger": action in ("reject", "cancel", "refer_back"), "asks": action not in ("claim", "release")} for action in rows]


def criticals(actor: Actor, rows: Sequence[CriticalValue], now: datetime) -> list[dict[str, Any]]:
    """Critical values with what may be done about each."""
    return [
        {"row": one, "minutes": int(((one.acknowledged_at or now) - one.found_at).total_seconds() // 60), "state": CriticalState.label(one.state), "tone": CRITICAL_TONES[one.state], "waited": _span((one.acknowledged_at or now) - one.found_at),
         "may_acknowledge": one.state == "notified" and access.may_critical(actor, "acknowledge", one), "may_resolve": one.state == "acknowledged" and access.may_critical(actor, "resolve", one),
         "may_pass_on": one.state == "notified" and access.may_critical(actor, "note_unreachable", one)}
        for one in rows
    ]  # fmt: skip


def invited(exam: Exam) -> list[dict[str, Any]]:
    """Whom the conference asked by name, and who of them has said something."""
    if exam.state not in ("conference", "issued"):
        return []
    spoke = set(exam.readings.filter(kind="opinion").values_list("reader", flat=True))
    return [{"name": one.person.name, "spoke": one.person_id in spoke} for one in exam.invitations.select_related("person").order_by("id")]


def fee(actor: Actor, exam: Exam) -> list[str]:
    """What the member may do about the fee now."""
    if exam.charged_at is not None:
        return ["refund"] if exam.state in REFUNDABLE and actor.may("diagnosis.refund", exam.institution_id) else []
    return ["charge", "waive"] if exam.state != "cancelled" and actor.may("diagnosis.charge", exam.institution_id) else []
