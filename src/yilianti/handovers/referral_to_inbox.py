"""Each step of a referral tells whoever has to know: a task for the one who must act, a notice for the other side."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from yilianti.handovers import acting
from yilianti.handovers.told_of_referrals import OWED, TELLINGS, Telling, tellings
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox

WORDS = tuple({**TELLINGS, **OWED})
# The clock speaks or somebody asks, nobody has acted: what was asked for is still owed.
ONLY_TELLING = frozenset({"referral.reminded", "referral.escalated", "referral.said", "referral.patient_untold"})
# Work without a limit of the referral's own climbs the ladder of the inbox.
UNPROMISED = frozenset({"referral.lapsed", "referral.discharged", "referral.discharge_disputed", "referral.arrival_questioned"})


def hand_over(entry: JournalEntry) -> None:
    """Finish the tasks this step answers, then tell who must know."""
    if entry.word not in ONLY_TELLING and not entry.facts.get("runs_on"):
        inbox.complete(subject=entry.subject, actor=acting.on_behalf_of(entry), at=entry.at)
    if entry.facts.get("settles_question"):
        inbox.complete(subject=_of_question(entry), actor=acting.on_behalf_of(entry), at=entry.at)
    for telling in tellings(entry.word, entry.facts):
        if telling.unless not in entry.facts:
            _tell(entry, telling)


def _of_question(entry: JournalEntry) -> str:
    """A question is answered beside the steps: its tasks stay when a step is taken, and go when it is answered."""
    return f"{entry.subject}:question"


def _tell(entry: JournalEntry, telling: Telling) -> None:
    # Referrals remind and report by their own policy and promise: the inbox's ladder would say it a second time.
    send = partial(inbox.ask, escalates=entry.word in UNPROMISED, due_at=_limit(entry)) if telling.is_task else inbox.notify
    subject = _of_question(entry) if entry.facts.get("promise") == "question" else entry.subject
    number = entry.facts.get("number", "")
    link = f"/referrals/{number}/" if number else "/referrals/arrivals/"
    send(key=f"{entry.id}:{telling.side}", title=telling.title.format(number=number), link=link, subject=subject, at=entry.at,
         **_addressee(entry, telling.side))  # fmt: skip


def _limit(entry: JournalEntry) -> datetime | None:
    said = entry.facts.get("due_at")
    return datetime.fromisoformat(said) if said else None


def _addressee(entry: JournalEntry, side: str) -> dict[str, Any]:
    """The sender is a person, the receiver whoever answers there; or whom the entry names itself."""
    sender, receiver, facts = int(entry.from_institution or 0), int(entry.to_institution or 0), entry.facts
    if side == "told":
        return dict(facts["told"])
    if side == "other":
        side = "from" if facts["side"] == "receiver" else "to"
    if side == "from":
        return {"institution_id": sender, "person_id": facts.get("sender")}
    if side == "approver":
        return {"institution_id": facts["approved_at_institution"], "role": facts["approved_by_role"]}
    if side == "department":
        return {"institution_id": receiver, "role": "county_department", "department_id": facts["department"]}
    return {"institution_id": receiver, "role": facts["to_role"]}
