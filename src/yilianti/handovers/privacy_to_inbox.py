"""An emergency that has ended waits for somebody else's review; one that is doubted is told to the security administrator."""

from __future__ import annotations

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox
from yilianti.registry.institutions import api as institutions

ENDED = ("privacy.emergency_ended", "privacy.emergency_expired")
REVIEWED = ("privacy.emergency_justified", "privacy.emergency_questioned")
WORDS = (*ENDED, *REVIEWED)


def hand_over(entry: JournalEntry) -> None:
    """Ask for the review, or close what it asked for and tell who must know."""
    number, place = entry.facts["number"], int(entry.to_institution or 0)
    keeper, link = institutions.led_by(place, entry.at), f"/privacy/emergency/{number}/"
    if entry.word in ENDED:
        inbox.ask(key=f"{entry.id}:review", institution_id=keeper, role="auditor", title=f"紧急调阅 {number} 待复核", link=link, subject=entry.subject, at=entry.at)
        return
    inbox.complete(subject=entry.subject, actor=acting.on_behalf_of(entry), at=entry.at)
    if entry.word == "privacy.emergency_questioned":
        inbox.notify(key=f"{entry.id}:security", institution_id=keeper, role="security_administrator", title=f"紧急调阅 {number} 复核存疑，请核实账号使用",
                     subject=entry.subject, at=entry.at)  # fmt: skip
        inbox.notify(key=f"{entry.id}:opener", institution_id=place, person_id=entry.facts["opener"], title=f"您的紧急调阅 {number} 复核存疑", subject=entry.subject, at=entry.at)
