"""What a text typed over the worklist may mean. Looked up where it stands first: together in one condition over three tables no index would serve it."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Reverse

from yilianti.care.diagnosis.models import Exam
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents

_SHORTEST_END = 4
#: So many are named one by one, because the planner cannot know how few they are.
_FEW = 1000
#: The newest first, in an order that no index gives: else the planner walks the whole list in search of a few.
BY_HAND = ((F("ordered_at") + timedelta(0)).desc(), (F("id") + 0).desc())


def narrowed(rows: QuerySet[Exam], text: str) -> tuple[QuerySet[Exam], bool]:
    """The exams that a text may mean, and whether they are few."""
    if text.isascii() and any(map(str.isdigit, text)):
        return rows.alias(backwards=Reverse("number")).filter(_numbered(text)), True
    people = residents.sought(text)
    few = list(people.values_list("id", flat=True)[: _FEW + 1]) if people is not None else []
    places = institutions.called(text)
    said = Q(resident__in=few if len(few) <= _FEW else people) if few else Q()
    said |= Q(institution__in=places) if places else Q()
    return (rows.filter(said), len(few) <= _FEW and not places) if said else (rows.none(), True)


def _numbered(text: str) -> Q:
    """The examination's number or its last digits, or the number of the member's own system."""
    number = text.upper()
    said = Q(number=number) | Q(placer_number=text)
    if len(text) >= _SHORTEST_END:
        said |= Q(backwards__startswith=number[::-1])
    return said
