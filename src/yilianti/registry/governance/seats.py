"""Who sits in a council on a day, and who of them is present."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from yilianti.registry.governance.models import Meeting, Seat


def of_meeting(meeting: Meeting) -> QuerySet[Seat]:
    """Seats held on the day of the meeting."""
    day = timezone.localdate(meeting.held_at)
    return Seat.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), council=meeting.council_id, from_on__lte=day)


def present_at(meeting: Meeting) -> QuerySet[Seat]:
    """Those of them who are at the meeting."""
    return of_meeting(meeting).filter(id__in=meeting.attendances.values("seat"))


def counted(meeting: Meeting) -> tuple[int, int]:
    """(entitled to vote, of them present)."""
    return of_meeting(meeting).filter(has_vote=True).count(), present_at(meeting).filter(has_vote=True).count()
