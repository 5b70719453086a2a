"""How long to wait, when to stop, and the number a receiver knows a repeat by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yilianti.gateways.outbound import rules
from yilianti.gateways.outbound.terms import Result

QUEUED = datetime(2026, 11, 2, 8, tzinfo=UTC)


def test_the_control_id_fits_msh_10_and_is_the_same_for_the_same_key():
    assert rules.control_id("referral:ZZ1:submitted") == rules.control_id("referral:ZZ1:submitted")
    assert rules.control_id("a") != rules.control_id("b")
    assert len(rules.control_id("x" * 500)) == 20


def test_the_pause_doubles_up_to_the_longest():
    assert [rules.pause(n, 5, 300).total_seconds() for n in (1, 2, 3, 7, 100)] == [5, 10, 20, 300, 300]


@pytest.mark.parametrize(
    ("result", "failures", "hours", "over"),
    [
        (Result.REFUSED, 0, 0, True), (Result.FAILED, 4, 0, False), (Result.FAILED, 5, 0, True), (Result.UNANSWERED, 5, 0, True),
        (Result.UNREACHABLE, 99, 71, False), (Result.UNREACHABLE, 0, 72, True),
    ],
)  # fmt: skip
def test_when_a_message_is_laid_aside(result, failures, hours, over):
    assert rules.is_over(result, failures, QUEUED, QUEUED + timedelta(hours=hours), attempts=5, keep_trying_hours=72) is over
