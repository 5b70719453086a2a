"""A bundle made here is installed and run in a network namespace without any route, by an ordinary user where we are root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from yilianti.cli import processes
from yilianti.cli.home import ROOT

pytestmark = pytest.mark.long

INSIDE = """set -eu
ip link set lo up
test -z "$(ip route)"
cd "$BUNDLE"
$AS ./install.sh
$AS ./run & running=$!
for second in $(seq 300); do
    if python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=3)' "http://127.0.0.1:$YILIANTI_WEB_PORT/healthz" 2>/dev/null; then
        kill -INT $running
        wait $running
        echo SERVED
        exit 0
    fi
    sleep 1
done
kill -KILL $running
exit 1
"""


def test_it_installs_and_serves_without_any_route() -> None:
    if not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("util-linux and iproute2 are needed")
    room = Path(tempfile.mkdtemp(prefix="ylt-bundle-"))
    room.chmod(0o755)
    try:
        made = subprocess.run([sys.executable, "-m", "yilianti.cli", "bundle", str(room / "out")], cwd=ROOT, capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": str(ROOT / "src")})  # fmt: skip
        assert made.returncode == 0, made.stdout + made.stderr
        subprocess.run(["tar", "xf", str(next((room / "out").glob("*.tar"))), "-C", str(room)], check=True)
        bundle = next(room.glob("yilianti-*"))
        home = room / "home"
        home.mkdir()
        environ = {"PATH": os.environ["PATH"], "HOME": str(home), "YILIANTI_HOME": str(home / "data"), "BUNDLE": str(bundle), "AS": "", "YILIANTI_PG": "wheel"}
        environ |= {"YILIANTI_WEB_PORT": str(processes.free_port()), "YILIANTI_MLLP_PORT": str(processes.free_port()), "YILIANTI_DICOM_PORT": str(processes.free_port())}
        own = ["unshare", "-r", "-n"]
        if os.geteuid() == 0:
            shutil.chown(home, "nobody")
            own = ["unshare", "-n"]
            environ |= {"AS": "setpriv --reuid nobody --regid nogroup --clear-groups", "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
        ended = subprocess.run([*own, "sh", "-c", INSIDE], env=environ, capture_output=True, text=True, timeout=900)
        assert "SERVED" in ended.stdout, ended.stdout[-4000:] + ended.stderr[-2000:]
    finally:
        shutil.rmtree(room, ignore_errors=True)
