"""Who waits: where somebody stands, how long a line is, and the list of a keeper or of a sender."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from yilianti import policybook
from yilianti.capacity.schedules import rules
from yilianti.capacity.schedules.access import VIEW
from yilianti.capacity.schedules.actions import occupancy
from yilianti.capacity.schedules.models import Reservation, WaitingEntry
from yilianti.capacity.schedules.terms import IN_LINE, BedKind, InLine
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset
from yilianti.registry.institutions import api as institutions

PAGE = 40


def standing(subject: str, at: datetime) -> InLine | None:
    """Where somebody stands for this subject; None when nowhere. An offer whose time is over is none."""
    entry = WaitingEntry.objects.filter(subject=subject, state__in=IN_LINE).select_related("department", "pool__department").order_by("-id").first()
    if entry is None:
        return None
    offer = _offer_of(entry, at) if entry.state == "offered" else None
    ahead = 0 if offer else _ahead(entry, at)
    place = (offer.slot or offer.pool) if offer else None
    return InLine(entry.number, "offered" if offer else "waiting", entry.urgency, entry.keeper_id, entry.department_id, entry.pool_id, place_of(entry), ahead, entry.joined_at,
                  *((offer.number, occupancy.words(place), offer.expires_at) if offer and place else ()))  # fmt: skip


def place_of(entry: WaitingEntry) -> str:
    """What they wait for, as people call it."""
    if entry.department is not None:
        return entry.department.name
    assert entry.pool is not None
    return f"{entry.pool.department.name if entry.pool.department else ''} {BedKind.label(entry.pool.kind)}".strip()


def lengths(departments: Iterable[int], pools: Iterable[int]) -> dict[tuple[int | None, int | None], int]:
    """(department, pool) → how many wait there; one statement."""
    rows = WaitingEntry.objects.filter(Q(department__in=list(departments)) | Q(pool__in=list(pools)), state="waiting").values("department", "pool")
    return {(row["department"], row["pool"]): row["count"] for row in rows.annotate(count=Count("id")).order_by()}


def listed(actor: Actor, box: str, *, text: str = "", before: int | None = None, ended: bool = False, size: int = PAGE) -> Slice:
    """Those who wait at the actor's institutions, or (`ours`) whom these have put on lists elsewhere; newest first."""
    rows = _within(actor, box).filter(state__in=IN_LINE) if not ended else _within(actor, box).exclude(state__in=IN_LINE)
    if text:
        rows = rows.filter(Q(number__endswith=text) | Q(subject__endswith=text) | Q(resident__name__startswith=text))
    if before is not None:
        rows = rows.filter(id__lt=before)
    shown = _shown(rows.order_by("-id"))
    return keyset(list(shown[: size + 1]), size, key=lambda row: row.id)


def in_order(rows: Sequence[WaitingEntry], at: datetime) -> dict[int, int]:
    """Entry → its place in the line, 1 for the next one, for the lines these entries stand in."""
    departments, pools = {row.department_id for row in rows if row.department_id}, {row.pool_id for row in rows if row.pool_id}
    lines: dict[tuple[int | None, int | None], list[WaitingEntry]] = {}
    waiting = WaitingEntry.objects.filter(Q(department__in=departments) | Q(pool__in=pools), state="waiting")
    for entry in waiting.only("id", "department", "pool", "keeper", "urgency", "since"):
        lines.setdefault((entry.department_id, entry.pool_id), []).append(entry)
    orders: dict[int, Sequence[str]] = {}
    return {entry.pk: place for line in lines.values() for place, entry in enumerate(rules.in_line(line, _order(line[0].keeper_id, at, orders)), 1)}


def _order(keeper: int, at: datetime, known: dict[int, Sequence[str]]) -> Sequence[str]:
    if keeper not in known:
        known[keeper] = policybook.in_force("capacity.waiting", timezone.localdate(at), institutions.scope_of(keeper, at)).order
    return known[keeper]


def _ahead(entry: WaitingEntry, at: datetime) -> int:
    return max(0, in_order([entry], at).get(entry.pk, 1) - 1)


def _offer_of(entry: WaitingEntry, at: datetime) -> Reservation | None:
    offers = Reservation.objects.filter(waiting=entry, state="held", expires_at__gt=at)
    return offers.select_related("slot__department", "pool__department").order_by("-id").first()


def _within(actor: Actor, box: str) -> QuerySet[WaitingEntry]:
    reach = actor.reaches(VIEW)
    return WaitingEntry.objects.filter(Q(by_institution__in=reach) if box == "ours" else Q(keeper__in=reach))


def _shown(rows: QuerySet[WaitingEntry]) -> QuerySet[WaitingEntry]:
    offers: Any = Prefetch("offers", Reservation.objects.filter(state="held").select_related("slot__department", "pool__department"), to_attr="standing_offers")
    return rows.select_related("resident", "keeper", "by_institution", "department", "pool__department", "joined_by").prefetch_related(offers)
