"""What a consortium's governance looks like to whoever may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from yilianti.kernel.actor import Actor
from yilianti.registry.governance import access, seats
from yilianti.registry.governance.models import (
    Attachment,
    Council,
    Document,
    Evidence,
    Meeting,
    Paper,
    Resolution,
    Seat,
    Stamp,
    Vote,
)
from yilianti.registry.governance.terms import Ballot, Choice, DocumentState, MeetingState, ResolutionState
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium

SHOWN = 30
_RESOLUTION = ("consortium", "council", "meeting__council", "proposed_by", "revokes")


def consortia(actor: Actor, day: date) -> list[Consortium]:
    """Those of which a member lies within the actor's reach."""
    return institutions.consortia_of(actor.reaches(access.VIEW), day)


def consortium(actor: Actor, code: str, day: date) -> Consortium | None:
    found = institutions.consortium(code)
    return found if found is not None and access.may_view(actor, found, day) else None


def councils(of: Consortium, day: date) -> list[Council]:
    """Councils with `held`, the number of seats of the day, and `voting` of them with a vote."""
    now = Q(seats__from_on__lte=day) & (Q(seats__until_on__isnull=True) | Q(seats__until_on__gt=day))
    counted = Council.objects.filter(consortium=of).annotate(held=Count("seats", filter=now), voting=Count("seats", filter=now & Q(seats__has_vote=True)))
    return list(counted.order_by("founded_on", "id"))


def council(actor: Actor, council_id: int, day: date) -> Council | None:
    found = Council.objects.select_related("consortium").filter(id=council_id).first()
    return found if found is not None and access.may_view(actor, found.consortium, day) else None


def seats_of(council_id: int) -> list[Seat]:
    """Open seats first, then who has left."""
    held = Seat.objects.filter(council=council_id).select_related("person", "institution")
    return sorted(held, key=lambda s: (s.until_on is not None, _OFFICES.get(s.office, 9), s.id))


_OFFICES = {"chair": 0, "vice_chair": 1, "member": 2, "secretary": 3}


def meetings(of: Consortium, states: Iterable[str], *, council_id: int | None = None, limit: int = SHOWN) -> list[Meeting]:
    """The latest first, the next ones too."""
    found = Meeting.objects.filter(council__consortium=of, state__in=list(states)).select_related("council")
    if council_id is not None:
        found = found.filter(council=council_id)
    return list(found.order_by("-held_at")[:limit])


def upcoming(of: Iterable[Consortium]) -> list[Meeting]:
    """Meetings convened or in session, the nearest first."""
    open_states = [MeetingState.CONVENED.value, MeetingState.OPENED.value]
    return list(Meeting.objects.filter(council__consortium__in=list(of), state__in=open_states).select_related("council__consortium").order_by("held_at")[:SHOWN])


def meeting(actor: Actor, number: str, day: date) -> Meeting | None:
    found = Meeting.objects.select_related("council__consortium").filter(number=number).first()
    return found if found is not None and access.may_view(actor, found.council.consortium, day) else None


@dataclass(frozen=True)
class Filters:
    """What lists are narrowed to; empty means everything."""

    text: str = ""
    state: str = ""


def resolutions(of: Consortium, filters: Filters, limit: int = SHOWN) -> list[Resolution]:
    """The latest first."""
    found = Resolution.objects.filter(consortium=of).select_related("council", "meeting")
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.text:
        found = found.filter(Q(title__icontains=filters.text) | Q(official_number__icontains=filters.text) | Q(policy_code__icontains=filters.text))
    return list(found.order_by("-proposed_at", "-id")[:limit])


def resolution(actor: Actor, number: str, day: date) -> Resolution | None:
    found = Resolution.objects.select_related(*_RESOLUTION).filter(number=number).first()
    return found if found is not None and access.may_view(actor, found.consortium, day) else None


def awaiting_vote_of(actor: Actor) -> list[Resolution]:
    """Open votes the actor has still to cast."""
    if actor.person is None or not actor.may(access.VOTE):
        return []
    here = Resolution.objects.filter(state=ResolutionState.VOTING.value, meeting__attendances__seat__person=actor.person, meeting__attendances__seat__has_vote=True)
    return list(here.exclude(votes__seat__person=actor.person).select_related("council", "meeting").order_by("voting_at")[:SHOWN])


@dataclass(frozen=True)
class Chair:
    """One seat at a vote: whether its holder is present, and how they voted (None: not yet)."""

    seat: Seat
    is_present: bool
    vote: Vote | None


