"""Lists of objects and senders, always through `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.dicom import access
from yilianti.gateways.dicom.models import Instance, Sender
from yilianti.gateways.dicom.terms import State
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset, numbered

PAGE = 30
NEAR = timedelta(days=3)


def objects(actor: Actor, *, state: str = "", institution: int | None = None, after: str = "") -> Slice:
    """What came from devices, newest first; without a state what waits for a person."""
    rows = Instance.objects.filter(access.visible_to(actor)).defer("spooled").select_related("sender", "institution", "resident", "exam")
    if state != "all":
        rows = rows.filter(state=state or State.UNMATCHED.value)
    if institution:
        rows = rows.filter(institution=institution)
    if (before := numbered(after)) is not None:
        rows = rows.filter(pk__lt=before)
    return keyset(list(rows.order_by("-pk")[: PAGE + 1]), PAGE, lambda row: row.pk)


def instance(actor: Actor, number: int) -> Instance | None:
    rows = Instance.objects.filter(access.visible_to(actor), pk=number).defer("spooled", "recording__content", "recording__samples")
    return rows.select_related("sender", "institution", "resident", "exam", "recording", "settled_by").first()


def waiting(actor: Actor) -> int:
    """How many objects wait for a person."""
    return Instance.objects.filter(access.visible_to(actor), state=State.UNMATCHED.value).count()


def unclaimed(institution: int) -> int:
    """How many objects of an institution wait for somebody there to say whose they are."""
    return Instance.objects.filter(institution=institution, state=State.UNMATCHED.value).count()


def candidates(institution: int, name: str, at: datetime) -> Sequence[diagnosis.Exam]:
    """Exams of that institution that wait for a recording: those of the same name first, then the nearest in time."""
    near = diagnosis.to_record(institution).filter(ordered_at__gte=at - NEAR).select_related("resident").order_by("-ordered_at")[:50]
    return sorted(near, key=lambda exam: (exam.resident.name != name, abs(exam.ordered_at - at)))[:12]


def senders(actor: Actor) -> QuerySet[Sender]:
    """The register, with when each was last heard and how much of it waits."""
    rows = Sender.objects.filter(access.senders_visible_to(actor)).select_related("institution")
    counted = rows.annotate(last_at=Max("instances__received_at"), sent=Count("instances"), unmatched=Count("instances", filter=Q(instances__state=State.UNMATCHED.value)))
    return counted.order_by("institution__path", "name")


def sender(actor: Actor, number: int) -> Sender | None:
    return senders(actor).filter(pk=number).first()
