"""Files made to fill the memory or to take for ever are refused within 512 MiB and seconds, in a child process that ends when it takes more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MEMORY = 512 * 1024 * 1024


def run(*words: str, seconds: float) -> dict:
    """What the child says of itself."""
    environ = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-m", "tests.ecg.limited", *words], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_bombs_are_refused_and_large_files_are_read():
    said = run("bombs", seconds=240)
    ends = {name: code for name, (code, _) in said["result"].items()}
    assert not [name for name, code in ends.items() if code.startswith("crash")], ends
    assert {name for name, code in ends.items() if code == "read"} == {name for name in ends if "within limits" in name} | {"csv with gaps", "xli"}
    assert ends["zip"] == ends["deflated dicom"] == "bomb" and ends["laughs"] == "xml_entities" and ends["deep"] == ends["dicom depth"] == "too_deep"
    assert max(seconds for _, seconds in said["result"].values()) < 60
    assert said["peak"] < MEMORY
