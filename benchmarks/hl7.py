"""Durable HL7 v2 messages per second: `python benchmarks/hl7.py [--messages 2000] [--postgres system|wheel]`.

Starts a PostgreSQL with fsync on, migrates it, runs the real listener as the application's role in its own process, and
sends mixed ADT and ORU messages over real sockets. Every message counted was answered AA, which follows the commit.
The limits measured in the same run: one fsynced INSERT per commit on as many connections, and the `hl7` package's parse.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

ROOT = Path(__file__).parents[1]
# This file is called as the package that it is compared with.
sys.path[:] = [str(ROOT / "src"), str(ROOT), *(folder for folder in sys.path if Path(folder).resolve() != ROOT / "benchmarks")]

from tests.hl7 import messages  # noqa: E402
from yilianti.cli import processes  # noqa: E402
from yilianti.cli.postgres import Cluster  # noqa: E402
from yilianti.cli.postgres.cluster import APPLICATION, OWNER  # noqa: E402

FACILITY = "BENCH"
_people = itertools.count(1)


def prepare(cluster: Cluster) -> None:
    """Migrates, sets rights, and registers the sender."""
    os.environ["DATABASE_URL"] = cluster.url(OWNER)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilianti.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from yilianti.cli import grants, setup
    from yilianti.registry.institutions import api as institutions

    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(setup.TABLE)
    grants.apply()
    institutions.provisional(system="hl7v2", value=FACILITY, at=datetime.now(UTC))
    connection.close()


def stays(people: int) -> list[str]:
    """Admission, two reports and a transfer of each of so many people: four messages each."""
    found = []
    for person in itertools.islice(_people, people):
        patient = messages.pid(f"B{person:07d}", name=f"云{chr(0x4E00 + person % 5000)}{chr(0x5200 + person % 700)}",
                               identity=messages.id_card(serial=person % 1000, born=f"19{50 + person // 1000 % 50}0101"))
        common = {"patient": patient, "header": {"facility": FACILITY, "charset": "GB 18030-2000" if person % 2 else "UNICODE UTF-8"}}
        visit = f"V{person:07d}"
        found += [messages.adt("A01", visit=visit, **common), messages.oru(order=f"L{person}a", visit=visit, **common),
                  messages.adt("A02", visit=visit, ward="康复科^201^01", at="20261121093000+0800", **common),
                  messages.oru(order=f"L{person}b", visit=visit, potassium="5.9", **common)]
    return found


def wire(text: str) -> bytes:
    codec = "gb18030" if "GB 18030" in text.split("\r", 1)[0] else "utf-8"
    return b"\x0b" + text.encode(codec) + b"\x1c\x0d"


async def line(port: int, load: list[bytes], window: int, refused: list[bytes]) -> None:
    """One sender that keeps up to `window` messages unanswered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = answered = 0
    while answered < len(load):
        while sent < len(load) and sent - answered < window:
            writer.write(load[sent])
            sent += 1
        answer = await reader.readuntil(b"\x1c\x0d")
        answered += 1
        if b"MSA|AA|" not in answer:
            refused.append(answer)
    writer.close()


