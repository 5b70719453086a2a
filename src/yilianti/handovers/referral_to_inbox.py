"""Each step of a referral tells whoever has to know: a task for the one who must act, a notice for the other side."""

from __future__ import annotations

from functools import partial
from typing import Any

from yilianti.handovers import acting
from yilianti.handovers.told_of_referrals import TELLINGS, Telling
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox
from yilianti.registry.institutions import api as institutions

WORDS = tuple(TELLINGS)
# The clock speaks or somebody asks, nobody has acted: what was asked for is still owed.
ONLY_TELLING = frozenset({"referral.reminded", "referral.escalated", "referral.said", "referral.patient_untold"})
# Steps after which the receiver owes an answer by the referral's own limit.
PROMISED = frozenset({"referral.submitted", "referral.approved", "referral.redirected", "referral.assigned", "referral.handed_back", "referral.converted"})


def hand_over(entry: JournalEntry) -> None:
    """Finish the tasks this step answers, then tell who must know."""
    if entry.word not in ONLY_TELLING:
        inbox.complete(subject=entry.subject, actor=acting.on_behalf_of(entry), at=entry.at)
    for telling in TELLINGS[entry.word]:
        if telling.unless not in entry.facts:
            _tell(entry, telling)


def _tell(entry: JournalEntry, telling: Telling) -> None:
    # Referrals remind and report by their own policy and promise: the inbox's ladder would say it a second time.
    send = partial(inbox.ask, escalates=entry.word not in PROMISED) if telling.is_task else inbox.notify
    number = entry.facts.get("number", "")
    link = f"/referrals/{number}/" if number else "/referrals/arrivals/"
    send(key=f"{entry.id}:{telling.side}", title=telling.title.format(number=number), link=link, subject=entry.subject, at=entry.at,
         **_addressee(entry, telling.side))  # fmt: skip


def _addressee(entry: JournalEntry, side: str) -> dict[str, Any]:
    """The sender is a person, the receiver whoever answers there, the manager the lead hospital's."""
    sender, receiver, facts = int(entry.from_institution or 0), int(entry.to_institution or 0), entry.facts
    if side == "other":
        side = "from" if facts["side"] == "receiver" else "to"
    if side == "from":
        return {"institution_id": sender, "person_id": facts.get("sender")}
    if side == "approver":
        return {"institution_id": facts["approved_at_institution"], "role": facts["approved_by_role"]}
    if side == "department":
        return {"institution_id": receiver, "role": "county_department", "department_id": facts["department"]}
    if side == "manager":
        return {"institution_id": institutions.led_by(receiver, entry.at), "role": "consortium_manager"}
    return {"institution_id": receiver, "role": facts["to_role"]}
