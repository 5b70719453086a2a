"""The keys of an installation: a private file of wrapped keys, and the root key that unwraps them. Nothing of it is in the database.

Keys are numbered from 1 within their purpose: `data` encrypts, `index` makes the hashes by which numbers are found, `mac`
proves that a row is as it was written, `sign.<whose>` signs. The root key is a file beside the ring, or comes from the environment, for
example from a mount that a hardware module keeps; whoever has the ring without the root key has nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yilianti.kernel.crypto import aead

DATA, INDEX, MAC = "data", "index", "mac"
HMAC_SM3, HMAC_SHA256 = "hmac-sm3", "hmac-sha256"
SM2, RSA = "sm2", "rsa"
CIPHER = aead.SM4
DIGESTS: dict[str, Callable[[], hashes.HashAlgorithm]] = {HMAC_SM3: hashes.SM3, HMAC_SHA256: hashes.SHA256}
#: `next` is written beside the current one, `leaving` still written; `old` only reads; `destroyed` is gone.
NEXT, CURRENT, LEAVING, OLD, DESTROYED = "next", "current", "leaving", "old", "destroyed"
_ROOT_BYTES = 32


class KeysMissing(Exception):
    """The ring or the root key is not there, or not the right one; the message is one Chinese sentence with the way out."""


@dataclass(frozen=True)
class Key:
    """One key; `secret` is empty once it is destroyed, `certificate` (PEM) is that of a signing key."""

    purpose: str
    number: int
    algorithm: str
    state: str
    made_at: str
    secret: bytes = field(default=b"", repr=False)
    certificate: str = ""


@dataclass(frozen=True)
class Ring:
    """All keys of an installation. `name` tells rings apart; the database remembers it to refuse a stranger's."""

    name: str
    keys: tuple[Key, ...]
    rotating: tuple[str, ...] = ()

    def current(self, purpose: str) -> Key:
        """The key that encrypts, is looked up by, or makes proofs."""
        return next(key for key in self.keys if key.purpose == purpose and key.state == CURRENT)

    def find(self, purpose: str, number: int) -> Key | None:
        return next((key for key in self.keys if key.purpose == purpose and key.number == number), None)

    def of(self, purpose: str, *states: str) -> list[Key]:
        """Keys of a purpose in these states (all without states), oldest first."""
        return [key for key in self.keys if key.purpose == purpose and (not states or key.state in states)]

    def with_state(self, changed: Key, state: str) -> Ring:
        """The ring with one key in another state; a destroyed key loses its secret."""
        secret = b"" if state == DESTROYED else changed.secret
        keys = tuple(replace(key, state=state, secret=secret) if key is changed else key for key in self.keys)
        return replace(self, keys=keys)

    def following(self, purpose: str) -> int:
        """The number of the next key of a purpose."""
        return max((key.number for key in self.of(purpose)), default=0) + 1

    def with_new(self, purpose: str, algorithm: str, state: str) -> Ring:
        """The ring with a fresh random key."""
        return self.with_key(_made(purpose, self.following(purpose), algorithm, state))

    def with_key(self, key: Key) -> Ring:
        return replace(self, keys=(*self.keys, key))


