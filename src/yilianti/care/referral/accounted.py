"""「在我方账上」: who was sent home and whose first follow-up nobody has confirmed yet; until then the patient is the sender's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from yilianti.care.referral import access
from yilianti.care.referral.models import WITH_RECEIVER, Referral
from yilianti.kernel.actor import Actor
from yilianti.kernel.terms import Term
from yilianti.registry.residents import api as residents

PAGE = 50
MOST = 5000
_SHOWN = ("resident", "to_institution", "drafted_by", "decided_by", "contact", "origin")
#: how long one that nobody took is shown where no other referral keeps it open
_REMEMBERED = timedelta(days=90)


class Standing(Term):
    """Where a way home stands; implied by its state and the day."""

    NOBODY = "nobody", "没有着落", "nobody has taken them"
    OVERDUE = "overdue", "随访逾期", "follow-up overdue"
    SOON = "soon", "三天内到期", "due in three days"
    WAITING = "waiting", "待随访", "waiting for the follow-up"
    UNANSWERED = "unanswered", "待基层接收", "not accepted yet"


_SOON = timedelta(days=3)


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to; empty means everything."""

    text: str = ""
    standing: str = ""
    receiver: int | None = None
    mine: bool = False


def _standing(at: datetime) -> Case:
    day = timezone.localdate(at)
    return Case(
        When(state__in=["lapsed", "declined"], then=Value(Standing.NOBODY.value)),
        When(follow_up_due_on__isnull=True, then=Value(Standing.UNANSWERED.value)),
        When(follow_up_due_on__lt=day, then=Value(Standing.OVERDUE.value)),
        When(follow_up_due_on__lte=day + _SOON, then=Value(Standing.SOON.value)),
        default=Value(Standing.WAITING.value), output_field=CharField(),
    )  # fmt: skip


def _on_account(actor: Actor, at: datetime) -> QuerySet[Any]:
    """Under way, or not taken by anybody and not sent anew since."""
    later = Referral.objects.filter(Q(origin=OuterRef("origin")) | Q(stay=OuterRef("stay")) & ~Q(stay=""), goes_home=True, id__gt=OuterRef("id"))
    left = Q(state__in=["lapsed", "declined"]) & (Q(origin__state="discharged") | Q(origin__isnull=True, drafted_at__gte=at - _REMEMBERED)) & ~Exists(later)
    sent = Referral.objects.filter(access.visible_to(actor), goes_home=True, from_institution__in=actor.reaches("referral.view"))
    return sent.filter(Q(state__in=WITH_RECEIVER) | left).annotate(standing=_standing(at))


def _narrowed(rows: QuerySet[Any], asked: Asked, actor: Actor) -> QuerySet[Any]:
    if asked.receiver:
        rows = rows.filter(to_institution=asked.receiver)
    if asked.mine:
        rows = rows.filter(Q(drafted_by=actor.person) | Q(contact=actor.person))
    if asked.text:
        words = Q(number__iendswith=asked.text) | Q(diagnosis_name__contains=asked.text) | Q(to_institution__short_name__contains=asked.text)
        borne = residents.sought(asked.text)
        rows = rows.filter(words | Q(resident__in=borne) if borne is not None else words)
    return rows


def rows(actor: Actor, asked: Asked, at: datetime, *, start: int = 0, size: int = PAGE) -> list[Referral]:
    """The nearest promise first, those nobody has taken before all; each has `standing`. One statement."""
    found: QuerySet[Any] = _narrowed(_on_account(actor, at), asked, actor)
    if asked.standing:
        found = found.filter(standing=asked.standing)
    nobody = Case(When(standing=Standing.NOBODY.value, then=Value(0)), default=Value(1))
    due = Coalesce("follow_up_due_on", TruncDate("answer_due_at"))
    return list(found.select_related(*_SHOWN).order_by(nobody, due.asc(nulls_last=True), F("id"))[start : start + size])


def counts(actor: Actor, asked: Asked, at: datetime) -> dict[str, int]:
    """How many stand where; one statement."""
    found: QuerySet[Any] = _narrowed(_on_account(actor, at), asked, actor)
    return dict(found.order_by().values_list("standing").annotate(count=Count("id")))


def receivers(actor: Actor, at: datetime) -> list[tuple[int, str]]:
    """Where patients were sent who are still on the account."""
    found = _on_account(actor, at).order_by("to_institution__code").values_list("to_institution", "to_institution__short_name")
    return list(dict.fromkeys(found[:MOST]))
