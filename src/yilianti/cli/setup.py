"""What has been done to a database (migrations, grants, demo county), kept in the database itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg

from yilianti.cli.home import ROOT

TABLE = """CREATE TABLE IF NOT EXISTS yilianti_setup (
    done text PRIMARY KEY, value text NOT NULL, at timestamptz NOT NULL DEFAULT now())"""
MARK = "INSERT INTO yilianti_setup (done, value) VALUES (%s, %s) ON CONFLICT (done) DO UPDATE SET value = EXCLUDED.value, at = now()"


def fingerprint() -> str:
    """Of everything a migration or a grant depends on; unchanged means that there is nothing to migrate."""
    source = ROOT / "src/yilianti"
    files = [*source.glob("*/*/migrations/*.py"), *source.glob("*/migrations/*.py"), *source.rglob("models.py")]
    files += [ROOT / "requirements.lock", Path(__file__).with_name("grants.py"), source / "config/settings.py"]
    total = hashlib.sha256()
    for file in sorted(set(files)):
        if file.exists():
            total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def done(url: str) -> dict[str, str]:
    """What has been done in the database at `url`; empty for a fresh one."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT to_regclass('public.yilianti_setup')").fetchone()
        if row is None or row[0] is None:
            return {}
        return {str(key): str(value) for key, value in connection.execute("SELECT done, value FROM yilianti_setup")}


def forget_beats(url: str) -> None:
    """Beats of an earlier run must not pass for those of processes that are only starting."""
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM kernel_heartbeat")
