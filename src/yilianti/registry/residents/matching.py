"""Numbers → who they belong to, under locks that make one person one resident however many register at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from yilianti.kernel import batching
from yilianti.kernel.crypto import encryption
from yilianti.kernel.crypto.encryption import EncryptedTextField
from yilianti.registry.residents import links, rules
from yilianti.registry.residents.models import DuplicateSuspicion, Identifier, Resident, SharedMessage
from yilianti.registry.residents.terms import DOCUMENTS, Decision, IdentifierSystem, Key

_LOCK = "SELECT pg_advisory_xact_lock(k) FROM unnest(%s::bigint[]) AS k"
# Every message of every hospital system asks this: plain SQL costs a fifth of the query set's time.
_OWNERS = """SELECT k.place, i.resident_id, r.merged_into_id
FROM unnest(%s::text[], %s::bigint[], %s::bytea[]) WITH ORDINALITY AS k(system, issuer, hash, place)
JOIN residents_identifier i ON i.system = k.system AND i.issuer = k.issuer AND i.value_{slot} = k.hash
JOIN residents_resident r ON r.id = i.resident_id"""
_COLUMNS = [field.attname for field in Resident._meta.concrete_fields]
_SEALED = [(place, field) for place, field in enumerate(Resident._meta.concrete_fields) if isinstance(field, EncryptedTextField)]
_NUMBER = encryption.purpose_of(Identifier, "value")
_RESIDENT = f"SELECT {', '.join(_COLUMNS)} FROM residents_resident WHERE id = %s"  # noqa: S608 - constants only
#: Whose word counts most when numbers point at different people.
RANK = (IdentifierSystem.ID_CARD, *DOCUMENTS, IdentifierSystem.INSURANCE, IdentifierSystem.HEALTH_CARD, IdentifierSystem.LOCAL)


@dataclass(frozen=True)
class Owner:
    """`resident` holds the number; `standing` stands for that resident."""

    resident: int
    standing: int


def hold(keys: Iterable[Key]) -> None:
    """Wait for everybody who registers any of these numbers; always in one order, so nobody waits in a circle.

    While the index key rotates, a number is held under both keys: whoever has not heard of the new one holds the old.
    """
    names = {f"{key.system}|{key.issuer}|".encode() + name for key in set(keys) for name in encryption.keyed_hashes(_NUMBER, key.value) if name}
    numbers = sorted(int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big", signed=True) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [numbers])


def owners(keys: Sequence[Key]) -> dict[Key, Owner]:
    """Who holds which of these numbers; numbers that nobody holds are left out."""
    if not keys:
        return {}
    asked = [key for key in keys if key.system != IdentifierSystem.UNVERIFIED]
    with connection.cursor() as cursor:
        sought = [encryption.keyed_hash(_NUMBER, key.value) for key in asked]
        cursor.execute(_OWNERS.format(slot=encryption.looked_up()), [[str(key.system) for key in asked], [key.issuer for key in asked], sought])
        found = [(asked[row[0] - 1], row[1], row[2]) for row in cursor.fetchall()]
    roots = links.standing_ids(resident for _, resident, merged in found if merged) if any(merged for *_, merged in found) else {}
    return {key: Owner(resident, roots.get(resident, resident)) for key, resident, _ in found}


def holders_of_cards(numbers: Iterable[str]) -> dict[str, int]:
    """Identity number as written → id of the resident who stands for its holder; two statements for any number of them. Who is in no register is left out."""
    keys = {number: Key(IdentifierSystem.ID_CARD.value, 0, card.value) for number in set(numbers) if (card := rules.read_id_card(number))}
    held = owners(list(set(keys.values())))
    return {number: held[key].standing for number, key in keys.items() if key in held}


def fetched(resident: int) -> Resident:
    """The resident of this id; raises Resident.DoesNotExist."""
    with connection.cursor() as cursor:
        cursor.execute(_RESIDENT, [resident])
        row = cursor.fetchone()
    if row is None:
        raise Resident.DoesNotExist
    values = list(row)
    for place, field in _SEALED:
        values[place] = field.from_db_value(values[place], None, connection)
    return Resident.from_db("default", _COLUMNS, values)


def chosen(keys: Sequence[Key], held: Mapping[Key, Owner]) -> Owner | None:
    """The owner of the weightiest number that is held."""
    return next((held[key] for key in by_rank(keys) if key in held), None)


def by_rank(keys: Iterable[Key]) -> list[Key]:
    return sorted(keys, key=lambda key: RANK.index(IdentifierSystem(key.system)))


def other_id_card(owner: Owner, keys: Sequence[Key]) -> bool:
    """True when the owner has an identity card of another number than the one given."""
    given = {key.value for key in keys if key.system == IdentifierSystem.ID_CARD}
    if not given:
        return False
    cards = Identifier.objects.filter(resident__in=links.all_ids(owner.standing), system=IdentifierSystem.ID_CARD.value)
    known = set(cards.values_list("value", flat=True))
    return bool(known) and not given & known


def suspect(one: int, other: int, because: str, at: datetime) -> bool:
    """Ask a person whether two residents are one; not again once somebody has said that they are not. True when asked anew."""
    first, second = sorted((one, other))
    pair = DuplicateSuspicion.objects.filter(first=first, second=second)
    if pair.filter(Q(decided_at__isnull=True) | Q(decision=Decision.DIFFERENT.value)).exists():
        return False
    asked = DuplicateSuspicion(first_id=first, second_id=second, because=because[:200], found_at=at)
    DuplicateSuspicion.objects.bulk_create([asked], ignore_conflicts=True)
    return True


def question(resident: int, told: Mapping[str, str], institution: int | None, because: str, at: datetime) -> bool:
    """Ask a person about particulars that came with somebody's number and hardly fit; one open question each."""
    asked_before = DuplicateSuspicion.objects.filter(first=resident, second__isnull=True)
    if asked_before.filter(Q(decided_at__isnull=True) | Q(told=dict(told))).exists():
        return False
    asked = DuplicateSuspicion(first_id=resident, because=because[:200], told=dict(told), told_by_id=institution, found_at=at)
    DuplicateSuspicion.objects.bulk_create([asked], ignore_conflicts=True)
    return True


def note_shared(owner: Owner, held: Iterable[Owner], source: str, at: datetime) -> None:
    """Numbers of several merged residents came in one message: should they be separated again, whose it was is a question."""
    others = {other.resident for other in held if other.standing == owner.standing} - {owner.resident}
    if source and others:
        batching.insert(SharedMessage(resident_id=owner.resident, other_id=other, source=source[:64], at=at) for other in sorted(others))


def shared(group: Iterable[int], rest: Iterable[int]) -> list[str]:
    """Sources of messages that carried numbers of both these groups of residents."""
    one, two = list(group), list(rest)
    rows = SharedMessage.objects.filter(Q(resident__in=one, other__in=two) | Q(resident__in=two, other__in=one))
    return list(dict.fromkeys(rows.order_by("id").values_list("source", flat=True)))
