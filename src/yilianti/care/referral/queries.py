"""Worklists, counts and histories of referrals, always through `visible_to`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from yilianti.care.referral import access, searching
from yilianti.care.referral.models import ArrivalQuestion, Batch, Message, MilestoneNoted, Referral
from yilianti.care.referral.searching import Filters
from yilianti.care.referral.terms import OPEN, UNANSWERED, Channel, Service, Side, State
from yilianti.kernel import journal, prepared
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.pages import Slice, keyset
from yilianti.registry.institutions.api import Department

PAGE = 20
_SHOWN = ("resident", "from_institution", "to_institution", "to_department", "drafted_by")

_TOLD = ("decided_by", "origin", "consent", "approved_by", "proposed_institution", "contact", "recalls", "batch", "to_practitioner", "question")

class Line(NamedTuple):
    """What a list and its export show of a referral; named as the columns of `_LINES`."""

    id: int
    resident_id: int
    number: str
    state: str
    goes_home: bool
    urgency: str
    service: str
    channel: str
    from_level: str
    to_level: str
    diagnosis_code: str
    diagnosis_name: str
    submitted_at: datetime | None
    answer_due_at: datetime | None
    decided_at: datetime | None
    due_at: datetime | None
    arrived_at: datetime | None
    discharged_at: datetime | None
    concluded_at: datetime | None
    resident_name: str
    resident_sex: str
    sender: str
    sender_name: str
    receiver: str
    receiver_name: str
    #: the moment it is ordered by
    placed_at: datetime


# Lists are the most asked pages: twenty-one narrow rows in one statement instead of models with theirs around them, at a third of the cost.
_LINES = f"""SELECT {", ".join(f"r.{column}" for column in Line._fields[:19])}, p.name, p.sex, s.short_name, s.name, t.short_name, t.name, q.placed_at
FROM referral_referral r JOIN residents_resident p ON p.id = r.resident_id
JOIN institutions_institution s ON s.id = r.from_institution_id JOIN institutions_institution t ON t.id = r.to_institution_id"""  # noqa: S608 - constants only
# Asked by every page that shows the piles: the query set takes longer to write this than the server to answer.
_KINDS = """SELECT state, from_institution_id, to_institution_id, goes_home, count(*) FROM referral_referral
WHERE state = ANY(%(states)s) AND (from_institution_id = ANY(%(reach)s) OR to_institution_id = ANY(%(reach)s)) GROUP BY 1, 2, 3, 4"""


@dataclass(frozen=True)
class Pile:
    """Referrals in certain states at one end, on the way up or home (None: either)."""

    side: Side
    states: tuple[State, ...]
    is_home: bool | None = None
    permission: str = "referral.view"

    def condition(self, actor: Actor) -> Q:
        """The pile in SQL."""
        reach = actor.reaches(self.permission)
        here = Q(from_institution__in=reach) if self.side is Side.SENDER else Q(to_institution__in=reach)
        return here & Q(state__in=self.states) & (Q() if self.is_home is None else Q(goes_home=self.is_home))

    def holds(self, reach: frozenset[int], sender: int, receiver: int, is_home: bool) -> bool:
        """The same of referrals in one of its states, with those ends and that way."""
        return (sender if self.side is Side.SENDER else receiver) in reach and self.is_home in (None, is_home)


PILES: Mapping[str, Pile] = {
    "to_answer": Pile(Side.RECEIVER, (State.SUBMITTED,), permission="referral.accept"),
    "with_department": Pile(Side.RECEIVER, (State.ASSIGNED,)),
    "awaited": Pile(Side.RECEIVER, (State.ACCEPTED,), is_home=False),
    "in_care": Pile(Side.RECEIVER, (State.ARRIVED,), is_home=False),
    "to_send_home": Pile(Side.RECEIVER, (State.DISCHARGED,)),
    "to_follow_up": Pile(Side.RECEIVER, (State.ACCEPTED, State.ARRIVED), is_home=True),
    "to_approve": Pile(Side.SENDER, (State.PENDING,), permission="referral.approve"),
    "returned": Pile(Side.SENDER, (State.RETURNED, State.DRAFT)),
    "to_settle": Pile(Side.SENDER, (State.ADVISED, State.REROUTING)),
    "outside": Pile(Side.SENDER, (State.SENT_OUT,)),
}
_PILES_OF = {str(state): [(box, pile) for box, pile in PILES.items() if state in pile.states] for state in OPEN}
BOXES: Mapping[str, str] = {
    "to_answer": "待我方答复", "with_department": "待科室答复", "awaited": "待到院", "in_care": "在院", "to_send_home": "待下转", "to_follow_up": "待随访",
    "to_approve": "待审批", "returned": "退回待补充", "to_settle": "意见与改转待定", "outside": "网外待结果", "sent": "我方转出", "received": "转入我方", "all": "全部",
}  # fmt: skip


def visible(actor: Actor) -> QuerySet[Referral]:
    """Every referral the actor may see."""
    return Referral.objects.filter(access.visible_to(actor))


def in_box(actor: Actor, box: str) -> Q:
    """The condition of one pile of work, or of one direction."""
    if box in PILES:
        return PILES[box].condition(actor)
    reach = actor.reaches("referral.view")
    directions = {"sent": Q(from_institution__in=reach), "received": Q(to_institution__in=reach) & ~Q(state__in=["draft", "pending"])}
    return directions.get(box, Q())


def worklist(actor: Actor, filters: Filters, *, after: str = "", size: int = PAGE) -> Slice:
    """One keyset page of lines, newest or nearest promise first; one query whatever the length and the filters."""
    rows = searching.narrowed(visible(actor).filter(in_box(actor, filters.box)), filters)
    found = searching.page(rows, filters, after=after, size=size + 1)
    try:
        wanted, values = found.query.sql_with_params()
    except EmptyResultSet:  # nobody is in reach
        return Slice([], "")
    order = "q.placed_at, r.id" if filters.sort == "promise" else "q.placed_at DESC, r.id DESC"
    with connection.cursor() as cursor:
        cursor.execute(f"{_LINES} JOIN ({wanted}) AS q(id, placed_at) ON q.id = r.id ORDER BY {order}", values)
        lines = [Line(*row) for row in cursor.fetchall()]
    return keyset(lines, size, key=lambda line: f"{line.id}~{line.placed_at.isoformat()}")


def pressing(actor: Actor, box: str, size: int = 6) -> list[Referral]:
    """The top of one pile: the nearest promise first."""
    rows = visible(actor).filter(in_box(actor, box)).select_related(*_SHOWN)
    return list(rows.order_by(F("due_at").asc(nulls_last=True), "id")[:size])


def late_by_receiver(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Unanswered referrals by receiving institution, those past their promise counted apart; most first."""
    waiting = visible(actor).filter(state__in=UNANSWERED).values("to_institution__short_name", "to_institution_id")
    counted = waiting.annotate(waiting=Count("id"), late=Count("id", filter=Q(answer_due_at__lt=now)))
    return [dict(line) for line in counted.order_by("-late", "-waiting")[:20]]


