"""What is open, what waits for review, and what residents have asked."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from yilianti import policybook
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset
from yilianti.registry.privacy import access
from yilianti.registry.privacy.models import EmergencyAccess, Seal, SubjectRequest, still_open
from yilianti.registry.privacy.terms import EmergencyState, RequestState, Source
from yilianti.registry.residents import api as residents

PAGE = 20


def sealed(source: Source, *, through_encounter: bool = False) -> Q:
    """Condition on a record room's rows: a standing seal lies on the item, or on the encounter it belongs to."""
    own = Exists(Seal.objects.standing().filter(source=source.value, item=OuterRef("pk")))
    if not through_encounter:
        return Q(own)
    return Q(own) | Q(Exists(Seal.objects.standing().filter(source=Source.ENCOUNTER.value, item=OuterRef("encounter_id"))))


def open_by(actor: Actor, resident_id: int, at: datetime) -> EmergencyAccess | None:
    """The emergency this person has open for this resident, if any."""
    group = residents.all_ids(resident_id)
    return EmergencyAccess.objects.filter(still_open(at), person=actor.person, institution=actor.institution, resident__in=group).first()


def emergencies_of(resident_id: int) -> list[EmergencyAccess]:
    """Everybody who opened this resident's record in an emergency, newest first: for the resident."""
    rows = EmergencyAccess.objects.filter(resident__in=residents.all_ids(resident_id))
    return list(rows.select_related("person", "institution").order_by("-id"))


def review_list(actor: Actor, *, state: str = "", before: int | None = None, size: int = PAGE) -> Slice:
    """Emergencies in the reviewer's reach, newest first; one statement."""
    rows = EmergencyAccess.objects.filter(access.reviewable(actor))
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(id__lt=before) if before else rows
    rows = rows.select_related("person", "institution", "resident", "reviewed_by").order_by("-id")
    return keyset(list(rows[: size + 1]), size, key=lambda row: row.id)


def to_review(actor: Actor) -> int:
    """How many wait for this reviewer."""
    return EmergencyAccess.objects.filter(access.reviewable(actor), state=EmergencyState.ENDED.value).count()


def emergency(actor: Actor, number: str) -> EmergencyAccess | None:
    """One emergency the reviewer may see."""
    rows = EmergencyAccess.objects.filter(access.reviewable(actor), number=number)
    return rows.select_related("person", "institution", "resident", "reviewed_by").first()


def requests(actor: Actor, *, state: str = "", kind: str = "", resident: int | None = None, before: int | None = None, size: int = PAGE) -> Slice:
    """Requests where the actor receives or handles them, newest first; one statement."""
    rows: QuerySet[SubjectRequest] = SubjectRequest.objects.filter(access.requests_in_view(actor))
    for name, value in (("state", state), ("kind", kind)):
        rows = rows.filter(**{name: value}) if value else rows
    rows = rows.filter(resident__in=residents.all_ids(resident)) if resident else rows
    rows = rows.filter(id__lt=before) if before else rows
    rows = rows.select_related("resident", "institution").order_by("-id")
    return keyset(list(rows[: size + 1]), size, key=lambda row: row.id)


def request(actor: Actor, number: str) -> SubjectRequest | None:
    """One request in view."""
    rows = SubjectRequest.objects.filter(access.requests_in_view(actor), number=number)
    return rows.select_related("resident", "institution", "received_by", "decided_by").first()


def overdue_requests(day: date) -> list[SubjectRequest]:
    """Requests that were not answered in time."""
    waiting = [RequestState.RECEIVED.value, RequestState.GRANTED.value, RequestState.REFUSED.value]
    return list(SubjectRequest.objects.filter(state__in=waiting, due_on__lt=day).order_by("due_on", "id"))


def purposes(actor: Actor, day: date) -> tuple[policybook.Edition, list[dict[str, str]]]:
    """Why which data are used, in plain words (第十七、四十八条)."""
    edition = policybook.in_force("privacy.purposes", day, actor.scope)
    return edition, list(edition.table.dicts()) if edition.table else []


def category_names(actor: Actor, day: date) -> dict[str, str]:
    """Category code → its name."""
    edition = policybook.in_force("privacy.sensitive_categories", day, actor.scope)
    return {row["code"]: row["name"] for row in edition.table.dicts()} if edition.table else {}


def kept_by_law(actor: Actor, day: date) -> tuple[policybook.Edition, list[dict[str, str]]]:
    """What may not be erased on request, how long, and which rule says so."""
    edition = policybook.in_force("privacy.kept_by_law", day, actor.scope)
    return edition, list(edition.table.dicts()) if edition.table else []
