"""What is kept unreadable in the database, found without being read, and proved unchanged.

A ciphertext says of itself: format (1 byte), cipher (1), number of the key (4), nonce (12), ciphertext, tag (16). It is bound to
its purpose (`table.column`), so that a value moved to another column does not open. An empty text is kept empty.
"""

from __future__ import annotations

import hmac as constant_time
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hmac
from django.db import models

from yilianti.kernel.crypto import aead, keyring
from yilianti.kernel.crypto.keyring import DATA, INDEX, MAC
from yilianti.kernel.crypto.keys_in_hand import changing, folder, refresh, ring
from yilianti.kernel.finding import Refused

_FORMAT = 1
_CIPHERS = {1: aead.SM4, 2: aead.AES}
_NUMBERS = {cipher: number for number, cipher in _CIPHERS.items()}
HEAD = 6
__all__ = [
    "EncryptedBytesField", "EncryptedJSONField", "EncryptedTextField", "Hashes", "KeyedHashField", "Unreadable", "changing", "decrypt", "encrypt",
    "folder", "found_by", "hash_under", "keyed_hash", "keyed_hashes", "looked_up", "mac", "mac_holds", "purpose_of", "refresh", "refused_for_its_key",
    "ring",
]  # fmt: skip


class Unreadable(Refused):
    """A ciphertext that does not open: its key is destroyed or unknown, or it was changed or moved."""


def _known(purpose: str, number: int) -> keyring.Key:
    key = ring().find(purpose, number)
    if key is None:  # made a moment ago by a rotation
        refresh()
        key = ring().find(purpose, number)
    if key is None or not key.secret:
        said = "密钥已销毁" if key else "密钥不在本机的密钥文件中"
        raise Unreadable("unreadable", f"这项内容由 {number} 号密钥保护，{said}，不能再读出；请联系系统管理员。", "The key of this value is gone.")
    return key


# -- encryption


def encrypt(purpose: str, plain: bytes) -> bytes:
    """Ciphertext under the current data key, bound to `purpose`; nothing stays nothing."""
    if not plain:
        return b""
    key = ring().current(DATA)
    head = bytes((_FORMAT, _NUMBERS[key.algorithm])) + key.number.to_bytes(4, "big")
    return head + aead.seal(key.algorithm, key.secret, plain, head + purpose.encode())


def decrypt(purpose: str, sealed: bytes) -> bytes:
    """The plain bytes; Unreadable when the key is gone, or a byte or the purpose is another."""
    if not sealed:
        return b""
    cipher = _CIPHERS.get(sealed[1]) if len(sealed) > HEAD and sealed[0] == _FORMAT else None
    if cipher is None:
        raise Unreadable("unreadable", f"{purpose} 中有未按约定加密的内容；请运行 ./yilianti keys status 核对。", "Not a ciphertext.")
    key = _known(DATA, int.from_bytes(sealed[2:HEAD], "big"))
    try:
        return aead.opened(cipher, key.secret, sealed[HEAD:], sealed[:HEAD] + purpose.encode())
    except (aead.NotAuthentic, ValueError) as fault:
        sentence = f"{purpose} 中的一项密文校验不符：内容被改动，或被移到了别的栏目；请联系系统管理员。"
        raise Unreadable("unreadable", sentence, "The ciphertext was changed or moved.") from fault


# -- finding without reading


class Hashes(NamedTuple):
    """The keyed hash under the index keys in use: by the key of odd and of even number, so that a rotation fills both."""

    odd: bytes | None
    even: bytes | None


def keyed_hash(purpose: str, value: str) -> bytes:
    """By which an encrypted value is looked up: 4 bytes number of the index key, 32 of HMAC over purpose and value."""
    return hash_under(ring().current(INDEX), purpose, value)


def keyed_hashes(purpose: str, value: str) -> Hashes:
    """What a row keeps of a value: during a rotation of the index key the hash under both keys."""
    found: list[bytes | None] = [None, None]
    for key in ring().of(INDEX, keyring.NEXT, keyring.CURRENT, keyring.LEAVING):
        found[1 - key.number % 2] = hash_under(key, purpose, value)
    return Hashes(*found)


def looked_up() -> str:
    """Which of the two hashes is looked up now: "odd" or "even"."""
    return "odd" if ring().current(INDEX).number % 2 else "even"


def refused_for_its_key(clash: Exception) -> bool:
    """Whether the database refused a row because it lacks the hash under a key that came meanwhile (`rotation` names the constraint)."""
    return re.search(r"_key_\d+\b", str(clash)) is not None


