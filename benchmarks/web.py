"""CPU per request, application and database: `python benchmarks/web.py [--requests 500] [--postgres system|wheel]`.

Starts a PostgreSQL with fsync on, loads the demo county and 50,000 residents with 200,000 encounters, and calls the real WSGI
application in this process, through every middleware, with a session begun at the login form. Counted is the CPU of this
process and of the server's backends (Linux), for: a referral sent by its form, a resident searched by two characters as the
page asks it, and the list of referrals. The limit measured in the same run: the same statements through bare psycopg.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from benchmarks import population  # noqa: E402
from yilianti.cli.postgres import Cluster  # noqa: E402
from yilianti.cli.postgres.cluster import APPLICATION, OWNER  # noqa: E402

BATCHES = 5
AIMS = {"create": 11.0, "search": 29.0, "list": 8.0}
PASSWORD = "Yunxi-2026-demo"


@dataclass
class Browser:
    """A signed-in browser that calls the WSGI application directly."""

    application: Callable[..., Any]
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def ask(self, method: str, path: str, form: dict[str, Any] | None = None, *, htmx: bool = False) -> tuple[int, str, dict[str, str]]:
        """(status, body, headers) of one request."""
        path, _, query = path.partition("?")
        sent = urlencode(form or {}, doseq=True).encode()
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SCRIPT_NAME": "",
            "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000", "CONTENT_LENGTH": str(len(sent)),
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if form else "", "wsgi.input": io.BytesIO(sent), "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
            "HTTP_COOKIE": "; ".join(f"{name}={kept.value}" for name, kept in self.cookies.items()),
        } | ({"HTTP_HX_REQUEST": "true"} if htmx else {})  # fmt: skip
        answered: dict[str, Any] = {}
        body = self.application(environ, lambda status, headers, *_: answered.update(status=int(status[:3]), headers=headers))
        text = b"".join(body).decode()
        if hasattr(body, "close"):
            body.close()
        for name, value in answered["headers"]:
            if name == "Set-Cookie":
                self.cookies.load(value)
        return answered["status"], text, dict(answered["headers"])

    def sign_in(self, username: str) -> Browser:
        token = hidden(self.ask("GET", "/login/")[1], "csrfmiddlewaretoken")
        status, _, _ = self.ask("POST", "/login/", {"csrfmiddlewaretoken": token, "username": username, "password": PASSWORD})
        assert status == 302, f"{username} could not sign in: {status}"
        return self


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]


# -- the three paths; each returns a function that makes one request


def create(browser: Browser, url: str) -> Callable[[], None]:
    """Send one application after another, each for a resident of the township without an open one."""
    with psycopg.connect(url) as connection:  # what an earlier run sent is removed
        for table in ("referral_referral", "consent_consent"):
            connection.execute(f"DELETE FROM {table} x USING residents_resident r WHERE r.id = x.resident_id AND r.number LIKE 'JML%' AND r.id / 14 % 2 = 1")
        numbers = connection.execute(
            """SELECT r.number FROM residents_resident r JOIN institutions_institution i ON i.id = r.home_id WHERE i.short_name LIKE '稻香镇%'
               AND r.number LIKE 'JML%' AND r.id / 14 % 2 = 1 ORDER BY r.id""").fetchall()
        hospital = connection.execute("SELECT id FROM institutions_institution WHERE code = 'YX0001'").fetchone()[0]
    residents = (row[0] for row in numbers)
    token = hidden(browser.ask("GET", f"/referrals/new?resident={next(residents)}")[1], "csrfmiddlewaretoken")
    filled = {"csrfmiddlewaretoken": token, "to_institution": hospital, "to_department": "", "urgency": "urgent", "service": "inpatient", "act": "submit",
              "diagnosis_code": "I20.000", "diagnosis_code_words": "不稳定性心绞痛", "reason": "further_examination", "consent_basis": "signed",
              "summary": "反复胸闷三天，活动后加重，心电图示ST段压低，含服硝酸甘油可缓解。", "treatment": "阿司匹林、氯吡格雷。", "notes": "",
              **{f"{name}-{count}": number for name in ("medicines", "allergies") for count, number in (("TOTAL_FORMS", 1), ("INITIAL_FORMS", 0))}}  # fmt: skip

    def once() -> None:
        browser.cookies.pop("messages", None)  # the page that follows has shown it
        form = filled | {"resident": next(residents), "client_key": uuid.uuid4()}
        status, page, _ = browser.ask("POST", f"/referrals/new?resident={form['resident']}", form)
        assert status == 302, (status, re.findall(r"errorlist.*", page))

    return once


def search(browser: Browser, url: str) -> Callable[[], None]:
    """Two characters of a name that somebody bears, another each time."""
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT DISTINCT left(name, 2) FROM residents_resident WHERE number LIKE 'JML%' ORDER BY 1").fetchall()
    typed = itertools.cycle(row[0] for row in names)

    def once() -> None:
        status, page, _ = browser.ask("GET", f"/residents/?{urlencode({'q': next(typed)})}", htmx=True)
        assert status == 200 and "cell-title" in page, status

    return once


def worklist(browser: Browser, url: str, query: str = "?box=all", least: int = 20) -> Callable[[], None]:
    """The whole page with its piles counted and twenty lines, where there are as many."""

    def once() -> None:
        status, page, _ = browser.ask("GET", f"/referrals/{query}")
        assert status == 200 and page.count("cell-title") >= least, f"{query}: {status} {page.count('cell-title')}"

    return once


#: every filter of the list, alone and as people combine them: what is common, what is rare, what nobody has
LISTS = {
    "own work": ("", 20), "box all": ("?box=all", 20), "box sent": ("?box=sent", 0), "box received": ("?box=received", 0), "nearest promise": ("?box=to_answer&sort=promise", 0),
    "nearest promise of all": ("?box=all&sort=promise", 20), "state rare": ("?box=all&state=declined", 0), "state common": ("?box=all&state=concluded", 20),
    "emergency (none)": ("?box=all&urgency=emergency", 0), "name, two characters": ("?box=all&text=%E7%8E%8B%E7%A7%80", 0), "initials": ("?box=all&text=wxy", 0),
    "one character": ("?box=all&text=%E7%8E%8B", 0), "end of number": ("?box=all&text=99999", 0), "number": ("?box=all&text=BENCH00199345", 0),
    "diagnosis": ("?box=all&text=%E8%84%91%E6%A2%97%E6%AD%BB", 20), "text without a match": ("?box=all&text=zzzzq", 0), "direction": ("?box=all&route=township%3Ecounty", 0),
    "direction (none)": ("?box=all&route=city%3Ecounty", 0), "service": ("?box=all&service=inpatient", 20), "service (none)": ("?box=all&service=advice", 0),
    "green channel": ("?box=all&channel=green", 0), "trauma (none)": ("?box=all&channel=trauma", 0), "disease": ("?box=all&disease=I63", 0), "overdue": ("?box=all&overdue=1", 0),
    "overridden": ("?box=all&overridden=1", 0), "batch (none)": ("?box=all&batch=P1", 0), "my own": ("?box=all&doctor=me", 0), "last week": ("?box=all&since=week", 0),
    "a past month": ("?box=all&since=2024-03-01&until=2024-03-31", 0), "many at once": ("?box=all&service=inpatient&channel=green&disease=I63&since=quarter&sort=promise", 0),
    "deep page": ("?box=all&after=5000", 20),
}  # fmt: skip


def every_list(meter: Meter, people: dict[str, Browser], times: int) -> None:
    """CPU per request of every list by every person, the dearest first: both together, of the application p50 and p95, of the database the mean."""
    rows = []
    for who, browser in people.items():
        for name, (query, least) in LISTS.items():
            once = worklist(browser, meter.url, query, 0 if who != "office" else least)
            p50, p95, database = meter.spread(once, times)
            rows.append((p50 + database, p95 + database, p50, p95, database, who, name, len(list(spoken(once)))))
    print(f"CPU per request, milliseconds · {datetime.now(UTC):%Y-%m-%d} · {population.REFERRALS:,} referrals · a million turns of a Python loop: {loop():.0f} ms")
    for whole, worst, p50, p95, database, who, name, statements in sorted(rows, reverse=True):
        print(f"  {who:9} {name:24} {whole:5.1f} (p95 {worst:5.1f})  application {p50:4.1f} (p95 {p95:4.1f})  database {database:5.1f}  {statements} statements")


# -- measuring


@dataclass
class Meter:
    """CPU seconds of this process and of the application's backends."""

    url: str

    def backends(self) -> float:
        with psycopg.connect(self.url) as connection:
            pids = connection.execute("SELECT pid FROM pg_stat_activity WHERE usename = %s", [APPLICATION]).fetchall()
        return sum(seconds_of(pid) for (pid,) in pids)

    def measure(self, once: Callable[[], None], times: int) -> dict[str, float]:
        """Milliseconds of CPU and of the clock per request, of the least disturbed of five batches; the first ones only warm up."""
        for _ in range(20):
            once()
        return min((self._batch(once, max(1, times // BATCHES)) for _ in range(BATCHES)), key=lambda batch: batch["cpu"])

    def spread(self, once: Callable[[], None], times: int) -> tuple[float, float, float]:
        """p50 and p95 of the application's CPU of single requests, and the database's mean (its clock ticks too coarsely), of the least disturbed batch."""
        for _ in range(10):
            once()
        return min((self._spread(once, max(20, times // BATCHES)) for _ in range(BATCHES)), key=lambda batch: batch[0] + batch[2])

    def _spread(self, once: Callable[[], None], times: int) -> tuple[float, float, float]:
        spent, database = [], self.backends()
        for _ in range(times):
            began = time.process_time()
            once()
            spent.append((time.process_time() - began) * 1000)
        spent.sort()
        return spent[len(spent) // 2], spent[int(len(spent) * 0.95)], (self.backends() - database) / times * 1000

    def _batch(self, once: Callable[[], None], times: int) -> dict[str, float]:
        database, application, clock = self.backends(), time.process_time(), time.perf_counter()
        for _ in range(times):
            once()
        application, clock = time.process_time() - application, time.perf_counter() - clock
        database = self.backends() - database
        return {"application": application / times * 1000, "database": database / times * 1000,
                "cpu": (application + database) / times * 1000, "clock": clock / times * 1000}  # fmt: skip

    def limit(self, once: Callable[[], None], times: int, url: str) -> dict[str, float]:
        """The same statements, as one request sent them, through bare psycopg in a transaction that is undone."""
        statements = list(spoken(once))
        with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
            pid, spent = connection.info.backend_pid, [0.0, 0.0]
            for turn in range(times + 5):
                if turn == 5:
                    spent = [seconds_of(pid), time.process_time()]
                for statement, parameters in statements:
                    cursor = connection.execute(statement, parameters)
                    if cursor.description:
                        cursor.fetchall()
                connection.rollback()
            database, application = seconds_of(pid) - spent[0], time.process_time() - spent[1]
        return {"statements": len(statements), "cpu": (application + database) / times * 1000}


def spoken(once: Callable[[], None]) -> Iterator[tuple[str, Any]]:
    """The statements of one request, which is undone."""
    from django.core import signals
    from django.db import close_old_connections, connection, transaction

    heard: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not re.match("SAVEPOINT|RELEASE|NOTIFY", str(sql)):
            heard.append((str(sql), params or None))
        return execute(sql, params, many, context)

    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    with transaction.atomic():
        with connection.execute_wrapper(listen):
            once()
        transaction.set_rollback(True)
    for signal in ends:
        signal.connect(close_old_connections)
    return iter(heard)


def loop() -> float:
    """Milliseconds of CPU for a million turns of a Python loop: how fast this machine was meanwhile."""
    began, total = time.process_time(), 0
    for turn in range(1_000_000):
        total += turn * turn % 7
    return (time.process_time() - began) * 1000


def seconds_of(pid: int) -> float:
    said = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


# -- setting up


def prepare(cluster: Cluster, home: Path) -> None:
    """Structure, rights and the large county by the platform's own commands; then a year of referrals."""
    command(cluster, home, OWNER, "migrate")
    command(cluster, home, APPLICATION, "demo", "--size", "large")
    population.fill(cluster.url(OWNER), datetime.now(UTC))


def command(cluster: Cluster, home: Path, role: str, *words: str) -> None:
    environ = {**os.environ, "DATABASE_URL": cluster.url(role), "YILIANTI_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-m", "yilianti.cli", *words], env=environ, cwd=ROOT, check=True)


@contextlib.contextmanager
def running(asked: argparse.Namespace) -> Iterator[Cluster]:
    """A server with the data; in `--keep` a folder that is made once and used again."""
    with contextlib.ExitStack() as stack:
        folder = Path(asked.keep) if asked.keep else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ylt-web-")))
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        cluster = Cluster(folder, log=folder / "server.log", durable=True)
        fresh = not (folder / "loaded").exists()
        cluster.make(asked.postgres)
        cluster.start(asked.postgres)
        stack.callback(cluster.stop)
        os.environ |= {"DATABASE_URL": cluster.url(APPLICATION), "YILIANTI_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "yilianti.config.settings"}
        if fresh:
            prepare(cluster, folder)
            (folder / "loaded").touch()
        else:
            command(cluster, folder, OWNER, "migrate")
        with psycopg.connect(cluster.url(OWNER), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        yield cluster


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=500)
    options.add_argument("--postgres", choices=("system", "wheel"))
    options.add_argument("--keep", help="folder of a database to make once and use again")
    options.add_argument("--lists", action="store_true", help="the list of referrals by every filter and person instead")
    options.add_argument("--json", action="store_true")
    options.add_argument("--profile", choices=tuple(AIMS), help="print where one path spends its time")
    asked = options.parse_args()
    with running(asked) as cluster:
        from yilianti.config.wsgi import application

        doctor, office = Browser(application).sign_in("township"), Browser(application).sign_in("office")
        url = cluster.url(OWNER)
        paths = {"create": create(doctor, url), "search": search(doctor, url), "list": worklist(office, url)}
        if asked.lists:
            people = {"office": office, "township": doctor, "manager": Browser(application).sign_in("manager")}
            every_list(Meter(url), people, asked.requests)
        elif asked.profile:
            profile(paths[asked.profile], asked.requests)
        else:
            report(Meter(url), paths, asked, cluster)
        from django.db import connection

        connection.close()
        connection.close_pool()
    return 0


def profile(once: Callable[[], None], times: int) -> None:
    import cProfile
    import pstats

    for _ in range(20):
        once()
    with cProfile.Profile() as profiled:
        for _ in range(times):
            once()
    for statement, parameters in spoken(once):
        print(statement[:400].replace("\n", " "), str(parameters)[:200])
    pstats.Stats(profiled).sort_stats("cumulative").print_stats(110)
    pstats.Stats(profiled).sort_stats("tottime").print_stats(50)


def report(meter: Meter, paths: dict[str, Callable[[], None]], asked: argparse.Namespace, cluster: Cluster) -> None:
    figures = {name: meter.measure(once, asked.requests) for name, once in paths.items()}
    limits = {name: meter.limit(once, asked.requests, cluster.url(APPLICATION)) for name, once in paths.items()}
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {cluster.record()['major']}"
    if asked.json:
        print(json.dumps({"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine, "figures": figures, "limits": limits}))
        return
    print(f"CPU per request, milliseconds · {datetime.now(UTC):%Y-%m-%d} · {machine}, fsync on · a million turns of a Python loop: {loop():.0f} ms")
    for name, figure in figures.items():
        limit = limits[name]
        print(f"  {name:7} {figure['cpu']:6.1f}  (application {figure['application']:5.1f}, database {figure['database']:5.1f}; clock {figure['clock']:5.1f})"
              f"   aim {AIMS[name]:4.0f}   limit: {limit['statements']} statements through bare psycopg {limit['cpu']:.1f}")


if __name__ == "__main__":
    raise SystemExit(main())
