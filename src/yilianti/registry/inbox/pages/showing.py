"""How an item looks in a list and on its page: what can be done, and what happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import rules
from yilianti.registry.inbox.models import Address, Item, Rung
from yilianti.registry.inbox.terms import JOURNAL, Channel, Kind, To, Urgency, Why
from yilianti.registry.people import api as people

SOON = timedelta(hours=2)
_TONES = {"inbox.escalated": "bad", "inbox.unreached": "bad", "inbox.acknowledged": "ok", "inbox.finished": "ok", "inbox.reached": "ok"}
_SIGNS = {
    "inbox.seen": "eye", "inbox.claimed": "user-check", "inbox.handed_over": "arrows-exchange", "inbox.escalated": "alert-triangle",
    "inbox.acknowledged": "check", "inbox.finished": "check", "inbox.called": "phone", "inbox.reached": "check", "inbox.unreached": "alert-triangle",
}  # fmt: skip


def dress(items: Iterable[Item], actor: Actor, now: datetime) -> list[Item]:
    """Items with what their line shows besides: tone, deadline, who has it, which buttons."""
    dressed = list(items)
    for item in dressed:
        item.look = {  # type: ignore[attr-defined]
            "deadline": _deadline(item, now), "mine": item.claimed_by_id is not None and item.claimed_by_id == actor.person,
            "urgency": "" if item.urgency == Urgency.ROUTINE else Urgency.label(item.urgency),
            "tone": {"critical": "bad", "urgent": "warn"}.get(item.urgency, ""), "may_batch": batchable(item), "may_reopen": may_reopen(item, actor, now),
        }  # fmt: skip
    return dressed


def batchable(item: Item) -> bool:
    """True for what may be acknowledged together with others."""
    return item.done_at is None and item.kind == Kind.NOTICE and not item.read_back and item.urgency != Urgency.CRITICAL


def may_reopen(item: Item, actor: Actor, now: datetime) -> bool:
    return item.done_at is not None and item.done_by == actor.person and now - item.done_at <= rules.UNDO


def events(item: Item, entries: list[JournalEntry], addresses: list[Address], rungs: list[Rung]) -> list[dict[str, Any]]:
    """The item's life as timeline rows, oldest first: its sending, then what the journal tells."""
    names = people.names(e.facts.get("person") for e in entries)
    notes = {a.person_id: a.note for a in addresses if a.note}
    climbed = {(rung.round, rung.step): _reached(rung, addresses) for rung in rungs}
    rows: list[dict[str, Any]] = [{"title": "发出", "at": item.created_at, "icon": "mail", "note": "收件：" + addressee(addresses[0]) if addresses else ""}]
    for entry in entries:
        rows.append({
            "title": JOURNAL.get(entry.word, entry.word), "at": entry.at, "who": entry.actor_name, "tone": _TONES.get(entry.word, ""),
            "icon": _SIGNS.get(entry.word, "circle-dot"), "note": _note(entry, names, notes, climbed),
        })  # fmt: skip
    return rows


def addressee(address: Address) -> str:
    """「云溪县医院 · 转诊办公室」, a person's name, or everybody of a place."""
    if address.person:
        return address.person.name
    place = " · ".join(str(part) for part in (address.institution, address.department) if part)
    return f"{place} · {address.role_label}" if address.role else f"{place} · 全体"  # type: ignore[attr-defined]


def _reached(rung: Rung, addresses: list[Address]) -> str:
    """Whom a rung added, in words."""
    if rung.skipped:
        return "（无人可找，跳过）"
    added = [addressee(a) for a in addresses if a.why == Why.ESCALATED and a.at == rung.at and bool(a.role) == (rung.to == To.ROLE)]
    return f"：{'、'.join(added)}" if added and rung.to != To.SAME else ""


def _note(entry: JournalEntry, names: dict[int, str], notes: dict[int | None, str], climbed: dict[tuple[int, int], str]) -> str:
    facts = entry.facts
    if entry.word == "inbox.handed_over":
        return f"转给 {names.get(facts['person'], '同事')}：{notes.get(facts['person'], '')}"
    if entry.word == "inbox.escalated":
        return f"第 {facts['step']} 级，{To.label(facts['to'])}{climbed.get((facts['round'], facts['step']), '')}"
    if entry.word in ("inbox.called", "inbox.reached", "inbox.unreached"):
        why = f"：{facts['error']}" if facts.get("error") else ""
        return f"{Channel.label(facts['channel'])} → {names.get(facts['person'], '')}{why}"
    return "复述一致" if facts.get("read_back") else ""


def _deadline(item: Item, now: datetime) -> dict[str, Any]:
    if item.due_at is None or item.done_at is not None:
        return {}
    if item.due_at < now:
        return {"state": "late", "text": "已超时", "at": item.due_at}
    minutes = int((item.due_at - now).total_seconds() // 60)
    words = "不到 1 分钟" if not minutes else f"剩 {minutes} 分钟" if minutes < 120 else f"剩 {minutes // 60} 小时" if minutes < 2880 else f"剩 {minutes // 1440} 天"
    return {"state": "soon" if item.due_at - now < SOON else "on_time", "text": words, "at": item.due_at}