def hash_under(key: keyring.Key, purpose: str, value: str) -> bytes:
    """The keyed hash under a certain index key, for a rotation."""
    return key.number.to_bytes(4, "big") + _digest(key, purpose, value)


# -- proving unchanged


def mac(purpose: str, text: str) -> str:
    """A proof over `text` that only a holder of the ring can make: `<number of the key>:<64 hex digits>`."""
    key = ring().current(MAC)
    return f"{key.number}:{_digest(key, purpose, text).hex()}"


def mac_holds(purpose: str, text: str, given: str) -> bool:
    """Whether `given` is the proof made over this purpose and text."""
    number, _, told = given.partition(":")
    key = ring().find(MAC, int(number)) if number.isdecimal() else None
    if key is None or not key.secret:
        return False
    return constant_time.compare_digest(_digest(key, purpose, text).hex().encode(), told.encode())


def _digest(key: keyring.Key, purpose: str, text: str) -> bytes:
    state = _begun(key.algorithm, key.secret).copy()  # setting up the key costs more than a short text
    state.update(f"{purpose}\n{text}".encode())
    return state.finalize()


@lru_cache(maxsize=16)
def _begun(algorithm: str, secret: bytes) -> hmac.HMAC:
    return hmac.HMAC(secret, keyring.DIGESTS[algorithm]())


# -- columns


class EncryptedBytesField(models.BinaryField):
    """Bytes that the database sees encrypted; they can be kept and read, not looked for (see `keyed_hash`)."""

    _pyi_private_set_type: Any  # what the type checker's plugin reads
    _pyi_private_get_type: Any

    @property
    def purpose(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = None if value is None else encrypt(self.purpose, self._plain(value))
        return super().get_db_prep_value(sealed, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else self.shown(decrypt(self.purpose, bytes(value)))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError(f"{self.purpose} is encrypted: look it up by its keyed hash")
        return super().get_lookup(lookup_name)

    def shown(self, plain: bytes) -> Any:
        """The value that a model carries."""
        return plain

    def _plain(self, value: Any) -> bytes:
        return bytes(value)


class EncryptedTextField(EncryptedBytesField):
    """Text that the database sees encrypted; `max_length` is in characters and for people, the column is bytes."""

    _pyi_private_get_type: str

    empty_values = [None, ""]

    def _check_str_default_value(self) -> list[Any]:
        return []  # what a model carries is text

    def get_default(self) -> Any:
        return super().get_default() or ("" if not self.null else None)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def shown(self, plain: bytes) -> Any:
        return plain.decode()

    def _plain(self, value: Any) -> bytes:
        return str(value).encode()


class EncryptedJSONField(EncryptedBytesField):
    """A JSON value that the database sees encrypted."""

    def shown(self, plain: bytes) -> Any:
        return json.loads(plain)

    def _plain(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class _Derived:
    """What is assigned or read from the database is forgotten: the hash is always that of the value beside it."""

    def __init__(self, field: KeyedHashField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        return self if instance is None else self.field.derived(getattr(instance, self.field.of))

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = None  # present, else Django takes the column for a deferred one


class KeyedHashField(models.BinaryField):
    """The keyed hash of an encrypted column of the same row, under the index key of odd or even number: `<of>_odd`, `<of>_even`."""

    descriptor_class = _Derived

    def __init__(self, *, of: str, slot: str, **options: Any) -> None:
        self.of, self.slot = of, slot
        super().__init__(**{"null": True, "editable": False, **options})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": self.of, "slot": self.slot}

    def derived(self, value: str) -> bytes | None:
        """The hash to keep of a value; None for an empty one, or while no index key of this slot is in use."""
        if not value:
            return None
        hashes = keyed_hashes(purpose_of(self.model, self.of), value)
        return hashes.odd if self.slot == "odd" else hashes.even


def purpose_of(model: type[models.Model], column: str) -> str:
    """What ciphertexts and hashes of an encrypted column are bound to: `table.column`."""
    field = model._meta.get_field(column)
    assert isinstance(field, EncryptedBytesField)
    return field.purpose


def found_by(model: type[models.Model], column: str, values: Iterable[str]) -> models.Q:
    """The condition that an encrypted column with its two keyed hashes is one of these values."""
    purpose = purpose_of(model, column)
    return models.Q(**{f"{column}_{looked_up()}__in": [keyed_hash(purpose, value) for value in values]})
