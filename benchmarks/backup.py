"""How long a backup and a restore drill take, per gigabyte, beside a plain copy of the same files in the same run.

python benchmarks/backup.py [million rows, default 1]: an embedded PostgreSQL of its own, filled with journal-like rows.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from yilianti.cli.backups import drilling, making, store
from yilianti.cli.home import ROOT, Home
from yilianti.cli.postgres import Cluster
from yilianti.cli.postgres.cluster import OWNER, SUPERUSER

FILL = """INSERT INTO kernel_journalentry (at, word, actor_name, subject, facts, policy_refs)
          SELECT now(), 'referral.submitted', '测试', 'referral:' || n, jsonb_build_object('number', md5(n::text), 'note', repeat(md5(n::text), 12)), '{}'
          FROM generate_series(1, %s) AS n"""


def main() -> None:
    rows = int(float(sys.argv[1] if len(sys.argv) > 1 else 1) * 1_000_000)
    folder = Path(tempfile.mkdtemp(prefix="ylt-bench-"))
    folder.chmod(0o755)
    home = Home(folder)
    home.make()
    place = store.Store(folder / "backups")
    cluster = Cluster(home.postgres, log=home.logs / "postgres.log", archive=place.wal)
    try:
        cluster.make()
        cluster.start()
        environ = {**os.environ, "DATABASE_URL": cluster.url(OWNER), "PYTHONPATH": str(ROOT / "src"), "YILIANTI_HOME": str(folder)}
        subprocess.run([sys.executable, "-m", "yilianti.cli", "migrate"], env=environ, check=True, stdout=subprocess.DEVNULL)
        with psycopg.connect(cluster.url(OWNER)) as connection:
            connection.execute(FILL, [rows])
        with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        measure(home, place, cluster)
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(home: Home, place: store.Store, cluster: Cluster) -> None:
    quiet = contextlib.redirect_stdout(io.StringIO())
    started = time.monotonic()
    subprocess.run(["sh", "-c", f"cp -r {cluster.data} {home.path}/copy && sync {home.path}/copy"], check=True)
    copied = time.monotonic() - started
    shutil.rmtree(home.path / "copy")
    with quiet:
        started = time.monotonic()
        made = making.full(home, place, cluster)
        backed_up = time.monotonic() - started
        report = drilling.drill(place, home.path / "drill", living=cluster)
    gigabytes = made["database_bytes"] / 1e9
    size = sum(part["bytes"] for part in made["parts"].values()) / 1e9
    print(f"database {gigabytes:.2f} GB, backup {size:.2f} GB; drill {'well' if report['well'] else report['faults']}")
    print(f"plain copy {copied:.1f} s; backup {backed_up:.1f} s ({backed_up / gigabytes:.0f} s/GB); drill {report['total_seconds']} s ({report['total_seconds'] / gigabytes:.0f} s/GB)")
    print(f"backup steps {made['seconds']}\ndrill steps {report['seconds']}")


if __name__ == "__main__":
    main()
