"""Entering a list: many people at once, set by set, under the same locks and rules as one at a desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from yilianti.kernel import batching, numbers
from yilianti.kernel.actor import Actor
from yilianti.registry.residents import matching
from yilianti.registry.residents.actions import registering
from yilianti.registry.residents.actions.recording import record
from yilianti.registry.residents.actions.registering import Registered
from yilianti.registry.residents.models import Identifier, Kin, Resident
from yilianti.registry.residents.terms import Demographics, IdentifierGiven, IdentifierSystem, Key


@dataclass(frozen=True)
class Listed:
    """One person of a list."""

    identifiers: Sequence[IdentifierGiven]
    demographics: Demographics


@transaction.atomic
def enrol(*, actor: Actor, people: Sequence[Listed], at: datetime) -> list[Registered]:
    """As `register` for each, in their order, with about a dozen statements for all who are new. Nobody is taken into care:
    a list says who lives here, not who came."""
    actor.require("residents.register")
    cases = [_case(actor, person, at) for person in people]
    every = [key for case in cases for key in case.keys]
    matching.hold(every)
    held = matching.owners(list(dict.fromkeys(every)))
    fresh = _entirely_new(cases, held)
    made = _enter(cases, fresh, actor, at)
    return [made[place] if place in made else registering.registered(case) for place, case in enumerate(cases)]


def _case(actor: Actor, person: Listed, at: datetime) -> registering.Case:
    case = registering.case_of(actor, person.identifiers, person.demographics, at, note_bad_id=False)
    case.in_care = False
    return case


def _entirely_new(cases: Sequence[registering.Case], held: object) -> list[int]:
    """Places of those none of whose numbers anybody holds, nor anybody before them in the list."""
    seen: set[Key] = set(held)  # type: ignore[call-overload]
    found = []
    for place, case in enumerate(cases):
        if not seen & set(case.keys):
            found.append(place)
        seen |= set(case.keys)
    return found


def _enter(cases: Sequence[registering.Case], places: Sequence[int], actor: Actor, at: datetime) -> dict[int, Registered]:
    numbers.reserve(len(places))
    residents = [registering.fresh(cases[place].told, at) for place in places]
    for resident, pk in zip(residents, _ids(len(residents)), strict=True):
        resident.id = pk
    Resident.objects.bulk_create(residents, batch_size=500)
    rows = [Identifier(resident=resident, system=key.system, issuer=key.issuer, value=key.value, created_at=at)
            for resident, place in zip(residents, places, strict=True) for key in cases[place].keys]  # fmt: skip
    batching.insert_at_once(rows)
    made = {}
    with batching.together():
        for resident, place in zip(residents, places, strict=True):
            systems = sorted({key.system for key in cases[place].keys})
            record("residents.registered", actor=actor, at=at, resident=resident, facts={"identifiers": systems, "listed": True})
            made[place] = Registered(resident, True, tuple(cases[place].findings))
    return made


def _ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('residents_resident', 'id')) FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def withdraw(*, actor: Actor, residents: Iterable[int], at: datetime) -> int:
    """Remove residents whom a list made and nobody has used since; raises ProtectedError or IntegrityError where one has been."""
    found = list(Resident.objects.select_for_update(of=("self",)).filter(id__in=residents))
    for resident in found:
        actor.require("residents.register", resident.home_id)
        record("residents.withdrawn", actor=actor, at=at, resident=resident, facts={})
    ids = [resident.id for resident in found]
    for model in (Identifier, Kin):
        model.objects.filter(resident__in=ids).delete()
    Resident.objects.filter(id__in=ids).delete()
    return len(ids)


def numbered(values: dict[str, str], issuer: int | None) -> list[IdentifierGiven]:
    """The numbers of a row."""
    given = [IdentifierGiven(system, values[key]) for key, system in _SYSTEMS.items() if values.get(key)]
    return [*given, IdentifierGiven("local", values["local"], issuer)] if values.get("local") and issuer else given


_SYSTEMS = {"id_card": IdentifierSystem.ID_CARD, "insurance": IdentifierSystem.INSURANCE, "health_card": IdentifierSystem.HEALTH_CARD}
