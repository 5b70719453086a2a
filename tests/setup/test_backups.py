"""Backups of a real cluster: made while others write, restored to the row, refused when damaged, kept as the policy says."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.setup.conftest import command
from yilianti.cli import database
from yilianti.cli.backups import drilling, dumping, keeping, making, restoring, rows, store
from yilianti.cli.backups.restoring import Target
from yilianti.cli.backups.store import Store
from yilianti.cli.commands import restore as restore_command
from yilianti.cli.home import ROOT, Home, Trouble
from yilianti.cli.postgres import Cluster, archiving, binaries
from yilianti.cli.postgres.cluster import APPLICATION, OWNER, SUPERUSER

WRITE = "INSERT INTO handovers_verification (at, sealed, unsealed, broken, seconds) VALUES (now(), %s, 0, '', 0)"


@dataclass
class Kept:
    """A home with a running, archiving cluster and one full backup."""

    home: Home
    cluster: Cluster
    place: Store
    manifest: dict[str, Any]

    def write(self, number: int) -> None:
        with psycopg.connect(self.cluster.url(APPLICATION)) as connection:
            connection.execute(WRITE, [number])

    def copy(self) -> Store:
        """The store as it is now, free to be spoiled."""
        folder = Path(tempfile.mkdtemp(prefix="ylt-copy-")) / "backups"
        shutil.copytree(self.place.folder, folder)
        return Store(folder)


@pytest.fixture(scope="module", params=[None, pytest.param("wheel", marks=pytest.mark.long)])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """With whichever PostgreSQL there is, and in the long run with that of the wheel."""
    folder = Path(tempfile.mkdtemp(prefix="ylt-"))
    folder.chmod(0o755)
    home = Home(folder)
    home.make()
    (folder / "policies/local/yunxi").mkdir(parents=True)
    (folder / "policies/local/yunxi/own.toml").write_text("title = '本县'")
    place = Store(folder / "backups")
    cluster = Cluster(home.postgres, log=home.logs / "postgres.log", durable=False, archive=place.wal)
    cluster.make(request.param)
    cluster.start(request.param)
    assert command("migrate", DATABASE_URL=cluster.url(OWNER)).returncode == 0
    made = Kept(home, cluster, place, {})
    made.write(1)
    made.manifest = making.full(home, place, cluster)
    yield made
    cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)


def drill(kept: Kept, place: Store | None = None, **more: Any) -> dict[str, Any]:
    return drilling.drill(place or kept.place, Path(tempfile.mkdtemp(prefix="ylt-drill-")), **more)


def test_the_manifest_says_what_was_kept(kept: Kept) -> None:
    manifest = kept.place.one()
    assert manifest["rows"]["handovers_verification"]["rows"] >= 1
    assert {"base.tar.gz", "pg_wal.tar.gz", "backup_manifest", "home.tar.gz"} == set(manifest["parts"])
    assert any(step.startswith("handovers.0001") for step in manifest["migrations"])
    with tarfile.open(Path(manifest["folder"], "home.tar.gz")) as archive:
        names = archive.getnames()
    assert "policies/local/yunxi/own.toml" in names
    assert not [name for name in names if name.startswith(("secret_key", "keys", "postgres", "venv"))], "keys and passwords lie apart"


def test_what_is_written_during_backup_and_drill_comes_back_to_the_row(kept: Kept) -> None:
    """Writers who lock two tables in opposite orders: none of them fails, and the restored rows are exactly those of the moment."""
    stop, failed, written = threading.Event(), [], []

    def busy(first: str, second: str) -> None:
        with psycopg.connect(kept.cluster.url(APPLICATION)) as connection:
            while not stop.is_set():
                try:
                    with connection.transaction():
                        connection.execute(first)
                        time.sleep(0.003)
                        connection.execute(second)
                    written.append(1)
                except psycopg.Error as error:
                    failed.append(error)
                    return

    beat = "INSERT INTO kernel_heartbeat VALUES (gen_random_uuid()::text::varchar(32), now(), '{}')"
    one = WRITE.replace("%s", "7")
    writers = [threading.Thread(target=busy, args=pair) for pair in ((beat, one), (one, beat))]
    for writer in writers:
        writer.start()
    try:
        making.full(kept.home, kept.place, kept.cluster)
        report = drill(kept, living=kept.cluster)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert report["well"], report["faults"]
    assert report["compared_with"] == "living"
    assert not failed
    assert len(written) > 20
    assert {"freeze", "check", "unpack", "verify", "stage", "recover", "compare", "journal"} <= set(report["seconds"])
    assert json.loads((kept.place.drills / f"{report['id']}.json").read_text())["well"]


def test_a_moment_between_two_writes_is_restored(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.write(100)
    time.sleep(1.1)
    until = datetime.now().astimezone()
    time.sleep(0.2)
    kept.write(101)
    assert making.archive_now(kept.place, kept.cluster)
    into = Home(Path(tempfile.mkdtemp(prefix="ylt-")))
    into.path.chmod(0o755)
    restoring.into_home(kept.place.one(), kept.place, into, Target(until=until.isoformat()), overwrite=False)
    restored = Cluster(into.postgres, log=into.logs / "postgres.log", durable=False)
    restored.start()
    try:
        with psycopg.connect(restored.url(OWNER)) as connection:
            found = {row[0] for row in connection.execute("SELECT sealed FROM handovers_verification WHERE sealed >= 100")}
    finally:
        restored.stop()
    assert found == {100}
    assert (into.path / "policies/local/yunxi/own.toml").exists()
    with pytest.raises(Trouble, match="已有数据"):
        restoring.into_home(kept.place.one(), kept.place, into, Target(), overwrite=False)
    monkeypatch.setattr("builtins.input", lambda: "yes")
    with pytest.raises(Trouble, match="什么也没有改动"):
        restore_command.main(["--from", str(kept.place.folder), "--into", str(into.path), "--overwrite"])
    restoring.into_home(kept.place.one(), kept.place, into, Target(), overwrite=True)
    assert [path.name for path in into.postgres.glob("data.before-*")], "the old data are set aside, not removed"
    shutil.rmtree(into.path)


def test_a_living_installation_is_not_restored_over(kept: Kept) -> None:
    lock = database.hold(kept.home)
    try:
        with pytest.raises(Trouble, match="已在运行"):
            restoring.into_home(kept.place.one(), kept.place, kept.home, Target(), overwrite=True)
    finally:
        lock.close()


def test_a_flipped_byte_fails_the_drill(kept: Kept) -> None:
    place = kept.copy()
    base = Path(place.one()["folder"], "base.tar.gz")
    spoiled = bytearray(base.read_bytes())
    spoiled[len(spoiled) // 2] ^= 0xFF
    base.write_bytes(spoiled)
    report = drill(kept, place)
    assert not report["well"]
    assert "base.tar.gz 与写入时的哈希不符" in report["faults"][0]
    assert any("已损坏" in fault for fault in report["faults"][1:])


def test_a_spoiled_table_is_named_even_when_the_hashes_were_forged(kept: Kept) -> None:
    place = kept.copy()
    manifest = place.one()
    folder = Path(manifest["folder"])
    path = next(path for path, table in manifest["files"].items() if table == "handovers_verification")
    _rewrite(folder, path)
    forged = json.loads((folder / "manifest.json").read_text())
    forged["parts"]["base.tar.gz"]["sha256"] = store.sha256(folder / "base.tar.gz")
    (folder / "manifest.json").write_text(json.dumps(forged))
    report = drill(kept, place)
    assert not report["well"]
    assert "表 handovers_verification" in report["faults"][0]


def _rewrite(folder: Path, path: str) -> None:
    """The archive again, with one byte of one file changed."""
    with tempfile.TemporaryDirectory() as room:
        with tarfile.open(folder / "base.tar.gz") as archive:
            store.extract(archive, Path(room))
        data = bytearray(Path(room, path).read_bytes())
        data[-3] ^= 0xFF
        Path(room, path).write_bytes(data)
        with tarfile.open(folder / "base.tar.gz", "w:gz", compresslevel=1) as archive:
            archive.add(room, arcname=".")


def test_other_rows_than_were_kept_are_named(kept: Kept) -> None:
    place = kept.copy()
    folder = Path(place.one()["folder"])
    forged = json.loads((folder / "manifest.json").read_text())
    forged["rows"]["institutions_institution"]["rows"] = 3
    (folder / "manifest.json").write_text(json.dumps(forged))
    report = drill(kept, place)
    assert report["faults"] == ["表 institutions_institution 应有 3 行，恢复出 0 行"]


def test_missing_wal_is_said(kept: Kept) -> None:
    place = kept.copy()
    for segment in place.segments():
        if segment >= restoring.first_segment(place.one()):
            (place.wal / f"{segment}.gz").unlink()
    report = drill(kept, place)
    assert not report["well"]
    assert "没有到达目标" in report["faults"][0]


def test_a_gap_in_the_wal_is_named(kept: Kept) -> None:
    for number in range(3):
        kept.write(number)
        assert making.archive_now(kept.place, kept.cluster)
    place = kept.copy()
    gone = place.segments()[-2]
    (place.wal / f"{gone}.gz").unlink()
    assert "缺口" in drill(kept, place)["faults"][0]


def test_the_second_of_two_steps_back(kept: Kept) -> None:
    with kept.place.alone(), pytest.raises(Trouble, match="本次让开"):
        making.full(kept.home, kept.place, kept.cluster)


def test_a_full_disk_is_said_and_no_half_is_kept(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(path.name for path in kept.place.full.iterdir())
    usage = shutil.disk_usage(kept.place.folder)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_000_000))
        with pytest.raises(Trouble, match="备份盘空间不足"):
            making.full(kept.home, kept.place, kept.cluster)
    monkeypatch.setattr(binaries.Binaries, "program", lambda self, name: _failing(kept.home.path))
    with pytest.raises(Trouble, match="备份盘已满"):
        making.full(kept.home, kept.place, kept.cluster)
    assert sorted(path.name for path in kept.place.full.iterdir()) == before


def _failing(folder: Path) -> str:
    """A pg_basebackup that writes a little and then finds the disk full."""
    program = folder / "failing.sh"
    program.write_text('#!/bin/sh\nhead -c 1000 /dev/zero > "$2/base.tar.gz"\necho "could not write: No space left on device" >&2\nexit 1\n')
    program.chmod(0o755)
    return str(program)


def test_a_segment_is_archived_once_and_never_overwritten(tmp_path: Path) -> None:
    script, segment, into, marker = tmp_path / "archive.sh", tmp_path / "segment", tmp_path / "wal", tmp_path / "marker"
    script.write_text(archiving.SCRIPT)
    segment.write_bytes(b"one" * 1000)
    into.mkdir()

    def archive() -> int:
        return subprocess.run(["/bin/sh", script, segment, "0" * 24, into, marker], capture_output=True).returncode

    assert archive() == 0
    assert not list(into.iterdir()), "before the first full backup nothing is kept"
    marker.touch()
    assert archive() == 0
    assert archive() == 0, "a repeat after a crash is no error"
    segment.write_bytes(b"two" * 1000)
    assert archive() == 1
    assert gzip.decompress((into / f"{'0' * 24}.gz").read_bytes()) == b"one" * 1000
    shutil.rmtree(into)
    assert archive() != 0, "an unmounted disk is a failure, which the server tries again"


def test_retention_keeps_the_newest_and_the_wal_it_needs(kept: Kept) -> None:
    time.sleep(1.1)  # backups are named by the second
    newest = making.full(kept.home, kept.place, kept.cluster)
    place = kept.copy()
    gone = keeping.prune(place, 1)
    assert [manifest["id"] for manifest in place.manifests()] == [newest["id"]]
    assert kept.manifest["id"] in gone
    assert place.segments()[0] >= restoring.first_segment(place.one())
    assert drill(kept, place)["well"]


def test_keys_are_kept_apart(kept: Kept) -> None:
    with pytest.raises(Trouble, match="不能和数据放在一起"):
        making.keys(kept.home, kept.place.folder / "keys", kept.place)
    with tempfile.TemporaryDirectory() as elsewhere:
        made = making.keys(kept.home, Path(elsewhere), kept.place)
        assert made.stat().st_mode & 0o077 == 0
        with tarfile.open(made) as archive:
            assert "secret_key" in archive.getnames()


@pytest.mark.skipif(os.geteuid() != 0, reason="another user needs root to become one")
def test_another_user_in_another_directory_can_drill(kept: Kept) -> None:
    """The burnt server: somebody else, elsewhere, with nothing but the folder of backups."""
    place = kept.copy()
    room = place.folder.parent
    home = room / "home"
    (home / "run").mkdir(parents=True)
    subprocess.run(["chown", "-R", "nobody", str(room)], check=True)
    python = next((path for path in (sys.executable, "/usr/bin/python3") if _may_run(path)), None)
    if python is None:
        pytest.skip("no Python of this version that another user may run")
    path = os.pathsep.join([str(ROOT / "src"), *sys.path])
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": path, "YILIANTI_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    words = [python, "-m", "yilianti.cli", "restore-drill", "--from", str(place.folder)]
    ended = subprocess.run(words, user="nobody", group="nogroup", extra_groups=[], cwd="/", env=environ, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "演练通过" in ended.stdout
    shutil.rmtree(room)


def _may_run(python: str) -> bool:
    code = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        return subprocess.run([python, "-c", code], user="nobody", group="nogroup", extra_groups=[], cwd="/").returncode == 0
    except OSError:
        return False


def test_a_foreign_server_is_dumped_tried_and_loaded(kept: Kept) -> None:
    folder = Path(tempfile.mkdtemp(prefix="ylt-dump-"))
    folder.chmod(0o755)
    place, into = Store(folder / "backups"), Home(folder / "home")
    manifest = dumping.dump(kept.home, place, kept.cluster.url(OWNER))
    report = drill(kept, place)
    assert report["well"], report["faults"]
    keeping.prune(place, 1)
    assert restore_command.main(["--from", str(place.folder), "--into", str(into.path)]) == 0
    restored = Cluster(into.postgres, log=into.logs / "postgres.log", durable=False)
    restored.start()
    try:
        with psycopg.connect(restored.url(OWNER)) as connection:
            assert rows.differences(manifest["rows"], rows.figures(connection)) == []
    finally:
        restored.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_row_hash_sees_content_not_order(kept: Kept) -> None:
    with psycopg.connect(kept.cluster.url(SUPERUSER)) as connection:
        before = rows.figures(connection)
        connection.execute("CREATE TABLE turned AS SELECT * FROM (VALUES (1, '甲'), (2, '乙')) v(a, b)")
        first = rows.figures(connection)["turned"]
        connection.execute("DELETE FROM turned WHERE a = 1")
        connection.execute("INSERT INTO turned VALUES (1, '甲')")
        assert rows.figures(connection)["turned"] == first
        connection.execute("UPDATE turned SET b = '丙' WHERE a = 1")
        assert rows.differences({"turned": first}, {"turned": rows.figures(connection)["turned"]}) == ["表 turned 行数相同（2），内容不同"]
        assert rows.differences(before, rows.figures(connection)) == ["表 turned 是备份里没有的"]
        with contextlib.suppress(psycopg.Error):
            connection.rollback()