def measure(port: int, connections: int, window: int, total: int) -> tuple[float, list[bytes]]:
    """Messages per second over all lines, and what was not accepted."""
    shares = [[wire(text) for text in stays(total // 4 // connections)] for _ in range(connections)]
    refused: list[bytes] = []

    async def run() -> float:
        began = time.perf_counter()
        await asyncio.gather(*(line(port, share, window, refused) for share in shares))
        return time.perf_counter() - began

    seconds = asyncio.run(run())
    return sum(map(len, shares)) / seconds, refused


def raw_inserts(url: str, connections: int, seconds: float = 3.0) -> float:
    """One 600-byte row per commit with psycopg: what this disk and server give at most."""
    with psycopg.connect(url, autocommit=True) as setup:
        setup.execute("CREATE TABLE IF NOT EXISTS bench_raw (id bigserial PRIMARY KEY, raw bytea)")
    counted = [0] * connections
    end = time.perf_counter() + seconds

    def insert(place: int) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while time.perf_counter() < end:
                connection.execute("INSERT INTO bench_raw (raw) VALUES (%s)", [b"x" * 600])
                counted[place] += 1

    threads = [threading.Thread(target=insert, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with psycopg.connect(url, autocommit=True) as setup:
        setup.execute("DROP TABLE bench_raw")
    return sum(counted) / seconds


def parse_speeds() -> dict[str, float]:
    """Milliseconds per message, ours and the `hl7` package's: the same message, every field of PID touched."""
    import hl7.parser

    from yilianti.gateways.hl7v2 import encoding, parsing

    text = messages.oru(header={"facility": FACILITY})
    raw = text.encode()

    def ours() -> None:
        reading = encoding.read(raw)
        patient = parsing.Message(reading.text, reading.codec).first("PID")
        assert patient is not None
        for number in range(1, len(patient) + 1):
            patient.component(number)

    def theirs() -> None:
        patient = hl7.parser.parse(raw.decode()).segment("PID")
        for field in patient:
            str(field)

    speeds = {}
    for name, work, times in (("ours", ours, 3000), ("hl7", theirs, 300)):
        began = time.process_time()
        for _ in range(times):
            work()
        speeds[name] = (time.process_time() - began) / times * 1000
    return speeds


def start_listener(cluster: Cluster, home: Path) -> tuple[subprocess.Popen[bytes], int]:
    port = processes.free_port()
    environ = {**os.environ, "DATABASE_URL": cluster.url(APPLICATION), "YILIANTI_MLLP_PORT": str(port), "YILIANTI_HOME": str(home),
               "PYTHONPATH": str(ROOT / "src")}
    with (home / "hl7.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "yilianti.cli", "hl7"], env=environ, stderr=log, stdout=log, cwd=ROOT)
    for _ in range(200):
        try:
            asyncio.run(asyncio.wait_for(line(port, [], 1, []), 2))
            return process, port
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the listener did not start: {(home / 'hl7.log').read_text()[-2000:]}")


def cpu_of(*roots: int) -> float:
    """CPU seconds so far of processes and all below them (Linux)."""
    parents, spent = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                said = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(said[1])
            spent[int(entry.name)] = (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")
    wanted = set(roots)
    while grown := {pid for pid, parent in parents.items() if parent in wanted} - wanted:
        wanted |= grown
    return sum(spent.get(pid, 0.0) for pid in wanted)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=2000)
    options.add_argument("--postgres", choices=("system", "wheel"))
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="ylt-hl7-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        cluster = Cluster(home, log=home / "server.log", durable=True)
        cluster.make(asked.postgres)
        cluster.start(asked.postgres)
        process = None
        try:
            prepare(cluster)
            process, port = start_listener(cluster, home)
            report(cluster, process, port, asked)
        finally:
            if process:
                process.terminate()
                process.wait(20)
            cluster.stop()
    return 0


def report(cluster: Cluster, process: subprocess.Popen[bytes], port: int, asked: argparse.Namespace) -> None:
    measure(port, 1, 50, 200)
    figures = {}
    for connections, window in ((1, 1), (1, 50), (8, 1), (8, 50)):
        server = cluster.process.pid if cluster.process else 0
        before, server_before = cpu_of(process.pid), cpu_of(server)
        total = asked.messages // 4 if (connections, window) == (1, 1) else asked.messages
        rate, refused = measure(port, connections, window, total)
        figures[f"{connections}x{window}"] = {"per_second": round(rate), "listener_cpu_ms": round((cpu_of(process.pid) - before) / total * 1000, 2),
                                              "database_cpu_ms": round((cpu_of(server) - server_before) / total * 1000, 2), "refused": len(refused)}
        if refused:
            print(refused[0].decode("utf-8", "replace").replace("\r", "\n"), file=sys.stderr)
    url = cluster.url(OWNER)
    limits = {"raw_1": round(raw_inserts(url, 1)), "raw_8": round(raw_inserts(url, 8))}
    parses = {name: round(speed, 3) for name, speed in parse_speeds().items()}
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {cluster.record()['major']}"
    if asked.json:
        print(json.dumps({"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine, "figures": figures, "limits": limits, "parse_ms": parses}))
        return
    print(f"HL7 v2, durable messages per second · {datetime.now(UTC):%Y-%m-%d} · {machine}, fsync on")
    for name, key in (("1 line, one at a time", "1x1"), ("1 line, 50 in flight", "1x50"), ("8 lines, one at a time", "8x1"), ("8 lines, 50 in flight", "8x50")):
        print(f"  {name:24} {figures[key]['per_second']:6} /s   CPU each: listener {figures[key]['listener_cpu_ms']} ms, database {figures[key]['database_cpu_ms']} ms   not accepted {figures[key]['refused']}")
    print(f"  limit: one INSERT per commit {limits['raw_1']} /s on 1 connection, {limits['raw_8']} /s on 8")
    print(f"  parse: ours {parses['ours']} ms, hl7 package {parses['hl7']} ms")


if __name__ == "__main__":
    raise SystemExit(main())
