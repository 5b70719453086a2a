"""A county's year settled: `python benchmarks/settlement.py [--scale 1000000] [--keep FOLDER] [--postgres system|wheel]`.

A PostgreSQL of its own (fsync on while measured) is filled with so many insured residents and as many bills of ten lines each. Then, by the platform's own actions: twelve months reckoned into the
ledger, the last month again after one bill in a hundred was corrected, the year's run of 300 members, their signed statements, the replay, the pages that lead from a figure down to a bill.
Beside it in the same run the same sums by pandas and by DuckDB from the rows exported to Parquet, and bill by bill in Python on a sample. Every sum is compared to the fen; exit 1 where one differs.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT / "src"), str(ROOT), *(folder for folder in sys.path if Path(folder).resolve() != ROOT / "benchmarks")]
os.environ.setdefault("OMP_NUM_THREADS", "2")

from benchmarks import beside, insured  # noqa: E402
from benchmarks.meter import Meter  # noqa: E402
from yilianti.cli.postgres import Cluster  # noqa: E402
from yilianti.cli.postgres.cluster import APPLICATION, OWNER, SUPERUSER  # noqa: E402

TOWNSHIPS, CLINICS = 20, 274
#: While it is filled nothing need survive a crash, and what is written into a fresh table needs no journal.
FILLING = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=8GB", "maintenance_work_mem=512MB"]


def at() -> datetime:
    """When the year is settled."""
    from zoneinfo import ZoneInfo

    return datetime(insured.YEAR + 1, 1, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


# -- the county


def scene(townships: int, clinics: int) -> dict[str, Any]:
    """Institutions and people, by the factories of the tests; what later runs need to find them again."""
    from yilianti.settlement.budget.tests import factories

    made = factories.scene(at())
    county = made.claims.people.county
    places = insured.members(county, townships, clinics) | {"purchased": [made.private.pk], "outside": [made.city.pk]}
    return {"places": places, "people": {"finance": made.finance.account, "bureau": made.bureau.account}}


def prepared(cluster: Cluster, folder: Path, scale: int, forced: str | None) -> dict[str, Any]:
    """The filled county; made once, and taken back to what it was at each further run."""
    mark = folder / "county.json"
    if mark.exists():
        held: dict[str, Any] = json.loads(mark.read_text())
        if held["scale"] != scale:
            raise SystemExit(f"{folder} holds {held['scale']:,} insured; ask for as many, or for another folder.")
        cluster.start(forced)
        _migrate(cluster)
        taken_back(cluster)
        return held | {"filled": "kept from an earlier run"}
    began = time.perf_counter()
    cluster.more = FILLING
    cluster.start(forced)
    _migrate(cluster)
    parts = [f"tables {time.perf_counter() - began:.0f} s"]
    _django(cluster)
    held = {"scale": scale, **scene(*((TOWNSHIPS, CLINICS) if scale > 20_000 else (4, 12)))}
    insured.fill(cluster.url(SUPERUSER), scale, held["places"], parts.append)
    _close()
    cluster.stop(seconds=120)
    cluster.more = []
    cluster.start(forced)
    held["filled"] = f"INSERT … SELECT inside the server, indexes made again behind the rows, fsync off: {time.perf_counter() - began:.0f} s ({', '.join(parts)})"
    mark.write_text(json.dumps(held))
    return held


def _migrate(cluster: Cluster) -> None:
    subprocess.run([sys.executable, "-m", "yilianti.cli", "migrate"], env={**os.environ, "DATABASE_URL": cluster.url(OWNER), "PYTHONPATH": str(ROOT / "src")}, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def taken_back(cluster: Cluster) -> None:
    """The kept county as it was filled: no package, no ledger, no settlement, no correction."""
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'budget\\_%' OR tablename LIKE 'distribution\\_%'").fetchall()]
        connection.execute(f"TRUNCATE {', '.join(tables)}")
        connection.execute("UPDATE claims_claim SET basic = basic - 700, fund = fund - 700, person = person + 700, turn = 1 WHERE turn = 2")
        connection.execute("VACUUM ANALYZE")


@contextlib.contextmanager
def running(asked: argparse.Namespace) -> Iterator[tuple[Cluster, dict[str, Any]]]:
    with contextlib.ExitStack() as stack:
        folder = Path(asked.keep) if asked.keep else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ylt-settlement-")))
        folder.mkdir(exist_ok=True, parents=True)
        folder.chmod(0o755)
        cluster = Cluster(folder, log=folder / "server.log", durable=True)
        os.environ["YILIANTI_HOME"] = str(folder)
        cluster.make(asked.postgres)
        stack.callback(cluster.stop, seconds=60)
        held = prepared(cluster, folder, asked.scale, asked.postgres)
        _django(cluster)
        stack.callback(_close)
        yield cluster, held


def _django(cluster: Cluster) -> None:
    os.environ |= {"DATABASE_URL": cluster.url(APPLICATION), "DJANGO_SETTINGS_MODULE": "yilianti.config.settings"}
    import django

    django.setup()


def _close() -> None:
    from django.db import connection

    connection.close()
    connection.close_pool()


# -- what a county does


def package(actors: dict[str, Any], scale: int) -> Any:
    """The year's package, drafted by finance and fixed by the bureau: some 930 yuan a head."""
    from yilianti.settlement.budget import actions

    facts = {"persons": scale, "funding": f"{scale * 1060}.00", "risk": f"{scale * 50}.00", "catastrophic": f"{scale * 30}"}
    drafted = actions.draft(actor=actors["finance"], consortium="yunxi", year=insured.YEAR, fund="resident", facts=facts, document="基准测试", at=at())
    return actions.fix(actor=actors["bureau"], number=drafted.number, resolution="基准测试决议 1 号", at=at())


