"""100,000 damaged HL7 messages: each is answered, none crashes the receiver, none hangs it, none leaves half a patient."""

from __future__ import annotations

import os
import pathlib
import random
import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.hl7.mutation import mutate, originals
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.models import Message
from yilianti.gateways.hl7v2.receiving import Receiver

TOTAL = int(os.environ.get("YILIANTI_FUZZ_MESSAGES", "100000"))
SEED = int(os.environ.get("YILIANTI_FUZZ_SEED", "20261122"))
RECORD = pathlib.Path(__file__).parents[2] / "docs/long_runs_hl7.md"
SLOWEST_SECONDS = 20.0  # a hang, not a busy machine


@pytest.mark.long
@pytest.mark.django_db
def test_mutated_messages_neither_crash_nor_hang_the_receiver(at):
    chance, good = random.Random(SEED), originals()
    receiver, answers, slowest = Receiver(provisional=True), Counter(), 0.0
    began = time.monotonic()
    for start in range(0, TOTAL, 50):
        frames = [Frame(mutate(chance.choice(good), chance, good)) for _ in range(min(50, TOTAL - start))]
        before = time.monotonic()
        said = receiver.receive("fuzz", frames, at=at)
        slowest = max(slowest, time.monotonic() - before)
        assert len(said) == len(frames)
        for answer in said:
            assert answer.startswith(b"MSH") and b"\rMSA" in answer, answer
            answers[answer.split(b"\rMSA", 1)[1][1:3].decode()] += 1
    assert set(answers) <= {"AA", "AE", "AR"} and slowest < SLOWEST_SECONDS
    assert not Message.objects.filter(state="received").exists()
    crashed = list(Message.objects.filter(refusal_code="internal_error").values_list("id", flat=True)[:5])
    assert not crashed, f"messages {crashed} met an unexpected error"
    if os.environ.get("YILIANTI_RECORD") == "1":
        counts = " | ".join(f"{answers[code]:,}" for code in ("AA", "AE", "AR"))
        minutes = (time.monotonic() - began) / 60
        with RECORD.open("a") as record:
            record.write(f"| {datetime.now(UTC):%Y-%m-%d} | {TOTAL:,} | {SEED} | {counts} | 0 | {slowest:.2f} 秒 | {minutes:.1f} 分钟 |\n")
