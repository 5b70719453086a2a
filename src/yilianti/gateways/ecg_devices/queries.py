"""Lists of files and folders, always through `visible_to`."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from yilianti.gateways.dicom import api as dicom
from yilianti.gateways.ecg_devices import access
from yilianti.gateways.ecg_devices.models import Deposit, Folder
from yilianti.gateways.ecg_devices.terms import State
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset, numbered
from yilianti.registry.access import api as roles

PAGE = 30
#: Who records examinations, nearest to the cart first.
RECORDERS = ("village_doctor", "township_doctor", "county_department")


def deposits(actor: Actor, *, state: str = "", institution: int | None = None, text: str = "", after: str = "") -> Slice:
    """What was found in folders, newest first; without a state what waits for a person."""
    rows = Deposit.objects.filter(access.visible_to(actor)).select_related("folder", "institution", "exam__resident")
    if state != "all":
        rows = rows.filter(state=state or State.UNMATCHED.value)
    if institution:
        rows = rows.filter(institution=institution)
    if text.strip():
        rows = rows.filter(Q(order_number=text.strip()) | Q(exam__number__iexact=text.strip()) | Q(folder__name__icontains=text.strip()))
    if (before := numbered(after)) is not None:
        rows = rows.filter(pk__lt=before)
    return keyset(list(rows.order_by("-pk")[: PAGE + 1]), PAGE, lambda row: row.pk)


def deposit(actor: Actor, number: int) -> Deposit | None:
    rows = Deposit.objects.filter(access.visible_to(actor), pk=number).defer("recording__content", "recording__samples")
    return rows.select_related("folder", "institution", "exam__resident", "recording", "settled_by").first()


def waiting(actor: Actor) -> int:
    """How many files wait for a person."""
    return Deposit.objects.filter(access.visible_to(actor), state=State.UNMATCHED.value).count()


def unclaimed(institution: int) -> int:
    """How many recordings of an institution wait there for somebody to say whose they are, whichever way they came."""
    return Deposit.objects.filter(institution=institution, state=State.UNMATCHED.value).count() + dicom.unclaimed(institution)


def claimers(institution: int, at: datetime) -> str:
    """The role that records there, whose people claim what no order claims; "" for everybody where none does."""
    return next((role for role in RECORDERS if roles.holders(role, institution, timezone.localdate(at))), "")


def folders(actor: Actor) -> QuerySet[Folder]:
    """The folders within reach, with what came from each and what waits."""
    rows = Folder.objects.filter(access.folders_visible_to(actor)).select_related("institution")
    counted = rows.annotate(last_at=Max("deposits__received_at"), count=Count("deposits"), unmatched=Count("deposits", filter=Q(deposits__state=State.UNMATCHED.value)),
                            refused=Count("deposits", filter=Q(deposits__state=State.REFUSED.value)))  # fmt: skip
    return counted.order_by("institution__path", "name")


def folder(actor: Actor, number: int) -> Folder | None:
    return folders(actor).filter(pk=number).first()
