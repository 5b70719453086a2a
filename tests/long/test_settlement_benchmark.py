"""The benchmark of a settled year on a handful of people: it fills a database of its own, and every sum is the same by others."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]


def test_a_small_county_is_settled_and_compared() -> None:
    with tempfile.TemporaryDirectory(prefix="ylt-settled-") as folder:
        Path(folder).chmod(0o755)  # the database's own user must get there
        for kept in ("INSERT", "kept from an earlier run"):
            done = subprocess.run([sys.executable, str(ROOT / "benchmarks/settlement.py"), "--scale", "400", "--sample", "20", "--keep", f"{folder}/county"], capture_output=True, text=True, timeout=300, check=False)
            assert done.returncode == 0, done.stderr
            assert "Every sum the same to the fen." in done.stdout and f"Filled: {kept}" in done.stdout
