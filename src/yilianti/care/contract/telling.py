"""What other rooms are told of a contract: its outline, and the words of a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from yilianti.care.contract import book
from yilianti.care.contract.models import Code, Contract
from yilianti.registry.institutions import api as institutions


@dataclass(frozen=True)
class Outline:
    """Who is signed with whom, from when until (not including) when."""

    contract: str
    resident: int
    institution: int
    team: str
    doctor: str
    phone: str
    begins_on: date
    until_on: date


@dataclass(frozen=True)
class Text:
    """A message to a telephone."""

    institution: int
    phone: str
    words: str


def outline(number: str) -> Outline:
    """A contract as it stands now, with who leads its team."""
    one = Contract.objects.select_related("team").get(number=number)
    leader = one.team.members.filter(post="leader", until_on__isnull=True).select_related("person").first()
    until = min(one.until_on, one.stopped_on) if one.stopped_on else one.until_on
    return Outline(one.number, one.resident_id, one.institution_id, one.team.name, leader.person.name if leader else "", one.team.phone, one.begins_on, until)


def text_of_code(code: int, at: datetime) -> Text | None:
    """The words of a code that still counts, in those of the place; None once it does not."""
    live = Code.objects.select_related("contract__institution").filter(pk=code, expires_at__gt=at).first()
    if live is None or not live.code:
        return None
    place = live.contract.institution
    handling = book.edition("handling", timezone.localdate(at), institutions.scope_of(place.id, at))
    minutes = round((live.expires_at - live.sent_at).total_seconds() / 60)
    return Text(place.id, live.phone, handling.code_text.format(institution=place.short_name, code=live.code, minutes=minutes))
