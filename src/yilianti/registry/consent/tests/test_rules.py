"""A consent holds from its moment until its end or its withdrawal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yilianti.registry.consent import rules

GIVEN = datetime(2026, 11, 18, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("until_at", "withdrawn_at", "at", "holds"),
    [
        (None, None, GIVEN, True), (None, None, GIVEN - DAY, False), (GIVEN + DAY, None, GIVEN + DAY, False),
        (GIVEN + DAY, None, GIVEN, True), (None, GIVEN + DAY, GIVEN + DAY, False), (None, GIVEN + DAY, GIVEN, True),
    ],
)  # fmt: skip
def test_holds(until_at: datetime | None, withdrawn_at: datetime | None, at: datetime, holds: bool) -> None:
    assert rules.holds(GIVEN, until_at, withdrawn_at, at) is holds
