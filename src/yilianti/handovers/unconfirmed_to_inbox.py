"""Whoever has not confirmed a statement is reminded; finance and the head hear who let the last day go by."""

from __future__ import annotations

from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox
from yilianti.settlement.distribution import api as distribution


def reminded(entry: JournalEntry) -> None:
    for number, place in distribution.to_confirm(entry.facts["statements"]):
        inbox.notify(key=f"{entry.id}:{number}", institution_id=place, role="insurance_office", title=f"{number} 年度清算单还没有确认，请尽快确认或提出异议", link=f"/settlements/statements/{number}/", subject=f"distribution:{number}", at=entry.at)


def overdue(entry: JournalEntry) -> None:
    for role in ("finance_office", "consortium_manager"):
        inbox.notify(key=f"{entry.id}:{role}", institution_id=distribution.seat_of(entry.facts["number"]), role=role, title="{year} 年清算有 {many} 家过了期限还没有确认；不算默认同意，请联系".format(**entry.facts),
                     link=f"/settlements/{entry.facts['number']}/", subject=entry.subject, at=entry.at)  # fmt: skip


ACTS = {"distribution.reminded": reminded, "distribution.overdue": overdue}
WORDS = tuple(ACTS)


def hand_over(entry: JournalEntry) -> None:
    """Tell; nothing is closed by it."""
    ACTS[entry.word](entry)
