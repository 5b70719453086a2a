"""Who is expected when: appointments by department and day, for the receiving end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from yilianti.capacity.schedules import api as schedules
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import UNANSWERED, State
from yilianti.kernel.actor import Actor

#: more than anybody reads in a week; the page says so
MOST = 500
_EXPECTED = (State.ACCEPTED, State.ARRIVED, State.DISCHARGED, State.CONCLUDED)
#: who receives the patient reads the name; others read how many
RECEIVES = ("referral.arrive", "referral.take", "referral.accept")


class Expected(NamedTuple):
    """One appointment; `name` is empty for who does not receive the patient."""

    number: str
    at: datetime
    name: str
    state: str
    urgency: str
    channel: str
    institution: str
    department: str
    sender: str
    #: what the receiver's own system has booked, where it is another time
    booked_at: datetime | None
    reservation: str

    @property
    def is_asked(self) -> bool:
        """A place is held, but nobody has answered yet."""
        return self.state in UNANSWERED

    @property
    def has_come(self) -> bool:
        return self.state != State.ACCEPTED and not self.is_asked


@dataclass
class Row:
    """A department of an institution with its days in order."""

    institution: str
    department: str
    days: list[list[Expected]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(map(len, self.days))


_COLUMNS = ("number", "appointment_at", "resident__name", "state", "urgency", "channel", "to_institution__short_name", "to_department__name",
            "from_institution__short_name", "expected_at", "reservation", "to_institution_id")  # fmt: skip


def expected(actor: Actor, first: date, days: int, *, now: datetime, institution: int | None = None, department: int | None = None) -> list[Expected]:
    """Appointments of these days at institutions in reach, and places held for what waits for an answer, in order; at most `MOST` + 1.

    Two queries, a third where places are held.
    """
    start, end = _midnight(first), _midnight(first + timedelta(days=days))
    reach = actor.reaches("referral.view")
    rows = Referral.objects.filter(to_institution__in=reach if institution is None else reach & {institution})
    if department is not None:
        rows = rows.filter(to_department=department)
    found = _told(actor, rows.filter(state__in=_EXPECTED, appointment_at__gte=start, appointment_at__lt=end))
    held = {subject.removeprefix("referral:"): at for subject, at in schedules.held_between(reach, start, end, now).items() if subject.startswith("referral:")}
    if held:
        found += [line._replace(at=held[line.number]) for line in _told(actor, rows.filter(number__in=held, state__in=UNANSWERED))]
        found.sort(key=lambda line: (line.at, line.number))
    return found


def _told(actor: Actor, rows: QuerySet[Referral]) -> list[Expected]:
    names = frozenset().union(*(actor.reaches(permission) for permission in RECEIVES))
    found = []
    for *told, place in rows.order_by("appointment_at", "id").values_list(*_COLUMNS)[: MOST + 1]:
        line = Expected(*told)
        found.append(line._replace(name=line.name if place in names else "", department=line.department or "",
                                   booked_at=line.booked_at if line.booked_at != line.at else None))  # fmt: skip
    return found


def by_department(lines: Sequence[Expected], first: date, days: int) -> list[Row]:
    """A row for each department that expects somebody, those without one last of their institution."""
    cells: dict[tuple[str, str], list[list[Expected]]] = defaultdict(lambda: [[] for _ in range(days)])
    for line in lines:
        cells[line.institution, line.department][(timezone.localdate(line.at) - first).days].append(line)
    ordered = sorted(cells.items(), key=lambda cell: (cell[0][0], cell[0][1] == "", cell[0][1]))
    return [Row(institution, department, held) for (institution, department), held in ordered]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))  # noqa: DTZ001 - made aware here
