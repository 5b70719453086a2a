"""Damaged files of every format: a tracing that is sound, or a refusal with a sentence; nothing else. The long run is in tests/long."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest

from tests.ecg.mutation import mutate, originals
from yilianti.gateways.ecg_devices.api import read
from yilianti.record.recordings.api import Tracing, Unreadable
from yilianti.record.recordings.packing import pack, unpack

TOTAL, SEED, SLOWEST = 1_500, 20261126, 5.0


def sound(found: Tracing) -> None:
    """What the rooms that use a tracing rely on."""
    assert found.leads and found.rate > 0 and len({len(lead.samples) for lead in found.leads}) == 1
    assert len({lead.name for lead in found.leads}) == len(found.leads)
    again = unpack(pack(found))
    assert all(np.array_equal(one.samples, other.samples, equal_nan=True) for one, other in zip(found.leads, again.leads, strict=True))


@pytest.mark.parametrize("place", range(len(originals())))
def test_the_originals_are_read(place):
    sound(read(originals()[place]))


def test_damaged_files_are_read_or_refused():
    chance, good, refused = random.Random(SEED), originals(), 0
    for number in range(TOTAL):
        raw, began = mutate(chance.choice(good), chance, good), time.monotonic()
        try:
            sound(read(raw, f"{number}.xml"))
        except Unreadable as refusal:
            refused += 1
            assert refusal.zh.endswith("。") and refusal.en and refusal.code.isidentifier()
        assert time.monotonic() - began < SLOWEST, number
    assert 100 < refused < TOTAL, "some of the wounds must be survived, most must not"
