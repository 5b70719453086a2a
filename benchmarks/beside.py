"""The same sums as the ledger's by others, from rows exported to Parquet: pandas, DuckDB; and bill by bill in Python, as openIMIS's batch run (claim_batch) goes through its claims.

None of them asks the platform's code anything: who is a member is known from how the county was made.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

ROWS = {
    "claims": "SELECT id, institution_id, resident_id, kind, insurance, region, state, gap, discharged_on, total, basic, catastrophic FROM claims_claim",
    "residents": "SELECT id, merged_into_id FROM residents_resident",
    "charges": "SELECT claim_id, amount FROM claims_charge",
}
#: (month, institution, place) → fen; by month what persons under catastrophic insurance cost so far; bills without a price so far.
Cells = dict[str, int]


def exported(url: str, folder: Path, *names: str) -> float:
    """Seconds to write these rows as Parquet."""
    import duckdb

    began = time.perf_counter()
    with psycopg.connect(url) as connection:
        for name in names:
            with (folder / f"{name}.csv").open("wb") as file, connection.cursor().copy(f"COPY ({ROWS[name]}) TO STDOUT (FORMAT csv, HEADER)") as copy:
                for part in copy:
                    file.write(part)
            duckdb.execute(f"COPY (SELECT * FROM read_csv('{folder / name}.csv')) TO '{folder / name}.parquet' (FORMAT parquet)")
            (folder / f"{name}.csv").unlink()
    return time.perf_counter() - began


def export(url: str, folder: Path, *names: str) -> float:
    """The same in a process of its own, whose memory is not counted here."""
    done = subprocess.run([sys.executable, __file__, "export", str(folder), *names], env={**os.environ, "DATABASE_URL": url}, check=True, capture_output=True, text=True)
    return float(done.stdout)


# -- each in a process of its own


def by_pandas(folder: Path, member: list[int], purchased: list[int]) -> tuple[dict[str, Any], float]:
    import numpy as np
    import pandas as pd

    lines = pd.read_parquet(folder / "charges.parquet").groupby("claim_id")["amount"].sum()
    between = time.perf_counter()
    bills, people = pd.read_parquet(folder / "claims.parquet").set_index("id"), pd.read_parquet(folder / "residents.parquet").set_index("id")["merged_into_id"]
    off = int((bills["total"] != lines.reindex(bills.index)).sum())
    mine = bills[(bills["state"] == "filed") & (bills["insurance"] == "resident") & bills["region"].astype(str).str.startswith("530921")].copy()
    mine["month"] = pd.to_datetime(mine["discharged_on"]).dt.month
    merged = people.reindex(mine["resident_id"]).to_numpy()
    mine["who"] = np.where(np.isnan(merged), mine["resident_id"], merged).astype("int64")
    mine["place"] = np.where(mine["institution_id"].isin(member), "member", np.where(mine["institution_id"].isin(purchased), "purchased", "outside"))
    is_priced = mine["gap"].fillna("") == ""
    priced = mine[is_priced].copy()
    cells = priced.groupby(["month", "institution_id", "place"])["basic"].sum()
    reached = mine[mine["catastrophic"] > 0].groupby("who")["month"].min()
    priced["off"] = np.maximum(priced["who"].map(reached), priced["month"])
    persons = priced.groupby("off")["basic"].sum().reindex(range(1, 13), fill_value=0).cumsum()
    silent = mine[~is_priced].groupby("month").size().reindex(range(1, 13), fill_value=0).cumsum()
    return {"cells": {" ".join(map(str, key)): int(fen) for key, fen in cells.items() if fen}, "persons": [int(one) for one in persons], "unpriced": [int(one) for one in silent], "lines_off": off}, between


def by_duckdb(folder: Path, member: list[int], purchased: list[int]) -> tuple[dict[str, Any], float]:
    import duckdb

    base = duckdb.connect()
    base.execute(f"CREATE TABLE line AS SELECT claim_id, sum(amount) AS total FROM '{folder / 'charges.parquet'}' GROUP BY 1")
    between = time.perf_counter()
    base.execute(f"""CREATE TABLE mine AS SELECT c.*, month(discharged_on) AS month, coalesce(merged_into_id, resident_id) AS who, coalesce(gap, '') = '' AS priced,
        CASE WHEN institution_id IN {tuple(member)} THEN 'member' WHEN institution_id IN ({", ".join(map(str, purchased))}) THEN 'purchased' ELSE 'outside' END AS place
        FROM '{folder / "claims.parquet"}' c JOIN '{folder / "residents.parquet"}' r ON r.id = c.resident_id WHERE state = 'filed' AND insurance = 'resident' AND region::varchar LIKE '530921%'""")
    cells = base.execute("SELECT month, institution_id, place, sum(basic)::bigint FROM mine WHERE priced GROUP BY ALL HAVING sum(basic) <> 0").fetchall()
    persons = base.execute("""WITH reached AS (SELECT who, min(month) AS month FROM mine WHERE catastrophic > 0 GROUP BY 1)
        SELECT m, coalesce((SELECT sum(basic) FROM mine JOIN reached USING (who) WHERE priced AND mine.month <= m AND reached.month <= m), 0)::bigint FROM range(1, 13) t(m) ORDER BY m""").fetchall()
    silent = base.execute("SELECT m, (SELECT count(*) FROM mine WHERE NOT priced AND month <= m) FROM range(1, 13) t(m) ORDER BY m").fetchall()
    (off,) = base.execute(f"SELECT count(*) FROM '{folder / 'claims.parquet'}' c LEFT JOIN line l ON l.claim_id = c.id WHERE l.total IS DISTINCT FROM c.total").fetchone() or (0,)
    return {"cells": {f"{month} {institution} {place}": int(fen) for month, institution, place, fen in cells}, "persons": [int(one) for _, one in persons], "unpriced": [int(one) for _, one in silent], "lines_off": int(off)}, between


def child(way: str, folder: Path, places: dict[str, list[int]]) -> None:
    import duckdb  # noqa: F401 - starting is nobody's work
    import pandas as pd  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from benchmarks.meter import peak

    member = [*places["hospitals"], *places["centres"], *places["clinics"]]
    began, cpu = time.perf_counter(), time.process_time()
    found, between = {"pandas": by_pandas, "duckdb": by_duckdb}[way](folder, member, places["purchased"])
    print(json.dumps({"found": found, "lines": between - began, "bills": time.perf_counter() - between, "cpu": time.process_time() - cpu, "peak": peak()}))


def ways() -> list[str]:
    import importlib.util

    return ["pandas", "duckdb"] if importlib.util.find_spec("pandas") else ["duckdb"]


def run(way: str, folder: Path, places: dict[str, list[int]]) -> dict[str, Any]:
    done = subprocess.run([sys.executable, __file__, way, str(folder), json.dumps(places)], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


# -- bill by bill


def one_by_one(package: Any, reckoning: Any, places: dict[str, list[int]], sample: int) -> tuple[int, float]:
    """Bills gone through in Python, each with its lines, a row written for each; undone at the end. How many, and seconds."""
    from django.db import transaction

    from yilianti.settlement.budget.models import Charged
    from yilianti.settlement.claims.models import Claim

    member, began = {*places["hospitals"], *places["centres"], *places["clinics"]}, time.perf_counter()
    rows = Claim.objects.filter(state="filed", insurance="resident", region="530921", turn=1, gap="", basic__gt=0).select_related("institution", "resident").prefetch_related("charges").order_by("id")[:sample]
    with transaction.atomic():
        many = 0
        for claim in rows.iterator(chunk_size=500):
            own = sum(line.first_self for line in claim.charges.all())
            in_scope = sum(line.amount for line in claim.charges.all()) - own
            place = "member" if claim.institution_id in member else "purchased" if claim.institution_id in places["purchased"] else "outside"
            fen = min(claim.basic, in_scope)
            Charged.objects.create(package=package, reckoning=reckoning, claim=claim, turn=claim.turn, month=reckoning.month, discharged_on=claim.discharged_on, place=place, institution=claim.institution,
                                   home_id=claim.resident.home_id, kind=claim.kind, disease=claim.diagnoses[0][:3], drg=claim.drg, fen=fen)  # fmt: skip
            many += 1
        spent = time.perf_counter() - began
        transaction.set_rollback(True)
    return many, spent


# -- compared


def ledger(package: int, by_month: bool = True) -> Cells:
    """The ledger's own sums: (month, institution, place) → fen."""
    from django.db.models import Sum
    from django.db.models.functions import ExtractMonth

    from yilianti.settlement.budget.models import Charged

    rows = Charged.objects.filter(package=package).order_by().annotate(of=ExtractMonth("month" if by_month else "discharged_on")).values_list("of", "institution", "place").annotate(Sum("fen"))
    return {f"{month} {institution} {place}": int(fen) for month, institution, place, fen in rows if fen}


