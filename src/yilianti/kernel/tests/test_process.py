"""A process that is asked to stop at the worst moment."""

import subprocess
import sys

INSIDE = """
import os, signal
from yilianti.kernel import process
stopping = process.stopping()
with stopping._cond:  # as in the middle of wait() or set()
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)
raise SystemExit(0 if stopping.wait(5) else 3)
"""


def test_asked_while_the_event_is_locked_it_still_stops() -> None:
    assert subprocess.run([sys.executable, "-c", INSIDE], timeout=30).returncode == 0
