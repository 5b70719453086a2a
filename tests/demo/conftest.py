"""The demo county writes policies of its own: into the home of the run, whatever folders earlier tests opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from yilianti import policybook


@pytest.fixture(autouse=True)
def _home() -> None:
    home = os.environ.get("YILIANTI_HOME")
    policybook.open_at(Path(home) if home else None)
