"""PostgreSQL of our own, set up once with each source of its programs."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import psycopg
import pytest

from tests.setup.conftest import command
from yilianti.cli.home import Home, Trouble
from yilianti.cli.postgres import Cluster, binaries
from yilianti.cli.postgres.cluster import APPLICATION, OWNER, SUPERUSER

INSERT = """INSERT INTO kernel_journalentry (at, word, actor_name, subject, facts, policy_refs)
            VALUES (now(), 'referral.submitted', '测试', 'referral:1', '{}', '{}')"""


@pytest.fixture(scope="module")
def migrated(cluster: Cluster) -> Cluster:
    done = command("migrate", DATABASE_URL=cluster.url(OWNER))
    assert done.returncode == 0, done.stdout + done.stderr
    return cluster


def refused(url: str, statement: str) -> str:
    """The server's sentence for a statement that it must not run."""
    with psycopg.connect(url) as connection, pytest.raises(psycopg.Error) as error:
        connection.execute(statement)
    return str(error.value)


def test_a_cluster_is_utf8_and_recent(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(SUPERUSER, "postgres")) as connection:
        assert connection.info.server_version >= 150000
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SELECT lower('ÀÉ')").fetchone() == ("àé",)


def test_a_password_is_asked_for(cluster: Cluster) -> None:
    right = cluster.passwords()[APPLICATION]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(cluster.url(APPLICATION).replace(right, "wrong"))


def test_passwords_are_private(cluster: Cluster) -> None:
    assert (cluster.folder / "passwords.json").stat().st_mode & 0o077 == 0


def test_the_application_appends_but_never_changes(migrated: Cluster) -> None:
    with psycopg.connect(migrated.url(APPLICATION)) as connection:
        connection.execute(INSERT)
    for statement in (
        "UPDATE kernel_journalentry SET word = 'x'",
        "DELETE FROM kernel_journalentry",
        "TRUNCATE kernel_journalentry",
        "ALTER TABLE kernel_journalentry DISABLE TRIGGER ALL",
        "CREATE TABLE mine (id int)",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())",
    ):
        said = refused(migrated.url(APPLICATION), statement)
        assert "permission denied" in said or "must be owner" in said, statement


def test_even_the_owner_is_refused_by_the_trigger(migrated: Cluster) -> None:
    with psycopg.connect(migrated.url(OWNER)) as connection:
        connection.execute(INSERT)
    assert "pgtrigger" in refused(migrated.url(OWNER), "DELETE FROM kernel_journalentry")
    assert "pgtrigger" in refused(migrated.url(OWNER), "TRUNCATE kernel_journalentry")


def test_the_application_may_change_what_is_not_append_only(migrated: Cluster) -> None:
    with psycopg.connect(migrated.url(APPLICATION)) as connection:
        connection.execute("INSERT INTO kernel_heartbeat VALUES ('web', now(), '{}')")
        connection.execute("UPDATE kernel_heartbeat SET at = now()")
        connection.execute("DELETE FROM kernel_heartbeat")
        connection.execute("SELECT nextval('kernel_number')")


def test_doctor_finds_every_protection(migrated: Cluster, home: Home) -> None:
    said = command("doctor", DATABASE_URL=migrated.url(APPLICATION)).stdout
    assert "不拥有它们" in said
    assert "本角色都不能改、不能删" in said
    assert "都有拒绝改动的触发器" in said
    assert "✗ 落盘" in said, "this cluster has fsync off, and doctor must say so"


def test_doctor_says_what_a_single_role_cannot_protect(migrated: Cluster, home: Home) -> None:
    said = command("doctor", DATABASE_URL=migrated.url(OWNER)).stdout
    assert "△ 角色：yilianti_owner 同时拥有数据表" in said
    assert "只由触发器拦住" in said


def test_doctor_says_that_a_superuser_escapes_everything(migrated: Cluster, home: Home) -> None:
    assert "✗ 角色：postgres 是超级用户" in command("doctor", DATABASE_URL=migrated.url(SUPERUSER)).stdout


def test_what_was_committed_survives_a_killed_server(home: Home) -> None:
    cluster = Cluster(home.postgres, log=home.logs / "postgres.log")
    cluster.make()
    cluster.start()
    with psycopg.connect(cluster.url(OWNER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    assert cluster.process is not None
    os.kill(cluster.process.pid, signal.SIGKILL)
    cluster.start()
    try:
        with psycopg.connect(cluster.url(OWNER)) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (1,)
    finally:
        cluster.stop()


def test_a_half_made_cluster_is_thrown_away_and_made_again(home: Home) -> None:
    cluster = Cluster(home.postgres, log=home.logs / "postgres.log", durable=False)
    (home.postgres / "data.new").mkdir()
    (home.postgres / "data.new/PG_VERSION").write_text("15")
    cluster.make()
    assert cluster.made
    assert not (home.postgres / "data.new").exists()


def test_a_lost_record_is_found_again_from_the_data(home: Home) -> None:
    cluster = Cluster(home.postgres, log=home.logs / "postgres.log", durable=False)
    cluster.make()
    cluster.record_file.unlink()
    cluster.start()
    cluster.stop()
    assert cluster.record()["major"] == int((cluster.data / "PG_VERSION").read_text())


def test_a_recorded_choice_is_kept() -> None:
    record = {"folder": "/nowhere", "major": 15, "source": "system", "port": 1}
    with pytest.raises(Trouble, match="不能改用 YILIANTI_PG=wheel"):
        binaries.recorded(record, "wheel")


def test_vanished_programs_are_named() -> None:
    with pytest.raises(Trouble, match="PostgreSQL 99.*数据完好"):
        binaries.recorded({"folder": "/nowhere", "major": 99, "source": "system", "port": 1}, None)


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(Trouble, match="YILIANTI_PG"):
        binaries.choose("docker")


def test_a_full_disk_is_named_and_leaves_nothing_half_made(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(home.path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=10_000_000))
    monkeypatch.setattr(
        Cluster, "_environ", lambda self: {"PATH": "/nowhere", "PGDATA": "/nowhere", "LC_ALL": "no_SUCH"}
    )
    monkeypatch.setattr(binaries.Binaries, "program", lambda self, name: "/bin/false")
    cluster = Cluster(home.postgres, log=home.logs / "postgres.log")
    with pytest.raises(Trouble, match="磁盘已满"):
        cluster.make()
    assert sorted(path.name for path in home.postgres.iterdir()) == ["passwords.json"]
    assert json.loads((home.postgres / "passwords.json").read_text())


def test_a_long_path_is_served_over_tcp_only() -> None:
    cluster = Cluster(Path("/tmp") / ("x" * 120), log=Path("/tmp/x.log"))
    cluster.passwords = lambda: {OWNER: "p"}  # type: ignore[method-assign]
    cluster.record = lambda: {"port": 5}  # type: ignore[method-assign]
    assert cluster.url(OWNER) == "postgresql://yilianti_owner:p@127.0.0.1:5/yilianti"