def differences(found: dict[str, Any], cells: Cells, months: list[Any]) -> Iterator[str]:
    """What another reckoned otherwise."""
    if found["lines_off"]:
        yield f"{found['lines_off']} bills are not the sum of their lines"
    if found["cells"] != cells:
        keys = sorted(key for key in found["cells"].keys() | cells.keys() if found["cells"].get(key) != cells.get(key))
        yield f"{len(keys)} sums of the ledger, first {keys[0]}: {cells.get(keys[0])} here, {found['cells'].get(keys[0])} there"
    for one in months:
        number = one.month.month
        gross = sum(fen for key, fen in found["cells"].items() if int(key.split()[0]) <= number)
        if (one.gross, one.catastrophic_persons, one.unpriced) != (gross, found["persons"][number - 1], found["unpriced"][number - 1]):
            yield f"{one.month:%Y-%m}: {one.gross}, {one.catastrophic_persons}, {one.unpriced} here; {gross}, {found['persons'][number - 1]}, {found['unpriced'][number - 1]} there"


if __name__ == "__main__":
    root = Path(__file__).parents[1]
    sys.path[:] = [str(root), *(folder for folder in sys.path if Path(folder).resolve() != root / "benchmarks")]
    if sys.argv[1] == "export":
        print(exported(os.environ["DATABASE_URL"], Path(sys.argv[2]), *sys.argv[3:]))
    else:
        child(sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3]))