def told(actors: dict[str, Any], package: Any) -> int:
    """Heads and score of every member, told one by one."""
    from yilianti.settlement.distribution import actions, gathering

    union, sharing = package.consortium, gathering.members(package.consortium, insured.YEAR)
    for number, one in enumerate(sharing):
        for name, value in (("heads", str(500 + number * 7)), ("score", f"{70 + number % 30}.5")):
            actions.tell(actor=actors["finance"], consortium=union, year=insured.YEAR, institution=one.pk, name=name, value=value, document="基准测试", at=at())
    actions.tell(actor=actors["finance"], consortium=union, year=insured.YEAR, institution=None, name="score", value="92", document="基准测试", at=at())
    return len(sharing)


def months(actors: dict[str, Any], package: Any, which: range) -> list[Any]:
    from yilianti.settlement.budget import api as budget

    return [budget.reckon_month(actor=actors["finance"], number=package.number, month=date(insured.YEAR, month, 1), at=at()) for month in which]


def corrected(cluster: Cluster) -> int:
    """One bill in a hundred priced otherwise by 7 yuan, all at once: what corrections leave behind, not how they are made."""
    with psycopg.connect(cluster.url(SUPERUSER)) as connection:
        found = connection.execute("UPDATE claims_claim SET basic = basic + 700, fund = fund + 700, person = person - 700, turn = 2 WHERE number ~ '^FB.*50$' AND gap = '' AND person >= 700 AND state = 'filed'")
        return found.rowcount


def settled(meter: Meter, actors: dict[str, Any], package: Any, members: int) -> Any:
    """The year's run, its statements counted apart."""
    from yilianti.settlement.distribution import actions
    from yilianti.settlement.distribution.actions import preparing

    plain: Callable[..., Any] = preparing.prepare

    def prepare(**given: Any) -> Any:
        meter.mark(f"the year's run of {members} members, step by step")
        found = plain(**given)
        meter.mark("statements made and signed")
        return found

    preparing.prepare = prepare  # type: ignore[assignment]
    try:
        return actions.reckon(actor=actors["finance"], package=package, at=at())
    finally:
        preparing.prepare = plain


