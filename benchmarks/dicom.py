"""Durable C-STOREs per second beside Orthanc: `python benchmarks/dicom.py [--objects 400] [--rounds 3] [--postgres system|wheel]`.

Starts a PostgreSQL with fsync on, migrates it, runs the real listener and the filing process as the application's role, and an Orthanc with its usual
settings beside them. dcmtk's storescu sends each the same copies of 12-lead ECG objects, each copy under a UID of its own, on one association and on
four, in turns. Counted is what each acknowledged, checked against what each then holds. The limit in the same run: one fsynced INSERT of an object's
size per commit.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT / "src"), str(ROOT), *(folder for folder in sys.path if Path(folder).resolve() != ROOT / "benchmarks")]

from yilianti.cli import processes  # noqa: E402
from yilianti.cli.postgres import Cluster  # noqa: E402
from yilianti.cli.postgres.cluster import APPLICATION, OWNER  # noqa: E402

ORTHANC, SHARED = shutil.which("Orthanc") or "/usr/sbin/Orthanc", ROOT.parent / "shared/data/ecg/dicom"
TITLE, WAYS = "BENCH", (1, 4)


def prepare(cluster: Cluster, home: Path) -> None:
    """Keys, tables, rights, an institution with a sender."""
    os.environ |= {"DATABASE_URL": cluster.url(OWNER), "YILIANTI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "yilianti.config.settings"}
    from yilianti.kernel.crypto import keyring

    keyring.Folder(home / "keys").ensure(keyring.CIPHER, keyring.HMAC_SM3)
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from yilianti.cli import grants, setup
    from yilianti.gateways.dicom.models import Sender
    from yilianti.registry.institutions import api as institutions

    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(setup.TABLE)
    grants.apply()
    place = institutions.provisional(system="hl7v2", value="BENCH", at=datetime.now(UTC))
    Sender.objects.create(name="bench", ae_title=TITLE, address="127.0.0.1", institution_id=place.id, changed_at=datetime.now(UTC))
    connection.close()


def objects(folder: Path, count: int) -> list[Path]:
    """Copies under UIDs of their own: of the shared objects, or of one made of noise where they are absent."""
    import pydicom
    from pydicom.uid import generate_uid

    sources = [pydicom.dcmread(path) for path in sorted(SHARED.glob("*.dcm"))] or [made()]
    folder.mkdir()
    for number in range(count):
        one = sources[number % len(sources)]
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        one.save_as(folder / f"{number:05d}.dcm", enforce_file_format=True)
    return sorted(folder.iterdir())


def made() -> Any:
    """A 12-lead object of ten seconds at 500 Hz."""
    import io

    import numpy as np
    import pydicom

    from yilianti.gateways.dicom import files, terms, writing
    from yilianti.record.recordings import api as recordings

    numbers = np.random.default_rng(1)
    leads = tuple(recordings.Lead(name, numbers.integers(-500, 500, 5000).astype(np.int16), 2.5) for name in recordings.LEADS)
    now = datetime.now(UTC)
    head = writing.Head("2.25.1", "2.25.2", "2.25.3", "A1", "P1", "Bench", "F", None, now, now, "bench")
    encoded = writing.encoded(writing.waveform(recordings.Tracing("csv", leads, 500.0), head))
    return pydicom.dcmread(io.BytesIO(files.as_file(terms.TWELVE_LEAD, "2.25.1", terms.EXPLICIT, encoded)))


def send(called: str, port: int, paths: list[Path], ways: int) -> float:
    """Seconds until storescu has an answer to all of them, on so many associations; ends where one is refused."""
    def one(share: list[Path]) -> None:
        ran = subprocess.run(["storescu", "-aet", TITLE, "-aec", called, "127.0.0.1", str(port), *map(str, share)], capture_output=True, text=True, check=False)
        if ran.returncode:
            raise SystemExit(f"{called} did not take an object: {ran.stderr[-500:]}")

    began = time.perf_counter()
    with ThreadPoolExecutor(ways) as senders:
        list(senders.map(one, [paths[way::ways] for way in range(ways)]))
    return time.perf_counter() - began


def start(home: Path, environ: dict[str, str], *words: str) -> subprocess.Popen[bytes]:
    with (home / f"{'-'.join(words)}.log").open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", "yilianti.cli", *words], env=environ, stdout=log, stderr=log, cwd=ROOT)


def orthanc(home: Path, port: int) -> subprocess.Popen[bytes] | None:
    """Orthanc with its usual settings, storing into this folder; None where it is not installed."""
    if not Path(ORTHANC).exists():
        return None
    store = str(home / "orthanc")
    told = {"Name": "bench", "StorageDirectory": store, "IndexDirectory": store, "DicomPort": port, "DicomAet": "ORTHANC", "HttpServerEnabled": False, "Plugins": []}
    (home / "orthanc.json").write_text(json.dumps(told))
    with (home / "orthanc.log").open("wb") as log:
        return subprocess.Popen([ORTHANC, str(home / "orthanc.json")], stdout=log, stderr=log)


def wait_for(port: int, called: str) -> None:
    for _ in range(300):
        if subprocess.run(["echoscu", "-aet", TITLE, "-aec", called, "127.0.0.1", str(port)], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise SystemExit(f"{called} did not start")


def raw_inserts(url: str, size: int, seconds: float = 3.0) -> float:
    """Rows of an object's size, each with a commit of its own: what this disk and server give at most on one connection."""
    content, counted = os.urandom(size), 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_raw (raw bytea)")
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            connection.execute("INSERT INTO bench_raw VALUES (%s)", [content])
            counted += 1
        connection.execute("DROP TABLE bench_raw")
    return counted / seconds


