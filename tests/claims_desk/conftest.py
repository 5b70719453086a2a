"""A scene whose stays are grouped by the demonstration scheme."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from yilianti.cli import schemes
from yilianti.registry.institutions.models import Institution
from yilianti.settlement.claims import grouping, grouping_kept
from yilianti.settlement.claims.tests import factories
from yilianti.settlement.claims.tests.factories import Scene

NOW = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with the demonstration scheme."""
    folder = tmp_path / "drg"
    grouping.keep(grouping.read_folder(Path(__file__).parents[2] / "demo/drg_tables", "demo"), folder)
    monkeypatch.setattr(grouping_kept, "folder", lambda: folder)
    monkeypatch.setattr(schemes, "folder", lambda kind: tmp_path / kind)
    yield tmp_path


@pytest.fixture
def scene(home: Path) -> Scene:  # noqa: ARG001 - the scheme must be there before the claims are filed
    made = factories.scene(NOW)
    Institution.objects.filter(pk=made.hospital).update(name="云溪县人民医院")
    Institution.objects.filter(pk=made.township).update(name="稻香镇卫生院")
    return made