def chairs(of: Resolution) -> list[Chair]:
    """Every seat that may vote, in three statements."""
    present = set(of.meeting.attendances.values_list("seat_id", flat=True))
    votes = {vote.seat_id: vote for vote in of.votes.all()}
    held = seats.of_meeting(of.meeting).filter(has_vote=True).select_related("person", "institution").order_by("id")
    return [Chair(seat, seat.id in present, votes.get(seat.id)) for seat in held]


def seat_of(actor: Actor, at_meeting: Meeting) -> Seat | None:
    """The actor's own seat with a vote, if present."""
    return seats.present_at(at_meeting).filter(person=actor.person or 0, has_vote=True).first()


def is_seated(actor: Actor, at_meeting: Meeting) -> bool:
    return actor.may(access.VOTE) and seats.of_meeting(at_meeting).filter(person=actor.person or 0).exists()


def attending(at_meeting: Meeting) -> list[tuple[Seat, bool]]:
    """Every seat of the day with whether its holder is present."""
    present = set(at_meeting.attendances.values_list("seat_id", flat=True))
    held = seats.of_meeting(at_meeting).select_related("person", "institution")
    return [(seat, seat.id in present) for seat in sorted(held, key=lambda s: (_OFFICES.get(s.office, 9), s.id))]


def documents(of: Consortium, filters: Filters, limit: int = 100) -> list[Document]:
    """By kind, the newest version first; former versions only where they are asked for."""
    found = Document.objects.filter(consortium=of)
    if filters.state:
        found = found.filter(state=filters.state)
    else:
        found = found.exclude(state__in=[DocumentState.SUPERSEDED.value, DocumentState.DISCARDED.value])
    if filters.text:
        found = found.filter(title__icontains=filters.text)
    waiting = Count("parties", filter=Q(parties__signed_on__isnull=True))
    return list(found.annotate(unsigned=waiting).order_by("kind", "-effective_from", "-id")[:limit])


def document(actor: Actor, number: str, day: date) -> Document | None:
    found = Document.objects.select_related("consortium", "amends", "drafted_by").filter(number=number).first()
    return found if found is not None and access.may_view(actor, found.consortium, day) else None


def attachment(actor: Actor, attachment_id: int, day: date) -> Attachment | None:
    found = Attachment.objects.select_related("document__consortium").filter(id=attachment_id).first()
    return found if found is not None and access.may_view(actor, found.document.consortium, day) else None


def papers(subject: str) -> list[Paper]:
    return list(Paper.objects.filter(subject=subject).order_by("-id"))


def paper(actor: Actor, code: str, day: date) -> Paper | None:
    found = Paper.objects.select_related("consortium").filter(code=code).first()
    return found if found is not None and access.may_view(actor, found.consortium, day) else None


def paper_by_code(code: str) -> Paper | None:
    """For whoever holds the paper in hand: no more than stands on it."""
    return Paper.objects.select_related("consortium").filter(code=code).first()


def standing_of(given: Paper) -> str:
    """Whether what the paper says still holds: a state of its resolution or document."""
    resolution_state = Resolution.objects.filter(number=given.subject).values_list("state", flat=True).first()
    if resolution_state is not None:
        return ResolutionState.label(resolution_state)
    return DocumentState.label(Document.objects.filter(number=given.subject).values_list("state", flat=True).first() or "")


def authorities(policy_refs: Iterable[str]) -> dict[str, Resolution]:
    """Edition → the resolution that put it in force or confirmed it."""
    decided = [ResolutionState.ADOPTED.value, ResolutionState.REVOKED.value]
    return {r.policy_ref: r for r in Resolution.objects.filter(policy_ref__in=list(policy_refs), state__in=decided).order_by("id")}


def stamp_of(institution_id: int) -> Stamp | None:
    return Stamp.objects.filter(institution=institution_id, until_at__isnull=True).first()


def stamps_of(institution_id: int) -> list[Stamp]:
    return list(Stamp.objects.filter(institution=institution_id).order_by("-from_at"))


def evidence(of: Consortium, year: int) -> list[Evidence]:
    return list(Evidence.objects.filter(consortium=of, year=year, removed_at__isnull=True).order_by("linked_at"))


def counted_choices(of: Resolution) -> dict[str, int]:
    """What may be shown while a vote is open: how many have voted, and how where the ballot is open."""
    found = {str(row["choice"]): row["n"] for row in of.votes.values("choice").annotate(n=Count("id"))}
    return {"cast": sum(found.values())} if of.ballot == Ballot.SECRET else {"cast": sum(found.values()), **{str(c.value): found.get(str(c.value), 0) for c in Choice}}


def decided_in(of: Consortium, start: datetime, end: datetime) -> QuerySet[Resolution]:
    return Resolution.objects.filter(consortium=of, decided_at__gte=start, decided_at__lt=end)
