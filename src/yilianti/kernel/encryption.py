"""What is kept unreadable in the database, found without being read, and proved unchanged.

A ciphertext says of itself: format (1 byte), cipher (1), number of the key (4), nonce (12), ciphertext, tag (16). It is bound to
its purpose (`table.column`), so that a value moved to another column does not open. An empty text is kept empty.
"""

from __future__ import annotations

import hmac as constant_time
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hmac
from django.conf import settings
from django.db import models

from yilianti.kernel import aead, keyring
from yilianti.kernel.finding import Refused
from yilianti.kernel.keyring import DATA, INDEX, MAC, Folder, KeysMissing, Ring

_FORMAT = 1
_CIPHERS = {1: aead.SM4, 2: aead.AES}
_NUMBERS = {cipher: number for number, cipher in _CIPHERS.items()}
HEAD = 6
#: How long a process may work with the ring as it was; a rotation waits longer than this between its phases.
RECHECK_SECONDS = 1.0


class Unreadable(Refused):
    """A ciphertext that does not open: its key is destroyed or unknown, or it was changed or moved."""


# -- the ring in hand


class _InHand:
    ring: Ring | None = None
    stamp: tuple[int, int] | None = None
    checked_at = 0.0


_in_hand, _loading = _InHand(), threading.Lock()


def folder() -> Folder:
    """Where this installation keeps its keys."""
    return Folder(settings.KEYS_DIR, settings.ROOT_KEY, settings.ROOT_KEY_FILE)


def ring() -> Ring:
    """The ring, read again when its file has changed; a passing one for tests and tools without a home."""
    if _in_hand.ring is None or time.monotonic() - _in_hand.checked_at > RECHECK_SECONDS:
        refresh()
    assert _in_hand.ring is not None
    return _in_hand.ring


def refresh() -> None:
    """Look at the file of the ring now."""
    with _loading:
        place = folder()
        try:
            stat = os.stat(place.ring)
            stamp = (stat.st_mtime_ns, stat.st_ino)
        except OSError:
            stamp = None
        if stamp is not None and stamp != _in_hand.stamp:
            _in_hand.ring = place.load()
        elif _in_hand.ring is None or (stamp is None and _in_hand.stamp is not None):
            _in_hand.ring = _passing()
        _in_hand.stamp, _in_hand.checked_at = stamp, time.monotonic()


@contextmanager
def changing() -> Iterator[list[Ring]]:
    """Hold the ring alone: what is appended to the list last becomes the ring, in the file and in this process."""
    place = folder()
    if place.ring.exists():
        with place.changing() as rings:
            yield rings
        refresh()
        return
    with _loading:
        rings = [_in_hand.ring or _passing()]
        yield rings
        _in_hand.ring = rings[-1]


def _passing() -> Ring:
    """Never in an installation: what is encrypted by a key that nobody keeps is lost."""
    if settings.KEYS_EXPECTED:
        raise KeysMissing(f"读不到密钥文件 {folder().ring}；请从备份恢复 keys 目录，没有它已加密的内容无法读出。")
    return keyring.new(settings.CIPHER, settings.KEYED_HASH)


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
    return _hash(ring().current(INDEX), purpose, value)


def keyed_hashes(purpose: str, value: str) -> Hashes:
    """What a row keeps of a value: during a rotation of the index key the hash under both keys."""
    found: list[bytes | None] = [None, None]
    for key in ring().of(INDEX, keyring.NEXT, keyring.CURRENT, keyring.LEAVING):
        found[1 - key.number % 2] = _hash(key, purpose, value)
    return Hashes(*found)


def looked_up() -> str:
    """Which of the two hashes is looked up now: "odd" or "even"."""
    return "odd" if ring().current(INDEX).number % 2 else "even"


def _hash(key: keyring.Key, purpose: str, value: str) -> bytes:
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

    empty_values = [None, ""]

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
