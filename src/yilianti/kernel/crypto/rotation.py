"""Changing keys while the platform runs: every step can be cut short and is taken up by the next call.

Data: new values take the new key at once, old ones are written anew some hundred at a time. Index: for a while every row keeps
its hash under both keys, each unique of itself, and only when a constraint of the database holds that none lacks the new one is
it looked up. A process that has not heard of a phase runs into one of these constraints and asks again; it makes no second person.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connection, models, transaction

from yilianti.kernel.crypto import encryption, keyring
from yilianti.kernel.crypto.encryption import EncryptedBytesField, KeyedHashField, Unreadable
from yilianti.kernel.crypto.keyring import CURRENT, DATA, INDEX, LEAVING, MAC, NEXT, OLD, Key, Ring
from yilianti.kernel.crypto.keys_in_hand import RECHECK_SECONDS

Say = Callable[[str], object]
_STEP = 500
_GRACE_SECONDS = RECHECK_SECONDS + 1.5
_LOCK_SECONDS, _LOCK_TRIES = 3, 20


@dataclass(frozen=True)
class Column:
    """An encrypted column as SQL sees it."""

    model: type[models.Model]
    field: EncryptedBytesField

    @property
    def table(self) -> str:
        return connection.ops.quote_name(self.model._meta.db_table)

    @property
    def name(self) -> str:
        return connection.ops.quote_name(str(self.field.column))

    @property
    def key(self) -> str:
        return connection.ops.quote_name(str(self.model._meta.pk.column))

    def slot(self, key: Key) -> str:
        """The column that keeps hashes under this index key."""
        return connection.ops.quote_name(f"{self.field.column}_{'odd' if key.number % 2 else 'even'}")

    def constraint(self, key: Key) -> str:
        return connection.ops.quote_name(f"{self.model._meta.db_table}_{self.field.column}_key_{key.number}"[:63])

    @contextmanager
    def unguarded(self) -> Iterator[None]:
        """Triggers that keep the table as it is let a change of key pass: what the row says stays the same."""
        label = f"{self.model._meta.app_label}.{self.model.__name__}"
        named = [f"{label}:{trigger.name}" for trigger in getattr(self.model._meta, "triggers", ())]
        with pgtrigger.ignore(*named) if named else transaction.atomic():
            yield


def encrypted() -> list[Column]:
    """Every encrypted column of the platform."""
    return [Column(model, field) for model in _models() for field in model._meta.concrete_fields if isinstance(field, EncryptedBytesField)]


def hashed() -> list[Column]:
    """Those of them that are found by keyed hash."""
    found = {(model, field.of) for model in _models() for field in model._meta.concrete_fields if isinstance(field, KeyedHashField)}
    return [column for column in encrypted() if (column.model, column.field.name) in found]


def _models() -> list[type[models.Model]]:
    return sorted((model for model in apps.get_models() if not model._meta.proxy), key=lambda model: model._meta.label)


def used(column: Column) -> dict[int, int]:
    """Number of the data key → how many values of a column it protects."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT substring({column.name} from 3 for 4), count(*) FROM {column.table} WHERE {column.name} <> '' GROUP BY 1")  # noqa: S608 - our own names
        return {int.from_bytes(bytes(number), "big"): count for number, count in cursor.fetchall()}


# -- data keys


def rotate_data(say: Say) -> None:
    """A new data key (by the present setting), and every value written anew under it."""
    with encryption.changing() as rings:
        if DATA not in rings[0].rotating:
            ring = rings[0].with_state(rings[0].current(DATA), OLD).with_new(DATA, settings.CIPHER, CURRENT)
            rings.append(replace(ring, rotating=(*ring.rotating, DATA)))
    key = encryption.ring().current(DATA)
    say(f"数据密钥 {key.number} 号（{key.algorithm}）启用，重新加密：")
    time.sleep(_GRACE_SECONDS)
    for column in encrypted():
        condition = f"substring({column.name} from 3 for 4) <> %s AND {column.name} <> ''"
        changed = _every(column, column.name, condition, [_number(key)], partial(_again, column.field.purpose))
        left = sum(count for number, count in used(column).items() if number != key.number)
        say(f"  {column.field.purpose}：{changed} 项" + (f"；△ {left} 项校验不符，未动，仍由旧密钥保护" if left else ""))
    _done(DATA)


def _again(purpose: str, sealed: bytes) -> bytes:
    return encryption.encrypt(purpose, encryption.decrypt(purpose, sealed))


# -- index keys


def rotate_index(say: Say) -> None:
    """A new index key; afterwards every number is found by it alone."""
    with encryption.changing() as rings:
        if INDEX not in rings[0].rotating:
            ring = rings[0].with_new(INDEX, settings.KEYED_HASH, NEXT)
            rings.append(replace(ring, rotating=(*ring.rotating, INDEX)))
    ring = encryption.ring()
    if coming := ring.of(INDEX, NEXT):
        _bring_in(coming[0], say)
    for leaving in encryption.ring().of(INDEX, LEAVING):
        _let_go(leaving, say)
    _done(INDEX)


