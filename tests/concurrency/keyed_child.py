"""A process beside a rotation: `register <first> <count>` registers people over and over, `rotate` changes both keys."""

from __future__ import annotations

import os
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "yilianti.config.settings"

import django  # noqa: E402

django.setup()

from django.utils import timezone  # noqa: E402

from yilianti.kernel.actor import Actor  # noqa: E402
from yilianti.kernel.crypto import keyring, rotation  # noqa: E402
from yilianti.registry.residents import api as residents  # noqa: E402
from yilianti.registry.residents.tests.factories import valid_id  # noqa: E402

GRACE = float(os.environ.get("GRACE", "0.3"))


def register(first: int, count: int) -> None:
    """Each number again and again until told to stop by a closed standard input's file."""
    while not os.path.exists(os.environ["STOP"]):
        for serial in range(first, first + count):
            given = [residents.IdentifierGiven("id_card", valid_id(serial=serial)), residents.IdentifierGiven("insurance", f"YB{serial:08d}")]
            told = residents.Demographics(name="云一", phone=f"139{serial:08d}")
            residents.register(actor=Actor.system(), identifiers=given, demographics=told, at=timezone.now())
            print(serial, flush=True)


def rotate() -> None:
    rotation._GRACE_SECONDS, rotation._STEP = GRACE, 20
    for step in (rotation.rotate_data, rotation.rotate_index):
        step(lambda said: print(said, flush=True))
    assert not keyring.Folder(rotation.settings.KEYS_DIR).load().rotating


if __name__ == "__main__":
    started = time.monotonic()
    register(int(sys.argv[2]), int(sys.argv[3])) if sys.argv[1] == "register" else rotate()