def _made(purpose: str, number: int, algorithm: str, state: str) -> Key:
    length = aead.KEY_BYTES.get(algorithm, _ROOT_BYTES)
    return Key(purpose, number, algorithm, state, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", secrets.token_bytes(length))


def new(cipher: str, digest: str) -> Ring:
    """A ring with one key for each purpose; ValueError for an algorithm we do not have."""
    if cipher not in aead.KEY_BYTES or digest not in DIGESTS:
        raise ValueError(f"不认识的算法“{cipher}”或“{digest}”；可用 {'、'.join(aead.KEY_BYTES)} 与 {'、'.join(DIGESTS)}。")
    made = (_made(DATA, 1, cipher, CURRENT), _made(INDEX, 1, digest, CURRENT), _made(MAC, 1, digest, CURRENT))
    return Ring(secrets.token_hex(8), made)


@dataclass(frozen=True)
class Folder:
    """Where a ring is kept, and where its root key comes from: 64 hex digits, a file that holds them, or our own file."""

    path: Path
    root_given: str = field(default="", repr=False)
    root_file: str = ""

    @property
    def ring(self) -> Path:
        return self.path / "ring.json"

    @property
    def own_root(self) -> Path:
        return self.path / "root.key"

    def ensure(self, cipher: str, digest: str) -> Ring:
        """The ring that is here, or a new one."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)
        with self._alone():
            if self.ring.exists():
                return self.load()
            if not (self.root_given or self.root_file or self.own_root.exists()):
                _write_private(self.own_root, secrets.token_bytes(_ROOT_BYTES).hex() + "\n")
            made = new(cipher, digest)
            self._write(made, self.root())
            return made

    def root(self) -> bytes:
        """The root key; KeysMissing says where it was looked for."""
        if self.root_given:
            return parsed_root(self.root_given, "环境变量 YILIANTI_ROOT_KEY")
        return root_in(Path(self.root_file) if self.root_file else self.own_root)

    def _root_of(self, fingerprint: str) -> bytes:
        """The root key that wrapped the ring: after a crash in `rewrap` it may still wait under its other name."""
        root, waiting = self.root(), self.own_root.with_suffix(".next")
        if _fingerprint(root) != fingerprint and not (self.root_given or self.root_file) and waiting.exists():
            root = root_in(waiting)
        if _fingerprint(root) != fingerprint:
            raise KeysMissing(f"根密钥与密钥文件 {self.ring} 不相配（应为 {fingerprint}）；请核对 YILIANTI_ROOT_KEY 或根密钥文件。")
        return root

    def load(self) -> Ring:
        """The ring with its secrets unwrapped; KeysMissing when file or root key are not the right ones."""
        try:
            kept = json.loads(self.ring.read_text())
        except OSError as fault:
            raise KeysMissing(f"读不到密钥文件 {self.ring}；请从备份恢复 keys 目录，没有它已加密的内容无法读出。") from fault
        root = self._root_of(kept["root"])
        keys = tuple(_unwrapped(row, root) for row in kept["keys"])
        return Ring(kept["name"], keys, tuple(kept["rotating"]))

    @contextmanager
    def changing(self) -> Iterator[list[Ring]]:
        """Hold the ring alone: the list has the present one, and what is appended to it last is written."""
        with self._alone():
            rings = [self.load()]
            yield rings
            if rings[-1] is not rings[0]:
                self._write(rings[-1], self._root_of(json.loads(self.ring.read_text())["root"]))

    def rewrap(self, root: bytes) -> None:
        """Wrap the same keys by another root key of our own."""
        with self._alone():
            ring, waiting = self.load(), self.own_root.with_suffix(".next")
            _write_private(waiting, root.hex() + "\n")  # either pair is whole after a crash between the two
            self._write(ring, root)
            waiting.replace(self.own_root)

    def rewrap_for(self, root: bytes) -> None:
        """Wrap the same keys by a root key that is kept elsewhere from now on; our own file is removed."""
        with self._alone():
            self._write(self.load(), root)
            self.own_root.unlink(missing_ok=True)

    def _write(self, ring: Ring, root: bytes) -> None:
        rows = [_wrapped(key, root) for key in ring.keys]
        kept = {"format": 1, "name": ring.name, "root": _fingerprint(root), "rotating": ring.rotating, "keys": rows}
        _write_private(self.ring, json.dumps(kept, indent=1) + "\n")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.path / "ring.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def root_in(path: Path) -> bytes:
    """The root key in a file."""
    try:
        text = path.read_text()
    except OSError as fault:
        raise KeysMissing(f"读不到根密钥（文件 {path}）；请恢复该文件或挂载，数据未动。") from fault
    return parsed_root(text, f"文件 {path}")


def parsed_root(text: str, place: str) -> bytes:
    """64 hex digits as 32 bytes; KeysMissing names the place otherwise."""
    try:
        root = bytes.fromhex(text.strip())
    except ValueError:
        root = b""
    if len(root) != _ROOT_BYTES:
        raise KeysMissing(f"{place} 中的根密钥应是 {2 * _ROOT_BYTES} 位十六进制数；请核对。")
    return root


def digest(algorithm: str, secret: bytes, text: bytes) -> bytes:
    """HMAC by SM3 (GB/T 15852.2) or SHA-256: 32 bytes."""
    state = hmac.HMAC(secret, DIGESTS[algorithm]())
    state.update(text)
    return state.finalize()


def _fingerprint(root: bytes) -> str:
    return digest(HMAC_SM3, root, b"yilianti root key")[:4].hex()


def _wrapping(root: bytes, cipher: str) -> bytes:
    return HKDF(hashes.SM3(), aead.KEY_BYTES[cipher], salt=None, info=f"yilianti wrap {cipher}".encode()).derive(root)


def _cipher_of(key: Key) -> str:
    """What wraps a key: its own cipher; SM4 for the other keys of 国密, AES for the rest."""
    return key.algorithm if key.algorithm in aead.KEY_BYTES else aead.SM4 if key.algorithm in (HMAC_SM3, SM2) else aead.AES


def _wrapped(key: Key, root: bytes) -> dict[str, str | int]:
    row: dict[str, str | int] = {name: getattr(key, name) for name in ("purpose", "number", "algorithm", "state", "made_at", "certificate")}
    if not key.secret:
        return row | {"wrapped": ""}
    cipher = _cipher_of(key)
    return row | {"wrapped": aead.seal(cipher, _wrapping(root, cipher), key.secret, f"{key.purpose}:{key.number}".encode()).hex()}


def _unwrapped(row: dict[str, str | int], root: bytes) -> Key:
    key = Key(str(row["purpose"]), int(row["number"]), str(row["algorithm"]), str(row["state"]), str(row["made_at"]), certificate=str(row["certificate"]))
    if not row["wrapped"]:
        return key
    cipher = _cipher_of(key)
    try:
        secret = aead.opened(cipher, _wrapping(root, cipher), bytes.fromhex(str(row["wrapped"])), f"{key.purpose}:{key.number}".encode())
    except (aead.NotAuthentic, ValueError) as fault:
        raise KeysMissing(f"密钥文件中 {key.purpose} {key.number} 号已损坏；请从备份恢复 keys 目录。") from fault
    return replace(key, secret=secret)


def _write_private(path: Path, text: str) -> None:
    """Whole or not at all, on the disk before it counts, readable by the owner only."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
