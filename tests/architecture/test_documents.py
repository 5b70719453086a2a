"""Documents that are drawn from the code are as drawn."""

from __future__ import annotations

import pytest

from tests.architecture.house import ROOT, shown
from yilianti.cli import drawing

DRAWN = drawing.all_documents()


@pytest.mark.parametrize("path", DRAWN, ids=shown)
def test_a_generated_document_is_as_drawn(path) -> None:
    assert path.exists() and path.read_text(encoding="utf-8") == DRAWN[path], "run ./yilianti generate"


def test_the_map_keeps_what_stands_around_the_river() -> None:
    drawn = drawing.with_river(f"before\n{drawing.START}\nold\n{drawing.END}\nafter")
    assert drawn.startswith("before\n")
    assert drawn.endswith("after")
    assert "old" not in drawn
    assert (ROOT / "docs/map.md").read_text(encoding="utf-8").count(drawing.START) == 1
