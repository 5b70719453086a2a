"""What a member still has to record, for the doors through which recordings come."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from yilianti.care.diagnosis import access
from yilianti.care.diagnosis.models import Exam

_RECORDABLE = ("ordered", "acquired", "rejected")


def to_record(institution: int) -> QuerySet[Exam]:
    """Registered there, or sent back to be recorded again."""
    return Exam.objects.filter(institution=institution, state__in=("ordered", "rejected"))


def called(institution: int, numbers: Iterable[str]) -> Exam | None:
    """The exam of that institution that one of these numbers names, the platform's or the member's own; one that still takes a recording first."""
    wanted = [number for number in numbers if number]
    found = list(Exam.objects.filter(Q(number__in=wanted) | Q(placer_number__in=wanted), institution=institution).select_related("resident").order_by("-ordered_at")[:20]) if wanted else []
    return next((exam for exam in found if takes_recording(exam)), found[0] if found else None)


def shown_to(institution: int) -> QuerySet[Exam]:
    """What the systems of an institution may see: the same as its people."""
    return Exam.objects.filter(access.shown_to([institution], [institution]))


def takes_recording(exam: Exam) -> bool:
    """Not sent yet, or sent back."""
    return exam.state in _RECORDABLE
