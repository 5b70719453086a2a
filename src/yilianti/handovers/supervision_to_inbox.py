"""Each step of a suspicion asks whoever has to act: the insurance office to explain, the bureau to decide."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from typing import NamedTuple

from django.utils import timezone

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox
from yilianti.registry.institutions import api as institutions


class Told(NamedTuple):
    """A task of the role where `asks`, else a notice."""

    role: str
    title: str
    asks: bool = False


OFFICE, BUREAU = "insurance_office", "insurance_bureau"
TOLD = {
    "supervision.raised": Told(OFFICE, "监管线索 {number} 请说明", asks=True), "supervision.asked": Told(OFFICE, "监管线索 {number} 请补充说明", asks=True),
    "supervision.reopened": Told(OFFICE, "监管线索 {number} 重新提出，请说明", asks=True), "supervision.explained": Told(BUREAU, "监管线索 {number} 医院已说明，请判断", asks=True),
    "supervision.cleared": Told(OFFICE, "监管线索 {number} 已核销"), "supervision.confirmed": Told(OFFICE, "监管线索 {number} 已认定，请退回基金并更正费用"),
    "supervision.withdrawn": Told(OFFICE, "监管线索 {number} 已撤回"), "supervision.recovered": Told(OFFICE, "监管线索 {number} 已登记退回"),
    "supervision.superseded": Told(OFFICE, "监管线索 {number} 因费用更正已失效"), "supervision.reminded": Told("", "监管线索 {number} 的期限将到"),
}  # fmt: skip
WORDS = tuple(TOLD)


def hand_over(entry: JournalEntry) -> None:
    """Close the task this step answers, then ask or tell; a reminder closes nothing."""
    told, at_place = TOLD[entry.word], int(entry.to_institution or 0)
    if told.role:
        inbox.complete(subject=entry.subject, actor=acting.on_behalf_of(entry), at=entry.at)
    role = told.role or (OFFICE if entry.facts["state"] == "raised" else BUREAU)
    send = partial(inbox.ask, due_at=_end_of(entry.facts["due_on"]), escalates=False) if told.asks else inbox.notify
    send(key=f"{entry.id}:{role}", institution_id=_seat(role, at_place, entry), role=role, title=told.title.format(number=entry.facts["number"]), link=f"/supervision/{entry.facts['number']}/",
         subject=entry.subject, at=entry.at)  # fmt: skip


def _seat(role: str, place: int, entry: JournalEntry) -> int:
    """The bureau sits at the lead hospital of the consortium, as far as the inbox is concerned; the office in its own institution."""
    scope = acting.for_institution(place, entry.at).scope
    lead = institutions.lead_of(scope.consortium, timezone.localdate(entry.at))
    return {BUREAU: lead.id if lead else place}.get(role, place)


def _end_of(day: str) -> datetime:
    return timezone.make_aware(datetime.combine(date.fromisoformat(day), time(23, 59)))
