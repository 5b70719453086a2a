"""Steps of an examination tell whoever has to know: the centre what waits, the member what came back, and of a critical value until it is read back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox
from yilianti.registry.institutions import api as institutions


def _at_member(entry: JournalEntry, title: str) -> None:
    """The person who recorded it."""
    number = entry.facts["number"]
    inbox.notify(key=f"{entry.id}:member", title=title.format(number=number), link=f"/diagnosis/{number}/", subject=entry.subject, at=entry.at,
                 institution_id=int(entry.from_institution or 0), person_id=entry.facts["sender"])  # fmt: skip


def _critical(entry: JournalEntry) -> str:
    return f"{entry.subject}:critical:{entry.facts['critical']}"


def critical_found(entry: JournalEntry) -> None:
    """Rings the sender by every channel they have, climbs by the ladder of critical things, ends with the read-back."""
    number = entry.facts["number"]
    inbox.ask(key=f"{entry.id}:critical", title=f"危急值：检查 {number}，请立即复述确认", link=f"/diagnosis/{number}/", subject=_critical(entry), urgency="critical", at=entry.at,
              institution_id=int(entry.from_institution or 0), person_id=entry.facts["sender"])  # fmt: skip


def critical_unreachable(entry: JournalEntry) -> None:
    """The next person: whoever answers for that institution, then the one above it."""
    number, chain = entry.facts["number"], institutions.chain(int(entry.from_institution or 0))
    place = chain[min(int(entry.facts["rung"]) - 1, len(chain) - 1)]
    inbox.ask(key=f"{entry.id}:next", title=f"危急值无人应答：检查 {number}，请立即复述确认", link=f"/diagnosis/{number}/", subject=_critical(entry), urgency="critical", at=entry.at, institution_id=place)


def critical_over(entry: JournalEntry) -> None:
    inbox.complete(subject=_critical(entry), actor=acting.on_behalf_of(entry), at=entry.at)


ROLES = ("centre_reader", "centre_auditor", "centre_head")


def reminded(entry: JournalEntry) -> None:
    """The rungs of the ladder in the order of `rules.RUNGS`."""
    number = entry.facts["number"]
    inbox.notify(key=f"{entry.id}:rung", title=f"检查 {number} 即将超过诊断时限", link=f"/diagnosis/{number}/", subject=entry.subject, at=entry.at,
                 institution_id=int(entry.to_institution or 0), role=ROLES[int(entry.facts["rung"]) - 1])  # fmt: skip


ACTS: dict[str, Callable[[JournalEntry], None]] = {
    "diagnosis.rejected": partial(_at_member, title="检查 {number} 被退回，请重新采集"), "diagnosis.issued": partial(_at_member, title="检查 {number} 的报告已签发，可以打印"),
    "diagnosis.amended": partial(_at_member, title="检查 {number} 的报告有更正，请重新打印"), "diagnosis.critical_found": critical_found,
    "diagnosis.critical_unreachable": critical_unreachable, "diagnosis.critical_acknowledged": critical_over, "diagnosis.reminded": reminded,
}  # fmt: skip
WORDS = tuple(ACTS)


def hand_over(entry: JournalEntry) -> None:
    """Tell whom it concerns."""
    ACTS[entry.word](entry)
