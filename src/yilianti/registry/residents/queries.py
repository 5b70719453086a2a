"""Finding residents, and what is shown of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from yilianti.kernel.actor import Actor
from yilianti.kernel.crypto import encryption
from yilianti.kernel.pages import Slice, keyset, numbered
from yilianti.registry.residents import access, links, names, rules
from yilianti.registry.residents.models import (
    Birth,
    CareRelation,
    Coverage,
    Discovery,
    DuplicateSuspicion,
    Identifier,
    Kin,
    PastParticulars,
    Resident,
)
from yilianti.registry.residents.terms import IdentifierSystem, Sex

PAGE = 20
_COLUMNS = ("id", "number", "name", "sex", "born_on", "phone", "name_key", "home__short_name")
_SHORTEST_NUMBER = 4
NAMELESS = "（未留姓名）"


@dataclass(frozen=True)
class Found:
    """One line of a search: enough to recognise the person, not more; `may_open` tells whether the record is in reach."""

    id: int
    number: str
    name: str
    sex: str
    born_on: date | None
    identity: str
    phone: str
    home: str
    name_key: str
    may_open: bool

    @property
    def sex_label(self) -> str:
        return Sex.label(self.sex)


def search(actor: Actor, text: str, limit: int = PAGE, after: str = "") -> Slice:
    """Residents by name, initials, exact number or telephone, in pinyin order; three statements whatever is found.

    `after` is the `next_key` of the slice before. Merged residents are found as the one who stands for them. A name finds
    nobody outside the actor's consortium; a number in hand finds anybody, beyond it without the name.
    """
    condition = _sought(text.strip())
    if condition is None:
        return Slice([], "")
    # Ordered by an expression: else the planner may walk the whole index of name_key in search of a rare name.
    rows = Resident.objects.filter(condition, merged_into__isnull=True).order_by(Concat("name_key", Value("")), "id")
    if after:
        told_id, _, last_key = after.partition("~")
        last_id = numbered(told_id)
        rows = rows.filter(Q(name_key__gt=last_key) | Q(name_key=last_key, id__gt=last_id)) if last_id is not None else rows
    cut = keyset(list(rows.values_list(*_COLUMNS)[: limit + 1]), limit, key=lambda row: f"{row[0]}~{row[6]}")
    return Slice(_found(actor, cut.rows, by_number=_is_number(text)), cut.next_key)


#: A list that people work with; whoever needs more is asking for a return, not a list.
MOST_TAKEN_OUT, _STEP = 1000, 200


def openable_found(actor: Actor, text: str) -> list[Found]:
    """Everybody a search finds (without a text: those lately in care here) whose record the actor may open."""
    if not text:
        return [row for row in recent(actor, _STEP) if row.may_open]
    found: list[Found] = []
    cut = search(actor, text, _STEP)
    found += cut.rows
    while cut.next_key and len(found) < MOST_TAKEN_OUT:
        cut = search(actor, text, _STEP, cut.next_key)
        found += cut.rows
    return [row for row in found if row.may_open][:MOST_TAKEN_OUT]


def recent(actor: Actor, limit: int = PAGE) -> list[Found]:
    """Those most lately in care at the actor's own institution."""
    latest = CareRelation.objects.filter(institution=actor.institution).order_by("-since_at")[: limit * 2]
    ids = list(dict.fromkeys(latest.values_list("resident_id", flat=True)))
    rows = {row[0]: row for row in Resident.objects.filter(id__in=ids, merged_into__isnull=True).values_list(*_COLUMNS)}
    return _found(actor, [rows[i] for i in ids if i in rows][:limit])


def sought(text: str) -> QuerySet[Resident] | None:
    """Everybody a text may mean, for lists of other rooms that see no more of them than they may; None for a text too short to tell."""
    condition = _sought(text.strip())
    return None if condition is None else Resident.objects.filter(condition)


def _is_number(text: str) -> bool:
    """Anything with a digit in it is looked up exactly."""
    return any(character.isdigit() for character in text)


def _sought(text: str) -> Q | None:
    """The condition a text stands for; None for nothing to look for."""
    if not text:
        return None
    compact = rules.tidy(text)
    if _is_number(compact):
        return Q(id__in=_by_number(compact)) if len(compact) >= _SHORTEST_NUMBER else None
    every, any_of = names.wanted(text)
    conditions = [Q(name_grams__contains=every)] if every else []
    conditions += [Q(name_grams__overlap=any_of)] if any_of else []
    return reduce(or_, conditions) if conditions else None


_HOLDERS = """
SELECT resident_id FROM residents_identifier WHERE value_{slot} = ANY(%(values)s)
UNION SELECT id FROM residents_resident WHERE number = %(number)s
UNION SELECT id FROM residents_resident WHERE phone_{slot} = %(phone)s LIMIT 200"""
_NUMBER, _PHONE = encryption.purpose_of(Identifier, "value"), encryption.purpose_of(Resident, "phone")


def _by_number(text: str) -> list[int]:
    """Standing residents whose identifier, telephone or resident number is exactly this."""
    card = rules.read_id_card(text)
    values = {text, text.upper(), *([card.value] if card else [])}
    sought: dict[str, Any] = {"values": [encryption.keyed_hash(_NUMBER, value) for value in values], "number": text.upper(), "phone": encryption.keyed_hash(_PHONE, text)}
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS.format(slot=encryption.looked_up()), sought)
        ids = [row[0] for row in cursor.fetchall()]
    return sorted(set(links.standing_ids(ids).values())) if ids else []


