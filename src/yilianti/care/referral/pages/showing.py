"""How a referral looks: the tone of its state, its next deadline, its progress, its buttons."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from yilianti.care.referral import access, queries, rules
from yilianti.care.referral.actions import going_home, moving
from yilianti.care.referral.models import MilestoneNoted, Referral
from yilianti.care.referral.pages import clock
from yilianti.care.referral.queries import Line
from yilianti.care.referral.rules import promises
from yilianti.care.referral.rules.promises import Promise
from yilianti.care.referral.terms import (
    JOURNAL,
    OPEN,
    Channel,
    DeclineReason,
    Milestone,
    Outcome,
    Owner,
    Service,
    State,
    Urgency,
    Utterance,
    Verb,
)
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.templatetags import pieces
from yilianti.registry.residents import api as residents

TONES = {"draft": "idle", "pending": "wait", "submitted": "wait", "assigned": "wait", "rerouting": "warn", "advised": "warn", "sent_out": "info", "recalled": "warn", "returned": "warn", "accepted": "info", "arrived": "info", "discharged": "wait",
         "concluded": "ok", "declined": "bad", "withdrawn": "idle", "lapsed": "bad"}  # fmt: skip
URGENCY_TONES = {"emergency": "bad", "urgent": "warn", "elective": "idle"}
ICONS = {"accept": "check", "take": "check", "approve": "check", "approve_out": "check", "assign": "users", "hand_back": "arrow-back-up", "advise": "message",
         "adopt": "check", "convert": "arrows-exchange", "propose_redirect": "route", "agree_redirect": "check", "refuse_redirect": "ban", "disapprove": "ban",
         "note_outcome": "flag", "recall": "arrows-exchange", "decline": "ban", "send_back": "arrow-back-up", "redirect": "route", "withdraw": "arrow-back-up", "arrive": "login",
         "discharge": "logout", "offer_home": "home-heart", "follow_up": "home-heart", "conclude": "flag"}  # fmt: skip
_SOON = timedelta(hours=1)
_PATH = ("submitted", "accepted", "arrived", "discharged", "concluded")
_PATH_HOME = ("submitted", "accepted", "concluded")
_PATH_OUTSIDE = ("sent_out", "concluded")
_PATH_ADVICE = ("submitted", "advised", "concluded")


def as_row(referral: Referral, now: datetime) -> dict[str, Any]:
    """What a list line shows."""
    return {
        "referral": referral,
        "state": State.label(referral.state),
        "tone": TONES[referral.state],
        "urgency": Urgency.label(referral.urgency),
        "urgency_tone": URGENCY_TONES[referral.urgency],
        "direction": rules.direction(referral.from_level, referral.to_level),
        "deadline": deadline(referral, now),
    }


def as_line(line: Line, now: datetime) -> dict[str, Any]:
    """What a line of a long list shows, drawn as far as it can be."""
    due = deadline(line, now)
    return {
        "number": line.number, "name": line.resident_name, "sex": residents.Sex.label(line.resident_sex), "diagnosis": line.diagnosis_name,
        "urgency": "" if line.urgency == Urgency.ELECTIVE else pieces.pill(URGENCY_TONES[line.urgency], Urgency.label(line.urgency)),
        "channel": "" if line.channel == Channel.ORDINARY else pieces.pill("bad", Channel.label(line.channel)),
        "direction": direction(line), "way": f"{line.sender} → {line.receiver}",
        "state": pieces.pill(TONES[line.state], State.label(line.state)), "deadline": pieces.deadline(due["state"], due["text"], due["at"]) if due else "",
    }  # fmt: skip


def direction(line: Line) -> str:
    return rules.direction(line.from_level, line.to_level).zh


def deadline(referral: Referral | Line, now: datetime) -> dict[str, Any] | None:
    """What is owed now, and how much time is left for it."""
    promise = promises.promise_of(referral.state, referral.goes_home)
    if promise is None or referral.due_at is None:
        return None
    return left(promise, referral.due_at, now)


def left(promise: Promise, due_at: datetime, now: datetime) -> dict[str, Any]:
    """How much time is left until a limit, or has passed since, in words with their tone."""
    span = due_at - now
    state = "late" if span < timedelta() else "soon" if span < _SOON else "on_time"
    return {"at": due_at, "state": state, "text": f"{promise.zh}{'已超' if state == 'late' else '剩'} {_span(abs(span))}"}


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // 1440} 天"


def progress(referral: Referral, entries: list[JournalEntry]) -> list[dict[str, Any]]:
    """The way so far, where it stands, and while it is open the way to come; a step that was left out is not shown as taken."""
    reached: dict[str, JournalEntry] = {str(e.facts["state"]): e for e in moving.turns(entries)}
    path, here = _path(referral), str(referral.state)
    if here == State.DRAFT:
        return [_step(state, None, "todo") for state in path]
    place = path.index(here) if here in path else max((i + 1 for i, state in enumerate(path) if state in reached), default=0)
    passed = [state for state in path[:place] if state in reached]
    standing = "done" if here in (path[-1], State.RECALLED) else "current" if here in OPEN else "refused"
    to_come = path[place + (here in path) :] if here in OPEN else ()
    steps = [_step(state, reached[state], "done") for state in passed] + [_step(here, reached.get(here), standing)]
    _time(steps)
    return steps + [_step(state, None, "todo") for state in to_come]


def _path(referral: Referral) -> tuple[str, ...]:
    """The way a referral of this kind usually goes."""
    if referral.is_outside:
        return _PATH_OUTSIDE
    return _PATH_HOME if referral.goes_home else _PATH_ADVICE if referral.service == Service.ADVICE else _PATH


def _step(state: str, entry: JournalEntry | None, standing: str) -> dict[str, Any]:
    return {"label": State.label(state), "state": standing, "who": entry.actor_name if entry else "", "at": entry.at if entry else None}


def _time(steps: list[dict[str, Any]]) -> None:
    """Write between two steps how long it took."""
    reached = [step for step in steps if step["at"]]
    for earlier, later in zip(reached, reached[1:], strict=False):
        later["who"] = f"{later['who']} · 用时 {_span(later['at'] - earlier['at'])}"


def events(entries: list[JournalEntry]) -> list[dict[str, Any]]:
    """The journal of the referral, newest first, in words."""
    return [
        {"title": JOURNAL.get(e.word, e.word), "at": e.at, "who": e.actor_name, "note": _note(e), "tone": _tone(e.word), "icon": "circle-dot"}
        for e in reversed(entries)
    ]


def _note(entry: JournalEntry) -> str:
    facts = entry.facts
    if "because" in facts:
        return str(facts["because"])
    if "reason" in facts and entry.word == "referral.declined":
        return DeclineReason.label(str(facts["reason"]))
    if "sent_up_again" in facts:
        return f"新的转诊单 {facts['sent_up_again']}"
    if entry.word == "referral.arrived":
        return "由医院信息系统自动登记" if facts.get("source") == "his" else "人工登记"
    return str(facts.get("note", ""))


def _tone(word: str) -> str:
    return "bad" if word in ("referral.declined", "referral.lapsed", "referral.escalated", "referral.patient_untold") else "ok" if word == "referral.concluded" else ""


#: The likeliest first; what is missing here has no button.
_ORDER = ("approve", "approve_out", "accept", "take", "agree_redirect", "adopt", "note_outcome", "follow_up", "arrive", "discharge", "offer_home", "convert",
          "advise", "assign", "send_back", "propose_redirect", "redirect", "recall", "hand_back", "refuse_redirect", "disapprove", "decline", "conclude",
          "undo_arrival", "undo_discharge", "withdraw")  # fmt: skip
_BACKWARDS = frozenset({"decline", "withdraw", "undo_arrival", "undo_discharge", "disapprove", "refuse_redirect", "hand_back"})
#: Sending is the form's button, not one of these; a second referral is written on a page of its own.
_WRITTEN = frozenset({"submit", "ask_approval", "send_out"})
_PAGES = frozenset({"offer_home", "recall"})


def conversation(actor: Actor, referral: Referral) -> dict[str, Any]:
    """What was said and noted beside the steps, and whether the actor may add to it."""
    both = {referral.from_institution_id, referral.to_institution_id}
    noted = clock.noted(referral)
    return {
        "messages_said": [{"row": m, "kind": Utterance.label(m.kind), "tone": "warn" if m.kind == Utterance.QUESTION else ""} for m in queries.messages(referral)],
        "may_say": bool(actor.reaches("referral.say") & both) and referral.state != State.DRAFT,
        "aims": [] if referral.channel == Channel.ORDINARY else clock.aims(actor, referral, noted),
        "milestones": _timed([noted[m.value] for m in Milestone if m.value in noted]),
        "may_note": referral.channel != Channel.ORDINARY and bool(actor.reaches("referral.note_milestone") & both),
        "channel": "" if referral.channel == Channel.ORDINARY else Channel.label(referral.channel),
    }


def _timed(noted: list[MilestoneNoted]) -> list[dict[str, Any]]:
    """Milestones in the order they took place, each with the minutes since the first."""
    ordered = sorted(noted, key=lambda m: (m.took_place_at, m.id))
    return [{"label": Milestone.label(m.milestone), "at": m.took_place_at, "note": m.note, "who": m.noted_by.name if m.noted_by else "",
             "since": f"{(m.took_place_at - ordered[0].took_place_at) // timedelta(minutes=1)} 分钟" if index else ""} for index, m in enumerate(ordered)]  # fmt: skip


def buttons(actor: Actor, referral: Referral) -> list[dict[str, Any]]:
    """Steps the actor may take now, the likeliest first."""
    steps = [row.action for row in access.open_steps(actor, referral) if row.by != Owner.SYSTEM.value and row.action not in _WRITTEN]
    if referral.state in ("arrived", "discharged") and not referral.goes_home and going_home.open_ways_home(referral.number):
        steps = [step for step in steps if step not in ("offer_home", "conclude", "undo_discharge", "undo_arrival")]
    if own_to_approve(actor, referral):
        steps = [step for step in steps if step not in ("approve", "approve_out", "disapprove")]
    if "take" in steps and "accept" in steps:
        steps.remove("take")  # whoever may decide for the office needs no second button
    steps.sort(key=_ORDER.index)
    return [
        {"action": step, "label": "作废草稿" if (step, referral.state) == ("withdraw", "draft") else Verb.label(step), "icon": ICONS.get(step, "rotate"), "first": index == 0 and step not in _BACKWARDS,
         "danger": step in _BACKWARDS, "page": step in _PAGES}
        for index, step in enumerate(steps)
    ]  # fmt: skip


def own_to_approve(actor: Actor, referral: Referral) -> bool:
    """Whether it waits for an approval that its own writer cannot give."""
    return referral.state == State.PENDING and referral.drafted_by_id == actor.person


def facts(referral: Referral) -> list[dict[str, Any]]:
    """The form as it was sent, for the page and the print."""
    rows = [
        {"label": "转诊诊断", "value": f"{referral.diagnosis_name}（{referral.diagnosis_code}）" if referral.diagnosis_code else ""},
        {"label": "转诊指征", "value": referral.reason_name},
        {"label": "申请服务", "value": Service.label(referral.service)},
        {"label": "转入科室", "value": referral.to_department.name if referral.to_department else "由接收方安排"},
        {"label": "通道", "value": "" if referral.channel == Channel.ORDINARY else Channel.label(referral.channel)},
        {"label": "发病时间", "value": _moment(referral.onset_at)},
        {"label": "仍要转诊的理由", "value": referral.override_reason},
        {"label": "联系医生", "value": f"{referral.contact.name if referral.contact else ''}　{referral.contact_phone}".strip()},
        {"label": "申请医生", "value": f"{referral.drafted_by.name if referral.drafted_by else ''}　{referral.from_institution.short_name}"},
        {"label": "提交时间", "value": _moment(referral.submitted_at)},
    ]
    return [row for row in rows if row["value"]]


def decision(referral: Referral) -> list[dict[str, Any]]:
    """What the receiver answered and what followed."""
    rows = [
        ("答复人", f"{referral.decided_by.name}　{_moment(referral.decided_at)}" if referral.decided_by else ""),
        ("谢绝原因", DeclineReason.label(referral.decline_reason) if referral.decline_reason else ""),
        ("附言", referral.decision_note),
        ("本方审批", f"{referral.approved_by.name}　{_moment(referral.approved_at)}" if referral.approved_by else ""),
        ("诊疗意见", referral.advice),
        ("建议改转到", referral.proposed_institution.name if referral.proposed_institution else ""),
        ("患者同意改转", referral.redirect_consent),
        ("预约到院", _moment(referral.appointment_at)),
        ("院方系统预约", f"{_moment(referral.expected_at)}　{referral.expected_place}".strip() if referral.expected_at else ""),
        ("到院", _moment(referral.arrived_at)),
        ("就诊编号", referral.encounter),
        ("出院", _moment(referral.discharged_at)),
        ("首次随访截止", f"{referral.follow_up_due_on:%Y-%m-%d}" if referral.follow_up_due_on else ""),
        ("去向结果", f"{Outcome.label(referral.outcome)}　{referral.outcome_on:%Y-%m-%d}　{referral.outcome_note}" if referral.outcome and referral.outcome_on else ""),
        ("首次随访", f"{_moment(referral.followed_up_at)}　{referral.follow_up_note}".strip()),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _moment(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
