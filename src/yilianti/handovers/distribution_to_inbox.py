"""Each step of a year's settlement asks whoever has to act next: members to confirm, finance to answer, the head to approve, the bureau to post."""

from __future__ import annotations

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox
from yilianti.settlement.distribution import api as distribution

OFFICE, FINANCE, HEAD, BUREAU = "insurance_office", "finance_office", "consortium_manager", "insurance_bureau"


def prepared(entry: JournalEntry) -> None:
    """A statement that changed is asked for anew, once."""
    for number, place in distribution.to_confirm(entry.facts["statements"]):
        _done(entry, f"distribution:{number}")
        _ask(entry, OFFICE, place, f"{number} 年度清算单请确认", number)
    if not entry.facts["waiting"]:
        _of_all(entry, HEAD, "{year} 年清算各家都已确认，请批准")


def said(entry: JournalEntry) -> None:
    """One statement: whoever is asked next, and the head when nobody is left."""
    role, title = SAID[entry.word]
    _done(entry, entry.subject)
    if role:
        _ask(entry, role, int(entry.to_institution or 0) if role == OFFICE else distribution.seat_of(entry.facts["settlement"]), title.format(**entry.facts), entry.facts["number"])
    whole = f"distribution:{entry.facts['settlement']}"
    _done(entry, whole)
    if not entry.facts["left"]:
        _ask_whole(entry, HEAD, entry.facts["settlement"], f"{entry.facts['year']} 年清算各家都已确认，请批准", whole)


def decided(entry: JournalEntry) -> None:
    _done(entry, entry.subject)
    if entry.word in NEXT:
        _of_all(entry, *NEXT[entry.word])


def withdrawn(entry: JournalEntry) -> None:
    for subject in (entry.subject, *(f"distribution:{number}" for number in entry.facts["statements"])):
        _done(entry, subject)


#: Steps of a whole settlement: who is asked next, and with which words.
NEXT = {
    "distribution.approved": (BUREAU, "{year} 年清算已批准，请拨付"), "distribution.sent_back": (HEAD, "{year} 年清算被退回：{because}"), "distribution.posted": (FINANCE, "{year} 年清算已拨付，请锁定"),
}  # fmt: skip
#: Steps of one statement: who is asked next.
SAID = {
    "distribution.disputed": (FINANCE, "清算单 {number} 有异议，请答复"), "distribution.answered": (OFFICE, "清算单 {number} 的异议已答复，请确认"), "distribution.accepted": (FINANCE, "清算单 {number} 的异议成立，请更正数据并重算"),
    "distribution.confirmed": ("", ""),
}  # fmt: skip
ACTS = {"distribution.prepared": prepared, "distribution.withdrawn": withdrawn, "distribution.locked": decided, **dict.fromkeys(NEXT, decided), **dict.fromkeys(SAID, said)}
WORDS = tuple(ACTS)


def hand_over(entry: JournalEntry) -> None:
    """Close the task this step answers, then ask the next."""
    ACTS[entry.word](entry)


def _of_all(entry: JournalEntry, role: str, title: str) -> None:
    _ask_whole(entry, role, entry.facts["number"], title.format(**entry.facts), entry.subject)


def _ask_whole(entry: JournalEntry, role: str, number: str, title: str, subject: str) -> None:
    inbox.ask(key=f"{entry.id}:{role}:{subject}", institution_id=distribution.seat_of(number), role=role, title=title, link=f"/settlements/{number}/", subject=subject, at=entry.at, escalates=False)


def _ask(entry: JournalEntry, role: str, place: int, title: str, number: str) -> None:
    subject = f"distribution:{number}"
    inbox.ask(key=f"{entry.id}:{role}:{subject}", institution_id=place, role=role, title=title, link=f"/settlements/statements/{number}/", subject=subject, at=entry.at, escalates=False)


def _done(entry: JournalEntry, subject: str) -> None:
    inbox.complete(subject=subject, actor=acting.on_behalf_of(entry), at=entry.at)