def counted(url: str, where: str = "true") -> int:
    with psycopg.connect(url) as connection:
        return int(connection.execute(f"SELECT count(*) FROM dicom_instance WHERE {where}").fetchone()[0])  # type: ignore[index,call-overload]


def measure(home: Path, url: str, ports: dict[str, int], asked: argparse.Namespace) -> dict[str, Any]:
    """Objects per second, the median over the rounds; in each the two are measured one right after the other."""
    rates: dict[str, list[float]] = {}
    for turn in range(asked.rounds):
        for ways in WAYS:
            for called, port in ports.items():
                paths = objects(home / f"{turn}-{ways}-{called}", asked.objects)
                rates.setdefault(f"{called} {ways}", []).append(len(paths) / send(called, port, paths, ways))
                shutil.rmtree(paths[0].parent)
                _settled(url)
    sent = asked.objects * asked.rounds * len(WAYS)
    if (kept := counted(url)) != sent:
        raise SystemExit(f"{sent} acknowledged, {kept} kept")
    return {name: {"median": round(statistics.median(found)), "all": [round(one) for one in found]} for name, found in rates.items()}


def _settled(url: str) -> None:
    """Both start from rest: what was kept has been filed."""
    while counted(url, "state = 'received'"):
        time.sleep(0.2)


def filed_per_second(home: Path, url: str, port: int, count: int) -> float:
    """How fast the filing process works off what was sent in one go."""
    paths, began = objects(home / "filed", count), time.perf_counter()
    send("YILIANTI", port, paths, 4)
    _settled(url)
    return count / (time.perf_counter() - began)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--objects", type=int, default=400)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--postgres", choices=("system", "wheel"))
    asked = options.parse_args()
    if shutil.which("storescu") is None:
        raise SystemExit("storescu is missing: install dcmtk")
    with tempfile.TemporaryDirectory(prefix="ylt-dicom-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        cluster = Cluster(home, log=home / "server.log", durable=True)
        cluster.make(asked.postgres)
        cluster.start(asked.postgres)
        running: list[subprocess.Popen[bytes]] = []
        try:
            prepare(cluster, home)
            ports = {"YILIANTI": processes.free_port()}
            environ = {**os.environ, "DATABASE_URL": cluster.url(APPLICATION), "YILIANTI_DICOM_PORT": str(ports["YILIANTI"]), "PYTHONPATH": str(ROOT / "src")}
            running += [start(home, environ, "dicom"), start(home, environ, "dicom", "--filing")]
            other = processes.free_port()
            if beside := orthanc(home, other):
                running.append(beside)
                ports["ORTHANC"] = other
            for called, port in ports.items():
                wait_for(port, called)
            report(cluster, home, ports, asked)
        finally:
            for process in reversed(running):
                process.terminate()
                process.wait(20)
            cluster.stop()
    return 0


def report(cluster: Cluster, home: Path, ports: dict[str, int], asked: argparse.Namespace) -> None:
    url = cluster.url(OWNER)
    figures = measure(home, url, ports, asked)
    size = 123_000
    load = os.getloadavg()
    print(f"C-STORE of 12-lead ECG objects, per second · {datetime.now(UTC):%Y-%m-%d} · {platform.machine()}, {os.cpu_count()} cores (load {load[0]:.1f}), "
          f"Python {platform.python_version()}, PostgreSQL {cluster.record()['major']}, fsync on")  # fmt: skip
    for name, found in figures.items():
        print(f"  {name:12} association(s)  {found['median']:6} /s   rounds {found['all']}")
    print(f"  received and filed {filed_per_second(home, url, ports['YILIANTI'], asked.objects):.0f} /s")
    print(f"  limit: one INSERT of {size} bytes per commit {raw_inserts(url, size):.0f} /s")
    if "ORTHANC" not in ports:
        print("  Orthanc is not installed: nothing to compare with")


if __name__ == "__main__":
    raise SystemExit(main())