def explained(account: int, settlement: Any, package: Any) -> list[tuple[str, int, float]]:
    """The pages from a statement's figure down to a bill: what each is, statements, seconds (the best of three)."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import NoReverseMatch, reverse

    from yilianti.settlement.budget import api as budget

    client, statement = _signed_in(Client(HTTP_HOST="127.0.0.1:8000"), account), settlement.statements.order_by("-final").first()
    line = budget.charged_lines(package, institution=statement.institution_id).order_by("-id").select_related("claim").first()
    pages = [("the settlement, 300 statements", reverse("distribution:settlement", args=[settlement.number])), ("a statement, its lines with the tree behind each", reverse("distribution:statement", args=[statement.number]))]
    with contextlib.suppress(NoReverseMatch):
        number = package.number
        pages += [("the package's year", reverse("budget:package", args=[number])), ("a month and its ledger lines", reverse("budget:month", args=[number, f"{insured.YEAR}-12"])), ("where care leaves the county", reverse("budget:leakage", args=[number]))]
    pages.append(("a bill, its ten lines", f"/claims/{line.claim.number}/"))
    found = []
    for what, url in pages:
        spent = []
        for _ in range(3):
            with CaptureQueriesContext(connection) as asked:
                began = time.perf_counter()
                answer = client.get(url)
                spent.append(time.perf_counter() - began)
            assert answer.status_code == 200, (url, answer.status_code)
        found.append((what, len(asked), min(spent)))
    return found


def _signed_in(client: Any, account: int) -> Any:
    """Past the login page: what it notes of a login is noted."""
    from django.utils import timezone

    from yilianti.registry.access import sessions
    from yilianti.registry.access.models import Account, Login

    owner = Account.objects.get(pk=account)
    client.force_login(owner)
    now, session = timezone.now(), client.session
    sessions.begin(session, Login.objects.create(account=owner, began_at=now, seen_at=now, factor="code").pk)
    session.save()
    return client


# -- the run


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", type=int, default=1_000_000, help="insured residents, and bills of ten lines")
    options.add_argument("--sample", type=int, default=5_000, help="bills that are gone through one by one in Python")
    options.add_argument("--postgres", choices=("system", "wheel"))
    options.add_argument("--keep", help="folder of a database to make once and use again")
    asked = options.parse_args()
    began, load = time.perf_counter(), os.getloadavg()[0]
    with running(asked) as (cluster, held):
        with tempfile.TemporaryDirectory(prefix="ylt-parquet-") as folder:
            wrong = measured(cluster, held, asked, Path(folder))
        print(f"\n{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {cluster.record()['major']}, load {load:.1f} before, {os.getloadavg()[0]:.1f} after; "
              f"the whole run {time.perf_counter() - began:.0f} s. Filled: {held['filled']}.")
    return 1 if wrong else 0


def measured(cluster: Cluster, held: dict[str, Any], asked: argparse.Namespace, folder: Path) -> list[str]:
    """Every figure printed; what came out otherwise than by others."""
    from yilianti.registry.access import api as access
    from yilianti.settlement.distribution import replaying

    exporting = beside.export(cluster.url(OWNER), folder, *beside.ROWS)
    actors = {name: access.actor_for(account, at()) for name, account in held["people"].items()}
    year = package(actors, asked.scale)
    with Meter(cluster.process.pid if cluster.process else 0) as meter:
        kept = months(actors, year, range(1, 13))
        meter.mark("twelve months reckoned into the ledger")
        cells = beside.ledger(year.pk)
        meter.mark("the sums below read from the ledger")
        changed = corrected(cluster)
        meter.skip()
        (again,) = months(actors, year, range(12, 13))
        meter.mark(f"December again after {changed:,} corrections: {again.lines:,} lines")
        members = told(actors, year)
        meter.mark(f"heads and score of {members} members told, one by one")
        settlement = settled(meter, actors, year, members)
        replay = replaying.replayed(settlement)
        meter.mark("replay: every step again, every signature verified")
    print(f"{asked.scale:,} insured, {asked.scale:,} bills, {asked.scale * insured.LINES:,} lines; {sum(one.lines for one in kept):,} ledger lines of twelve months\n")
    print(meter.table())
    print("\n| page | statements | seconds, the best of three |\n|---|---|---|")
    for what, count, seconds in explained(held["people"]["bureau"], settlement, year):
        print(f"| {what} | {count} | {seconds:.3f} |")
    wrong = [] if all(one.same for one in replay) else ["the replay came out otherwise"]
    print(f"\n| the same sums of twelve months from Parquet (exported in {exporting:.0f} s) | lines summed to bills s | bills summed s | CPU s | peak MB |\n|---|---|---|---|---|")
    for way in beside.ways():
        other = beside.run(way, folder, held["places"])
        print(f"| {way} | {other['lines']:.1f} | {other['bills']:.1f} | {other['cpu']:.1f} | {other['peak']:,} |")
        wrong += [f"{way}: {said}" for said in beside.differences(other["found"], cells, kept)]
    beside.export(cluster.url(OWNER), folder, "claims")
    after = beside.run(beside.ways()[-1], folder, held["places"])["found"]
    wrong += [f"corrected: {said}" for said in beside.differences(after, beside.ledger(year.pk, by_month=False), [again])]
    many, spent = beside.one_by_one(year, again, held["places"], asked.sample)
    print(f"\nBill by bill in Python, a row written for each: {many:,} in {spent:.1f} s, so some {spent / many * sum(one.lines for one in kept):.0f} s for as many as the ledger has (extrapolated).")
    print("\nEvery sum the same to the fen." if not wrong else "\nDIFFERS: " + "; ".join(wrong))
    return wrong


if __name__ == "__main__":
    raise SystemExit(main())
