"""The ring of keys as this process holds it: read once, and again when its file has changed."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from yilianti.kernel.crypto import keyring
from yilianti.kernel.crypto.keyring import Folder, KeysMissing, Ring

#: How long a process may work with the ring as it was; a rotation waits longer than this between its phases.
RECHECK_SECONDS = 1.0
log = logging.getLogger(__name__)


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
            if settings.KEYS_EXPECTED and _in_hand.stamp is not None:  # a mount that is away for a moment
                _in_hand.checked_at = time.monotonic()
                return
            stamp = None
        if stamp is not None and stamp != _in_hand.stamp:
            _in_hand.ring = _loaded(place)
        elif _in_hand.ring is None or (stamp is None and _in_hand.stamp is not None):
            _in_hand.ring = _passing()
        _in_hand.stamp, _in_hand.checked_at = stamp, time.monotonic()


def _loaded(place: Folder) -> Ring:
    """The ring on disk; where it cannot be opened now (another root key, a mount that is away) the one in hand serves on."""
    try:
        return place.load()
    except KeysMissing as fault:
        if _in_hand.ring is None or _in_hand.stamp is None:
            raise
        log.error("the ring of keys changed and cannot be opened: %s", fault)
        return _in_hand.ring


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
