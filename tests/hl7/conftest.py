"""The messages of these tests speak of November 2026; they are received after it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest


@pytest.fixture
def at():
    return datetime(2026, 11, 28, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