def _found(actor: Actor, rows: Sequence[tuple], *, by_number: bool = True) -> list[Found]:
    """Lines for these rows; those beyond the consortium without their name, or not at all."""
    ids = [row[0] for row in rows]
    if not ids:
        return []
    cards = dict(Identifier.objects.filter(resident__in=ids, system=IdentifierSystem.ID_CARD.value).order_by().values_list("resident_id", "value"))
    in_view = access.openable(actor, ids)
    others = set(ids) - in_view
    near = in_view | (access.openable(actor, others, "institutions.view") if others else set())
    return [
        Found(id_, number if id_ in near else "", (name or NAMELESS) if id_ in near else rules.mask_name(name), sex, born_on,
              rules.mask_id(cards.get(id_, "")), rules.mask_phone(phone), (home or "") if id_ in near else "", key, id_ in in_view)
        for id_, number, name, sex, born_on, phone, key, home in rows if id_ in near or by_number
    ]  # fmt: skip


@dataclass(frozen=True)
class Banner:
    """Who a page is about, in the words of components/resident_banner.html."""

    name: str
    gender: str
    birth_on: date | None
    age: int | None
    number: str
    identity: str
    phone: str
    url: str


def banner(resident: Resident, day: date) -> Banner:
    """The banner of the resident, or of the one who stands for them; numbers masked."""
    stands = links.standing_for(resident.id) if resident.merged_into_id else resident
    return Banner(
        stands.name or NAMELESS, Sex.label(stands.sex), stands.born_on, rules.age_on(stands.born_on, day), stands.number,
        masked_identity(stands.id), rules.mask_phone(stands.phone), f"/record/{stands.number}/",
    )  # fmt: skip


def get(resident_id: int) -> Resident | None:
    """The resident as they stand for themselves (see `standing_for`)."""
    return Resident.objects.select_related("home").filter(id=resident_id).first()


def by_number(number: str) -> Resident | None:
    return next(iter(Resident.objects.raw("SELECT * FROM residents_resident WHERE number = %s", [number])), None)


def many(ids: Iterable[int]) -> dict[int, Resident]:
    """Id → resident, in one statement, for lists of other rooms."""
    return Resident.objects.in_bulk(set(ids))


def numbers_at(ids: Iterable[int], institution: int) -> dict[int, str]:
    """Id → the number by which that institution itself knows the person (not those of its other issuers, 1001@LIS), in one statement."""
    rows = Identifier.objects.filter(resident__in=set(ids), system=IdentifierSystem.LOCAL.value, issuer=institution).order_by("id")
    found: dict[int, str] = {}
    for row in rows:
        if "@" not in row.value and ":" not in row.value:
            found.setdefault(row.resident_id, row.value)
    return found


def identifiers(resident_id: int) -> list[Identifier]:
    """Every number of the person, those of merged residents included."""
    return list(Identifier.objects.filter(resident__in=links.all_ids(resident_id)).order_by("system", "issuer", "id"))


def masked_identity(resident_id: int) -> str:
    """The identity card number for a banner: `3499**********0021`; "" without one."""
    cards = Identifier.objects.filter(resident__in=links.all_ids(resident_id), system=IdentifierSystem.ID_CARD.value)
    return rules.mask_id(cards.values_list("value", flat=True).first() or "")


def relations(resident_id: int) -> list[CareRelation]:
    """Where the person has been in care, latest first."""
    held = CareRelation.objects.filter(resident__in=links.all_ids(resident_id))
    return list(held.select_related("institution").order_by("-since_at"))


def kin_of(resident_id: int) -> list[Kin]:
    return list(Kin.objects.filter(resident__in=links.all_ids(resident_id)).select_related("other").order_by("kind", "id"))


def coverages(resident_id: int) -> list[Coverage]:
    """Insurance in time, latest first."""
    return list(Coverage.objects.filter(resident__in=links.all_ids(resident_id)).order_by("-from_on", "kind"))


def birth(resident_id: int) -> Birth | None:
    return Birth.objects.filter(resident__in=links.all_ids(resident_id)).first()


def discovery(resident_id: int) -> Discovery | None:
    return Discovery.objects.filter(resident__in=links.all_ids(resident_id)).first()


def past_particulars(resident_id: int) -> list[PastParticulars]:
    return list(PastParticulars.objects.filter(resident__in=links.all_ids(resident_id)).order_by("-until_at", "-id"))


def merged_with(resident_id: int) -> list[Resident]:
    """Those for whom this resident stands."""
    return list(Resident.objects.filter(id__in=links.all_ids(resident_id) - {resident_id}).order_by("id"))


def suspicions(actor: Actor, *, before: int | None = None, size: int = PAGE, decided: bool = False) -> Slice:
    """Questions for a person to decide, newest first; one statement."""
    rows: QuerySet[DuplicateSuspicion] = DuplicateSuspicion.objects.filter(access.in_question(actor), decided_at__isnull=not decided)
    rows = rows.select_related("first__home", "second__home", "told_by").order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return keyset(list(rows[: size + 1]), size, key=lambda row: row.id)


def suspicion(actor: Actor, suspicion_id: int) -> DuplicateSuspicion | None:
    """A question within the actor's reach."""
    rows = DuplicateSuspicion.objects.select_related("first__home", "second__home", "told_by")
    return rows.filter(access.in_question(actor), id=suspicion_id).first()


def open_suspicions(actor: Actor) -> int:
    return DuplicateSuspicion.objects.filter(access.in_question(actor), decided_at__isnull=True).count()


def concerning(resident_id: int) -> QuerySet[DuplicateSuspicion]:
    """Open questions about a person."""
    group = links.all_ids(resident_id)
    return DuplicateSuspicion.objects.filter(Q(first__in=group) | Q(second__in=group), decided_at__isnull=True).order_by(F("id"))
