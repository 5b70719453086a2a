"""A few hundred damaged messages on every run; the hundred thousand are in tests/long."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hl7.mutation import mutate, originals
from yilianti.gateways.hl7v2.envelope import open_envelope
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.models import Message
from yilianti.gateways.hl7v2.receiving import Receiver

GOOD = originals()


@pytest.mark.django_db
def test_damaged_messages_are_answered_and_meet_no_unexpected_error(at):
    chance, receiver = random.Random(7), Receiver(provisional=True)
    for _ in range(12):
        said = receiver.receive("fuzz", [Frame(mutate(chance.choice(GOOD), chance, GOOD)) for _ in range(25)], at=at)
        assert len(said) == 25 and all(b"\rMSA" in answer for answer in said)
    assert not Message.objects.filter(state="received").exists()
    assert not Message.objects.filter(refusal_code="internal_error").exists()


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damaged_header_is_read_or_refused(seed):
    chance = random.Random(seed)
    envelope = open_envelope(mutate(chance.choice(GOOD), chance, GOOD))
    assert envelope.verdict is None or (envelope.verdict.code in ("AE", "AR") and envelope.verdict.zh)
    assert envelope.verdict is None or envelope.verdict.zh != "消息头读取失败，已保留原文，请联系平台管理员。"
