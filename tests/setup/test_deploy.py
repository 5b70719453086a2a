"""What stands in deploy/ works: the roles on a server of somebody else, the unit by systemd's own word."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.setup.conftest import command
from yilianti.cli.home import ROOT, Home
from yilianti.cli.postgres import binaries, throwaway

DEPLOY = ROOT / "deploy"


def test_the_roles_may_what_they_must_and_no_more(home: Home) -> None:
    """The script twice, then migrate with both addresses and examine: every protection holds."""
    with throwaway() as url:
        psql = binaries.choose(None).program("psql")
        for _ in range(2):
            words = [psql, "-q", "-v", "owner_password='one'", "-v", "application_password='two'", "-f", str(DEPLOY / "roles.sql"), url]
            ended = subprocess.run(words, capture_output=True, text=True)
            assert ended.returncode == 0, ended.stderr
        base = psycopg.conninfo.conninfo_to_dict(url)
        address = f"127.0.0.1:{base['port']}/yilianti"
        owner, application = f"postgresql://yilianti_owner:one@{address}", f"postgresql://yilianti:two@{address}"
        assert command("migrate", DATABASE_URL=owner).returncode == 0
        with psycopg.connect(application) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")
        said = command("doctor", DATABASE_URL=application).stdout
        assert "不拥有它们" in said
        assert "本角色都不能改、不能删" in said


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
def test_the_unit_is_clean_and_shut_in(tmp_path: Path) -> None:
    unit = tmp_path / "yilianti.service"
    unit.write_text((DEPLOY / "systemd/yilianti.service").read_text().replace("/opt/yilianti", str(ROOT)))
    ended = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    scored = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=30", unit], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    assert scored.returncode == 0, scored.stdout[-500:]