def _bring_in(key: Key, say: Say) -> None:
    """Hashes under the coming key for every row, a constraint that says so, and then it is looked up."""
    time.sleep(_GRACE_SECONDS)
    say(f"索引密钥 {key.number} 号（{key.algorithm}）启用，补算散列：")
    for column in hashed():
        missing = f"substring({column.slot(key)} from 1 for 4) IS DISTINCT FROM %s AND {column.name} <> ''"
        make = partial(_hash, key, column.field.purpose)
        done = _every(column, column.slot(key), missing, [_number(key)], make)
        _alter(column, f"DROP CONSTRAINT IF EXISTS {column.constraint(key)}, ADD CONSTRAINT {column.constraint(key)} CHECK ({column.name} = ''::bytea OR "
                       f"({column.slot(key)} IS NOT NULL AND substring({column.slot(key)} from 1 for 4) = '\\x{_number(key).hex()}'::bytea)) NOT VALID")  # fmt: skip
        done += _every(column, column.slot(key), missing, [_number(key)], make)
        _alter(column, f"VALIDATE CONSTRAINT {column.constraint(key)}")
        say(f"  {column.field.purpose}：{done} 项")
    with encryption.changing() as rings:
        ring = rings[0].with_state(rings[0].current(INDEX), LEAVING)
        rings.append(ring.with_state(_same(ring, key), CURRENT))


def _let_go(key: Key, say: Say) -> None:
    """Nobody looks the old key up any more: its hashes are no longer asked for, then no longer written, then emptied."""
    time.sleep(_GRACE_SECONDS)
    for column in hashed():
        _alter(column, f"DROP CONSTRAINT IF EXISTS {column.constraint(key)}")
    with encryption.changing() as rings:
        rings.append(rings[0].with_state(_same(rings[0], key), OLD))
    time.sleep(_GRACE_SECONDS)
    for column in hashed():
        _every(column, column.slot(key), f"{column.slot(key)} IS NOT NULL", [], lambda _: None)
    say(f"索引密钥 {key.number} 号退出。")


def _hash(key: Key, purpose: str, sealed: bytes) -> bytes:
    return encryption.hash_under(key, purpose, encryption.decrypt(purpose, sealed).decode())


# -- keys of proofs


def rotate_mac(say: Say) -> None:
    """New proofs by a new key; proofs made before hold on, for their rows say nothing new."""
    with encryption.changing() as rings:
        ring = rings[0].with_state(rings[0].current(MAC), OLD)
        rings.append(ring.with_new(MAC, settings.KEYED_HASH, CURRENT))
    say(f"校验密钥 {encryption.ring().current(MAC).number} 号启用；旧校验值仍可核对。")


# -- the work on a table


def _every(column: Column, target: str, condition: str, given: list[Any], make: Callable[[bytes], bytes | None]) -> int:
    """Set `target` to what `make` says of the value in every row of a condition, a few hundred to a transaction; how many.

    Rows whose value does not open are left as they are, and counted as not done: who reads them is told why.
    """
    total, done = 0, 1
    while done:  # until a whole pass finds nothing to do: rows may have come meanwhile
        last, seen, done = None, 1, 0
        while seen:
            last, seen, set_ = _some(column, target, condition, given, make, last)
            done += set_
        total += done
    return total


def _some(column: Column, target: str, condition: str, given: list[Any], make: Callable[[bytes], bytes | None], last: Any) -> tuple[Any, int, int]:
    """One transaction's share: (last key seen, rows seen, rows set)."""
    further = "" if last is None else f"AND {column.key} > %s"
    asked = f"SELECT {column.key}, {column.name} FROM {column.table} WHERE {condition} {further} ORDER BY {column.key} LIMIT {_STEP} FOR UPDATE"  # noqa: S608
    kind = column.model._meta.pk.rel_db_type(connection)
    update = f"UPDATE {column.table} AS t SET {target} = v.made FROM unnest(%s::{kind}[], %s::bytea[]) AS v(id, made) WHERE t.{column.key} = v.id"  # noqa: S608
    with column.unguarded(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(asked, [*given, *([] if last is None else [last])])
        rows = cursor.fetchall()
        made = []
        for id_, sealed in rows:
            with suppress(Unreadable):
                made.append((id_, make(bytes(sealed))))
        if made:
            cursor.execute(update, [[id_ for id_, _ in made], [value for _, value in made]])
    return (rows[-1][0] if rows else last), len(rows), len(made)


def _alter(column: Column, what: str) -> None:
    """Change the table's constraints without making a queue of readers behind a long transaction."""
    for attempt in range(_LOCK_TRIES):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
                cursor.execute(f"ALTER TABLE {column.table} {what}")
            return
        except OperationalError:  # somebody reads on and on
            if attempt == _LOCK_TRIES - 1:
                raise
            time.sleep(1)


def _number(key: Key) -> bytes:
    return key.number.to_bytes(4, "big")


def _same(ring: Ring, key: Key) -> Key:
    found = ring.find(key.purpose, key.number)
    assert found is not None
    return found


def _done(purpose: str) -> None:
    with encryption.changing() as rings:
        rings.append(replace(rings[0], rotating=tuple(one for one in rings[0].rotating if one != purpose)))


def destroy(purpose: str, number: int) -> None:
    """Erase a key for good: what it alone protects can never be read again. ValueError for one that is in use or not there."""
    with encryption.changing() as rings:
        key = rings[0].find(purpose, number)
        if key is None or not key.secret:
            raise ValueError(f"没有 {purpose} {number} 号密钥，或已销毁。")
        if key.state in (CURRENT, NEXT, LEAVING):
            raise ValueError(f"{purpose} {number} 号密钥正在使用；请先运行 ./yilianti keys rotate。")
        if purpose == DATA and (left := sum(used(column).get(number, 0) for column in encrypted())):
            raise ValueError(f"仍有 {left} 项内容由 {number} 号密钥保护；请先运行 ./yilianti keys rotate，把它们重新加密。")
        rings.append(rings[0].with_state(key, keyring.DESTROYED))
