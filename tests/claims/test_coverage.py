"""The table of what is tested (docs/claims_coverage.md) names things that exist, and every sheet."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOLD = (ROOT / "docs/claims_coverage.md").read_text(encoding="utf-8")
FOLDERS = ("claims", "claims_payment", "drg", "dip")


def test_every_sheet_is_in_the_table() -> None:
    cases = ROOT / "tests/claims/cases"
    sheets = {sheet.relative_to(cases).as_posix() for sheet in cases.rglob("*.csv")}
    assert set(re.findall(r"`((?:deductible/)?\w+\.csv)`", TOLD)) == sheets


def test_every_test_and_policy_of_the_table_exists() -> None:
    sources = "".join(one.read_text(encoding="utf-8") for folder in FOLDERS for one in (ROOT / "tests" / folder).glob("*.py"))
    for name in re.findall(r"`(test_\w+)`", TOLD):
        assert f"def {name}(" in sources, name
    for place in re.findall(r"`((?:provinces|local)/[\w-]+)`", TOLD):
        assert (ROOT / "policies" / place / "settlement").is_dir(), place