def counts(actor: Actor) -> dict[str, int]:
    """How much lies in each pile of work, in one query."""
    seen = actor.reaches("referral.view")
    reaches = {box: actor.reaches(pile.permission) & seen for box, pile in PILES.items()}
    found = dict.fromkeys(PILES, 0)
    with prepared.cursor() as cursor:
        cursor.execute(_KINDS, {"reach": list(seen), "states": [str(state) for state in OPEN]})
        for state, sender, receiver, is_home, count in cursor.fetchall():
            for box, pile in _PILES_OF.get(state, ()):
                if pile.holds(reaches[box], sender, receiver, is_home):
                    found[box] += count
    return found


#: whose work a pile is: who may take the step it waits for
_WORK = {
    "to_answer": "referral.accept", "with_department": "referral.take", "awaited": "referral.arrive", "in_care": "referral.discharge",
    "to_send_home": "referral.offer_home", "to_follow_up": "referral.follow_up", "to_approve": "referral.approve", "returned": "referral.submit",
    "to_settle": "referral.adopt", "outside": "referral.note_outcome",
}  # fmt: skip


def first_work(actor: Actor, counted: Mapping[str, int]) -> str:
    """The first pile in which something waits for the actor; everything where nothing does."""
    return next((box for box in BOXES if counted.get(box) and actor.reaches(_WORK[box])), "all")


def boxes_of(actor: Actor, counted: Mapping[str, int], chosen: str) -> list[str]:
    """The piles to offer: the actor's own work, what is not empty, both directions, and the one that is open."""
    return [box for box in BOXES if box == chosen or box not in PILES or counted.get(box) or actor.reaches(_WORK[box])]


def batch_id(number: str) -> int:
    """0 for a number that no batch has."""
    return Batch.objects.filter(number=number.upper()).values_list("id", flat=True).first() or 0


def department_name(department_id: int) -> str:
    return str(Department.objects.filter(id=department_id).values_list("name", flat=True).first() or "")


def one(actor: Actor, number: str) -> Referral | None:
    """A visible referral with what its page shows, or None."""
    return visible(actor).select_related(*_SHOWN, *_TOLD).filter(number=number).first()


def has_any() -> bool:
    """Whether anybody has ever sent a referral here."""
    return Referral.objects.exclude(state="draft").exists()


def batches(actor: Actor, *, before: int | None = None) -> Slice:
    """Batches sent from or to where the actor looks, newest first, each with how many are in it and how many wait; two statements, of the shown ones only."""
    reach = actor.reaches("referral.view")
    rows = Batch.objects.filter(Q(from_institution__in=reach) | Q(to_institution__in=reach)).select_related("from_institution", "to_institution")
    if before is not None:
        rows = rows.filter(id__lt=before)
    shown = keyset(list(rows.order_by("-id")[: PAGE + 1]), PAGE, key=lambda row: row.id)
    counted = Referral.objects.filter(batch__in=shown.rows).values("batch").annotate(size=Count("id"), waiting=Count("id", filter=Q(state__in=UNANSWERED)))
    sizes = {row["batch"]: (row["size"], row["waiting"]) for row in counted}
    for row in shown.rows:
        row.size, row.waiting = sizes.get(row.id, (0, 0))
    return shown


