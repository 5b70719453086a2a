"""Steps of an examination tell whoever has to know: the centre what waits, the member what came back, and of a critical value until it is read back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from yilianti.capacity.rosters import api as rosters
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox


def _at_member(entry: JournalEntry, title: str) -> None:
    """The person who recorded it."""
    number = entry.facts["number"]
    inbox.notify(key=f"{entry.id}:member", title=title.format(number=number), link=f"/diagnosis/{number}/", subject=entry.subject, at=entry.at,
                 institution_id=int(entry.from_institution or 0), person_id=entry.facts["sender"])  # fmt: skip


def _critical(entry: JournalEntry) -> str:
    return f"{entry.subject}:critical:{entry.facts['critical']}"


def critical_found(entry: JournalEntry, title: str = "危急值：检查 {number}，请立即复述确认") -> None:
    """Rings the sender by every channel they have, climbs by the ladder of critical things, ends with the read-back."""
    number = entry.facts["number"]
    inbox.ask(key=f"{entry.id}:critical", title=title.format(number=number), link=f"/diagnosis/{number}/", subject=_critical(entry), urgency="critical", at=entry.at,
              institution_id=int(entry.from_institution or 0), person_id=entry.facts["sender"])  # fmt: skip


def critical_changed(entry: JournalEntry) -> None:
    """Another value of what was told: the earlier task ends, the new one rings as the first did and says why."""
    inbox.complete(subject=f"{entry.subject}:critical:{entry.facts['corrects']}", actor=acting.on_behalf_of(entry), at=entry.at)
    critical_found(entry, "危急值有更正：检查 {number}，请按新的数值复述确认")


def critical_unreachable(entry: JournalEntry) -> None:
    """The next person: by the member's order, then everybody there, then those above."""
    number = entry.facts["number"]
    told = rosters.next_to_tell(int(entry.from_institution or 0), int(entry.facts["rung"]), entry.at)
    inbox.ask(key=f"{entry.id}:next", title=f"危急值无人应答：检查 {number}，请立即复述确认", link=f"/diagnosis/{number}/", subject=_critical(entry), urgency="critical", at=entry.at, **told)


def critical_over(entry: JournalEntry) -> None:
    inbox.complete(subject=_critical(entry), actor=acting.on_behalf_of(entry), at=entry.at)


#: Whom each rung of `rules.RUNGS` reaches.
DUTIES = (rosters.Duty.READER, rosters.Duty.LEADER, rosters.Duty.HEAD)


def reminded(entry: JournalEntry) -> None:
    """Whoever is on duty now, or the role where nobody is."""
    number, centre = entry.facts["number"], int(entry.to_institution or 0)
    for place, told in enumerate(rosters.addressees(centre, entry.facts["modality"], DUTIES[int(entry.facts["rung"]) - 1], entry.at)):
        inbox.notify(key=f"{entry.id}:rung:{place}", title=f"检查 {number} 即将超过诊断时限", link=f"/diagnosis/{number}/", subject=entry.subject, at=entry.at,
                     institution_id=centre, **told)  # fmt: skip


def convened(entry: JournalEntry) -> None:
    """Those invited by name, or every physician of the centre; the head, who decides, in any case."""
    number = entry.facts["number"]
    asked = [{"person_id": person} for person in entry.facts.get("invited", [])] or [{"role": "centre_reader"}, {"role": "centre_auditor"}]
    for told in (*asked, {"role": "centre_head"}):
        inbox.notify(key=f"{entry.id}:{next(iter(told.values()))}", title=f"检查 {number} 提请疑难会诊，请发表意见", link=f"/diagnosis/{number}/", subject=entry.subject, at=entry.at,
                     institution_id=int(entry.to_institution or 0), **told)  # fmt: skip


ACTS: dict[str, Callable[[JournalEntry], None]] = {
    "diagnosis.rejected": partial(_at_member, title="检查 {number} 被退回，请重新采集"), "diagnosis.issued": partial(_at_member, title="检查 {number} 的报告已签发，可以打印"),
    "diagnosis.amended": partial(_at_member, title="检查 {number} 的报告有更正，请重新打印"), "diagnosis.critical_found": critical_found, "diagnosis.critical_changed": critical_changed, "diagnosis.convened": convened,
    "diagnosis.critical_unreachable": critical_unreachable, "diagnosis.critical_acknowledged": critical_over, "diagnosis.reminded": reminded,
}  # fmt: skip
WORDS = tuple(ACTS)


def hand_over(entry: JournalEntry) -> None:
    """Tell whom it concerns."""
    ACTS[entry.word](entry)
