"""A drafted package asks the bureau to fix it, a month that leaves the path and an instalment that is due ask those who can act."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.money import Money
from yilianti.registry.inbox import api as inbox

FINANCE, BUREAU = "finance_office", "insurance_bureau"


def drafted(entry: JournalEntry) -> None:
    _done(entry, entry.subject)
    _ask(entry, BUREAU, f"{_named(entry)}请核定：{Money(entry.facts['fen'])} 元", entry.subject)


def fixed(entry: JournalEntry) -> None:
    _done(entry, entry.subject)
    _tell(entry, FINANCE, f"{_named(entry)}已核定：{Money(entry.facts['fen'])} 元")


def revised(entry: JournalEntry) -> None:
    _tell(entry, FINANCE, f"{_named(entry)}已调整：{Money(entry.facts['fen'])} 元")


def left_path(entry: JournalEntry) -> None:
    for role in (FINANCE, BUREAU):
        _ask(entry, role, f"{_named(entry)} {entry.facts['month'][:7]} 支出离开路径，请查原因", f"{entry.subject}:path")


def reckoned(entry: JournalEntry) -> None:
    if not entry.facts["above"]:
        _done(entry, f"{entry.subject}:path")


def instalment_reminded(entry: JournalEntry) -> None:
    due = timezone.make_aware(datetime.combine(date.fromisoformat(entry.facts["due_on"]), time(23, 59)))
    _ask(entry, BUREAU, f"{_named(entry)}第 {entry.facts['instalment']} 期预付 {entry.facts['due_on'][5:]} 前到账", f"{entry.subject}:{entry.facts['instalment']}", due_at=due)


def paid(entry: JournalEntry) -> None:
    if not entry.facts["open"]:
        _done(entry, f"{entry.subject}:{entry.facts['instalment']}")


ACTS = {
    "budget.drafted": drafted, "budget.amended": drafted, "budget.fixed": fixed, "budget.revised": revised, "budget.left_path": left_path, "budget.reckoned": reckoned,
    "budget.instalment_reminded": instalment_reminded, "budget.paid": paid,
}  # fmt: skip
WORDS = tuple(ACTS)


def hand_over(entry: JournalEntry) -> None:
    """Ask, tell, and close what the step answers; a consortium without a lead hospital has nobody to ask."""
    if entry.to_institution is not None:
        ACTS[entry.word](entry)


def _ask(entry: JournalEntry, role: str, title: str, subject: str, due_at: datetime | None = None) -> None:
    inbox.ask(key=f"{entry.id}:{role}", institution_id=int(entry.to_institution or 0), role=role, title=title, link=f"/budget/{entry.facts['number']}/", subject=subject, at=entry.at, due_at=due_at, escalates=False)


def _tell(entry: JournalEntry, role: str, title: str) -> None:
    inbox.notify(key=f"{entry.id}:{role}", institution_id=int(entry.to_institution or 0), role=role, title=title, link=f"/budget/{entry.facts['number']}/", subject=entry.subject, at=entry.at)


def _done(entry: JournalEntry, subject: str) -> None:
    inbox.complete(subject=subject, actor=acting.on_behalf_of(entry), at=entry.at)


def _named(entry: JournalEntry) -> str:
    return f"{entry.facts['year']} 年包干总额 {entry.facts['number']} "
