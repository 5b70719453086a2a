"""Each step of a year's settlement asks whoever has to act next: members to confirm, finance to answer, the head to approve, the bureau to post."""

from __future__ import annotations

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox
from yilianti.settlement.distribution import api as distribution

OFFICE, FINANCE, HEAD, BUREAU = "insurance_office", "finance_office", "consortium_manager", "insurance_bureau"
#: Steps of a whole settlement: who is asked next, and with which words.
NEXT = {
    "distribution.approved": (BUREAU, "{year} 年清算已批准，请拨付"), "distribution.sent_back": (HEAD, "{year} 年清算被退回：{because}"), "distribution.posted": (FINANCE, "{year} 年清算已拨付，请锁定"),
}  # fmt: skip
#: Steps of one statement: who hears of it.
SAID = {
    "distribution.disputed": (FINANCE, "清算单 {number} 有异议，请答复"), "distribution.answered": (OFFICE, "清算单 {number} 的异议已答复，请确认"), "distribution.accepted": (FINANCE, "清算单 {number} 的异议成立，请更正数据并重算"),
    "distribution.confirmed": ("", ""),
}  # fmt: skip
WORDS = ("distribution.prepared", "distribution.withdrawn", "distribution.locked", *NEXT, *SAID)


def hand_over(entry: JournalEntry) -> None:
    """Close the task this step answers, then ask the next."""
    inbox.complete(subject=entry.subject, actor=acting.on_behalf_of(entry), at=entry.at)
    if entry.word == "distribution.prepared":
        for number, place in distribution.to_confirm(entry.facts["statements"]):
            _ask(entry, OFFICE, place, f"{number} 年度清算单请确认", f"/settlements/statements/{number}/", f"distribution:{number}")
    elif entry.word in NEXT:
        role, title = NEXT[entry.word]
        _ask(entry, role, distribution.seat_of(entry.facts["number"]), title.format(**entry.facts), f"/settlements/{entry.facts['number']}/", entry.subject)
    elif (said := SAID.get(entry.word)) and said[0]:
        place = int(entry.to_institution or 0) if said[0] == OFFICE else distribution.seat_of(entry.facts["settlement"])
        _ask(entry, said[0], place, said[1].format(**entry.facts), f"/settlements/statements/{entry.facts['number']}/", entry.subject)


def _ask(entry: JournalEntry, role: str, place: int, title: str, link: str, subject: str) -> None:
    inbox.ask(key=f"{entry.id}:{role}:{subject}", institution_id=place, role=role, title=title, link=link, subject=subject, at=entry.at, escalates=False)