def batch(actor: Actor, number: str) -> Batch | None:
    reach = actor.reaches("referral.view")
    seen = Batch.objects.filter(Q(from_institution__in=reach) | Q(to_institution__in=reach), number=number)
    return seen.select_related("from_institution", "to_institution", "made_by").first()


def of_batch(actor: Actor, found: Batch) -> list[Referral]:
    """Everybody of a batch whom the actor may see, in the order of the list."""
    return list(visible(actor).filter(batch=found).select_related(*_SHOWN).order_by("id"))


def ways_home(referral: Referral) -> list[Referral]:
    return list(referral.ways_home.select_related("to_institution").order_by("id"))


def history(number: str) -> list[JournalEntry]:
    """Every step with who and when, oldest first."""
    return journal.history(f"referral:{number}")


def messages(referral: Referral) -> list[Message]:
    return list(referral.messages.select_related("said_by", "institution").order_by("id"))


def milestones(referral: Referral) -> list[MilestoneNoted]:
    """Every note, corrections after what they correct; most referrals have no channel and are not asked."""
    if referral.channel == Channel.ORDINARY:
        return []
    return list(referral.milestones.select_related("noted_by").order_by("id"))


def open_questions(actor: Actor) -> list[ArrivalQuestion]:
    """Arrivals at the actor's institutions that fit several referrals."""
    waiting = ArrivalQuestion.objects.filter(answered_at__isnull=True, institution__in=actor.reaches("referral.arrive"))
    return list(waiting.select_related("resident", "institution").order_by("asked_at")[:100])


def questions_waiting(actor: Actor) -> int:
    """How many of them there are; nothing is asked for who could not answer."""
    reach = actor.reaches("referral.arrive")
    if not reach:
        return 0
    with prepared.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM referral_arrivalquestion WHERE answered_at IS NULL AND institution_id = ANY(%s)", [list(reach)])
        return int(cursor.fetchone()[0])


def candidates(questions: Sequence[ArrivalQuestion]) -> list[list[Referral]]:
    """The referrals each arrival could belong to, the nearest appointment first; one statement."""
    wanted = {number for question in questions for number in question.candidates}
    rows = list(Referral.objects.filter(number__in=wanted).select_related(*_SHOWN).order_by("appointment_at"))
    return [[row for row in rows if row.number in question.candidates] for question in questions]


def timeline(actor: Actor, resident_ids: Sequence[int], *, before: tuple[datetime, int] | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Referrals of a resident as timeline rows, newest first; keyset by (moment, id)."""
    rows = visible(actor).filter(resident__in=resident_ids).exclude(state="draft").select_related(*_SHOWN).order_by("-drafted_at", "-id")
    if before is not None:
        moment, last = before
        rows = rows.filter(Q(drafted_at__lt=moment) | Q(drafted_at=moment, id__lt=last))
    return [
        {"kind": "referral", "id": r.id, "number": r.number, "at": r.submitted_at or r.drafted_at, "sort_at": r.drafted_at,
         "institution": r.from_institution.short_name, "institution_id": r.from_institution_id,
         "title": f"{r.from_institution.short_name} → {r.to_institution.short_name}", "detail": r.diagnosis_name,
         "state": State.label(r.state), "state_code": r.state}
        for r in rows[:limit]
    ]  # fmt: skip


def usual(actor: Actor, code: str = "") -> dict[str, Any]:
    """Where this doctor sent the last patient with a diagnosis of the same group (ICD-10, three characters), or without one the last of all; {} for none.
    Who only asked for advice sent nobody; what was asked for, and why, says nothing of a patient with something else."""
    rows = Referral.objects.filter(drafted_by=actor.person, from_institution=actor.institution, submitted_at__isnull=False, goes_home=False, recalls=None)
    rows = rows.exclude(service=Service.ADVICE.value)
    rows = rows.filter(diagnosis_code__startswith=code[:3]) if code else rows
    last = rows.order_by("-id").values("to_institution_id", "to_department_id", "service", "reason").first()
    return {name.removesuffix("_id"): value for name, value in last.items() if code or name not in ("service", "reason")} if last else {}


def still_open(actor: Actor, resident_ids: Sequence[int], *, but: Sequence[str] = ()) -> list[Referral]:
    """Referrals of a person that are under way and that the actor may see, for whoever writes another."""
    rows = Referral.objects.filter(access.visible_to(actor), resident__in=resident_ids, state__in=[s for s in map(str, OPEN) if s != "draft"]).exclude(number__in=but)
    return list(rows.select_related("to_institution").order_by("-id")[:5])
