"""Claim lines summed to claims and priced: `python benchmarks/claims.py [--lines 10000000]`.

The rules are shipped ones put together: the Anhui ladder with its rules outside the area and its yearly cap, a sample of catastrophic insurance, medical aid of Pingli.
Where pandas is installed, two plain readings of the same rules run on the same lines in the same run, each in a process of its own that may use two cores (ours does, pandas cannot), and every amount is compared:
one with merges and cumulative sums a person and year (which these rules happen to allow), one claim by claim in a loop (which any rule allows).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT / "src"), *(folder for folder in sys.path if Path(folder).resolve() != ROOT / "benchmarks")]
CORES = sorted(os.sched_getaffinity(0))[:2] if hasattr(os, "sched_setaffinity") else []
os.environ.setdefault("OMP_NUM_THREADS", "2")

import numpy as np  # noqa: E402

PARTS = ("total", "fully_own", "over_limit", "first_self")
SHARES = ("deductible", "basic", "catastrophic", "aid")
DESTITUTE, ILLNESS_POOR, POOR = "destitute", "illness_poor", "poor"


def written(folder: Path, count: int) -> None:
    """Lines in no order: some 25 a claim, some 4 claims a person in two years, one in eight outside the area, one in ten in a group."""
    chance = np.random.default_rng(7)
    claims = max(count // 25, 1)
    lines = {"claim": chance.integers(0, claims, count), "total": np.minimum(chance.lognormal(8.5, 1.6, count).astype(np.int64) + 1, 20_000_000)}
    for name in PARTS[1:]:
        lines[name] = np.where(chance.random(count) < 0.1, lines["total"] // 4, 0)
    for name, values in lines.items():
        np.save(folder / f"line_{name}.npy", values.astype(np.int64))
    person = chance.integers(0, max(claims // 4, 1), claims)
    group = chance.choice(4, max(claims // 4, 1), p=[0.9, 0.03, 0.03, 0.04])[person]
    area = chance.choice(3, claims, p=[0.875, 0.075, 0.05])
    heads = {"person": person, "discharged": chance.integers(date(2025, 1, 1).toordinal(), date(2026, 12, 31).toordinal(), claims), "level": chance.choice([0, 1, 2, 3, 5, 6], claims),
             "area": area, "way": chance.choice([0, 1, 3], claims), "group": group}  # fmt: skip
    for name, values in heads.items():
        np.save(folder / f"head_{name}.npy", values.astype(np.int64))


def read(folder: Path, kind: str) -> dict[str, Any]:
    return {path.stem.removeprefix(f"{kind}_"): np.load(path) for path in sorted(folder.glob(f"{kind}_*.npy"))}


def editions() -> dict[str, Any]:
    from yilianti import policybook
    from yilianti.policybook.places import Place

    policybook.open_at(None)
    day = date(2026, 6, 1)
    where = {"inpatient": Place("", "341102"), "elsewhere": Place("", "341102"), "catastrophic": Place("sample-wuhan"), "aid": Place("", "610926")}
    return {name: policybook.in_force(f"settlement.benefit.{name}", day, place) for name, place in where.items()}


def ours(lines: dict[str, Any], heads: dict[str, Any], policies: dict[str, Any]) -> tuple[dict[str, Any], float]:
    from dataclasses import fields

    from yilianti.settlement.claims import pricing
    from yilianti.settlement.claims.pricing.block import PLAIN
    from yilianti.settlement.claims.pricing.lines import summed
    from yilianti.settlement.claims.pricing.terms import BIT, Group

    claim, amounts = summed(lines["claim"], {name: lines[name] for name in PARTS})
    between = time.perf_counter()
    mine = {name: values[claim] for name, values in heads.items()}
    bits = np.array([0, BIT[Group.DESTITUTE], BIT[Group.ILLNESS_POOR], BIT[Group.POOR]])
    size = len(claim)
    given = {**mine, **amounts, "rank": claim, "year": (mine["discharged"] >= date(2026, 1, 1).toordinal()).astype(np.int64), "groups": bits[mine["group"]]}
    block = pricing.Block(**{one.name: given[one.name] if one.name in given else np.broadcast_to(np.int64(PLAIN.get(one.name, 0)), size) for one in fields(pricing.Block)})
    found = pricing.price(block, [pricing.benefit_of(policies)])
    assert not found.gap.any()
    return {name: getattr(found, name) for name in SHARES}, between


def theirs(lines: dict[str, Any], heads: dict[str, Any], policies: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """Plain pandas: what an analyst would write for these rules, in whole fen."""
    import pandas as pd

    from yilianti.settlement.claims.pricing.terms import AREAS, LEVELS, WAYS

    def fen(cell: str) -> int:
        return round(float(cell) * 100)

    frame = pd.DataFrame(lines).groupby("claim")[list(PARTS)].sum()
    between = time.perf_counter()
    frame = frame.join(pd.DataFrame(heads))
    frame["id"] = frame.index
    frame["year"] = frame["discharged"] >= date(2026, 1, 1).toordinal()
    frame = frame.sort_values(["person", "discharged", "id"])
    ladder = pd.DataFrame(policies["inpatient"].table.dicts())
    ladder["level"] = ladder["level"].map({str(level): place for place, level in enumerate(LEVELS)})
    ladder[["line", "ratio"]] = ladder[["deductible", "ratio"]].map(fen)
    away = pd.DataFrame(policies["elsewhere"].table.dicts())
    away["area"], away["way"] = away["area"].map({str(one): n for n, one in enumerate(AREAS)}), away["way"].map({str(one): n for n, one in enumerate(WAYS)})
    for name in ("times", "percent", "least", "most", "points"):
        away[name] = away[name].map(lambda cell: fen(cell) if cell else 0)
    frame = frame.merge(ladder[["level", "line", "ratio"]], on="level", how="left").merge(away.drop(columns="fixed"), on=["area", "way"], how="left")
    frame[["times", "percent", "least", "most", "points"]] = frame[["times", "percent", "least", "most", "points"]].fillna(0).astype("int64")
    frame["scope"] = frame["total"] - frame["fully_own"] - frame["over_limit"] - frame["first_self"]
    line = frame["line"].where(frame["times"] == 0, (frame["line"] * frame["times"] + 50) // 100)
    line = line.where(frame["percent"] == 0, ((frame["total"] * frame["percent"] + 5000) // 10000).clip(frame["least"], frame["most"]))
    frame["deductible"] = pd.concat([line, frame["scope"]], axis=1).min(axis=1)
    rate = (frame["ratio"] + frame["points"]).clip(0, 10000)
    frame["paid"] = ((frame["scope"] - frame["deductible"]) * rate + 5000) // 10000
    by = ["person", "year"]

    def step(sums: Any) -> Any:
        """What each claim adds to a running sum."""
        return sums - sums.groupby([frame["person"], frame["year"]]).shift(fill_value=0)

    frame["basic"] = step(frame.groupby(by)["paid"].cumsum().clip(upper=fen(policies["inpatient"]["yearly_most"])))
    frame["self"] = frame["scope"] - frame["basic"]
    counted = frame.groupby(by)["self"].cumsum()
    rule, poor = policies["catastrophic"], frame["group"] == 3
    start = pd.Series(fen(rule["line"]), index=frame.index).mask(poor, fen(rule["poor_line"]))
    rows = list(rule.table.dicts())
    covered = pd.Series(0, index=frame.index)
    for row, above in zip(rows, [*[fen(one["over"]) for one in rows[1:]], 1 << 52], strict=True):
        low = start.clip(lower=fen(row["over"]))
        share = pd.Series(fen(row["ratio"]), index=frame.index).mask(poor, fen(row["poor_ratio"]))
        covered += ((counted.clip(upper=above) - low).clip(lower=0) * share + 5000) // 10000
    frame["catastrophic"] = step(covered.clip(upper=fen(rule["cap"])).where(~poor, covered))
    frame["rest"] = frame["self"] - frame["catastrophic"]
    left = frame.groupby(by)["rest"].cumsum()
    aided = {row["group"]: row for row in policies["aid"].table.dicts()}
    ill, destitute = aided[ILLNESS_POOR], frame["group"] == 1
    for_ill = (((left - fen(ill["line"])).clip(lower=0) * fen(ill["ratio"]) + 5000) // 10000).clip(upper=fen(ill["cap"]))
    for_poor = aided[POOR]
    helped = pd.Series(0, index=frame.index).mask(destitute, left).mask(frame["group"] == 2, for_ill)
    # The cap of the poor rises once catastrophic insurance has paid: reckoned person by person.
    frame["aid"] = step(helped)
    frame.loc[poor, "aid"] = _poor_one_by_one(frame[poor], fen(for_poor["ratio"]), fen(for_poor["cap"]), fen(for_poor["cap_above"]))
    frame = frame.sort_values("id")
    return {name: frame[name].to_numpy() for name in SHARES}, between


def _poor_one_by_one(frame: Any, ratio: int, cap: int, cap_above: int) -> list[int]:
    found, key, left, used, insured = [], None, 0, 0, 0
    for person, year, rest, catastrophic in zip(frame["person"], frame["year"], frame["rest"], frame["catastrophic"], strict=True):
        if (person, year) != key:
            key, left, used, insured = (person, year), 0, 0, 0
        insured += catastrophic
        gained = ((left + rest) * ratio + 5000) // 10000 - (left * ratio + 5000) // 10000
        left += rest
        aid = min(gained, max((cap_above if insured else cap) - used, 0))
        used += aid
        found.append(aid)
    return found


def one_by_one(lines: dict[str, Any], heads: dict[str, Any], policies: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """Pandas for the lines, then claim by claim in a loop: how rules are written that are no cumulative sums (a deductible carried on, a cap that turns on another layer)."""
    import pandas as pd

    from yilianti.settlement.claims.pricing import benefit_of
    from yilianti.settlement.claims.pricing.terms import ENDLESS, UNKNOWN

    frame = pd.DataFrame(lines).groupby("claim")[list(PARTS)].sum()
    between = time.perf_counter()
    frame = frame.join(pd.DataFrame(heads))
    frame["id"] = frame.index
    frame["year"] = frame["discharged"] >= date(2026, 1, 1).toordinal()
    frame = frame.sort_values(["person", "discharged", "id"])
    rules = benefit_of(policies)
    inpatient, other, insurance, aid = rules.inpatient, rules.elsewhere, rules.catastrophic, rules.aid
    assert inpatient and other and insurance and insurance.bands and insurance.poor_bands and aid
    line_of, away = inpatient.line.tolist(), {name: getattr(other, name).tolist() for name in ("times", "percent", "least", "most", "points")}
    ratio_of = {level: bands.ratio[0] for level, bands in inpatient.bands.items()}
    ladders = [[(max(low, start), high, ratio) for low, high, ratio in bands.edges()] for bands, start in ((insurance.bands, insurance.line), (insurance.poor_bands, insurance.poor_line))]
    rows = {1: DESTITUTE, 2: ILLNESS_POOR, 3: POOR}
    aided = {group: next(row for row in aid.rows if row.group == name) for group, name in rows.items()}
    found, key, basic_used, counted, insured, left, helped = [], None, 0, 0, 0, 0, 0
    for claim in frame.itertuples(index=False):
        if (claim.person, claim.year) != key:
            key, basic_used, counted, insured, left, helped = (claim.person, claim.year), 0, 0, 0, 0, 0
        scope = claim.total - claim.fully_own - claim.over_limit - claim.first_self
        line, ratio = line_of[claim.level], ratio_of[claim.level]
        times, percent, points = (away[name][claim.area][claim.way] for name in ("times", "percent", "points"))
        if percent != UNKNOWN:
            line = min(max((claim.total * percent + 5000) // 10000, away["least"][claim.area][claim.way]), away["most"][claim.area][claim.way])
        elif times != UNKNOWN:
            line = (line * times + 50) // 100
        ratio += points if points != UNKNOWN else 0
        deductible = min(line, scope)
        basic = min(((scope - deductible) * ratio + 5000) // 10000, inpatient.yearly_most - basic_used)
        basic_used += basic
        before, counted = counted, counted + scope - basic
        gained = sum((max(min(counted, high) - low, 0) * share + 5000) // 10000 - (max(min(before, high) - low, 0) * share + 5000) // 10000 for low, high, share in ladders[claim.group == 3])
        catastrophic = min(gained, (ENDLESS if claim.group == 3 else insurance.cap) - insured)
        insured += catastrophic
        before, left, given = left, left + scope - basic - catastrophic, 0
        if row := aided.get(claim.group):
            start = max(row.line, 0)
            given = (max(left - start, 0) * row.ratio + 5000) // 10000 - (max(before - start, 0) * row.ratio + 5000) // 10000
            given = min(given, max((row.cap_above if insured else row.cap) - helped, 0))
            helped += given
        found.append((claim.id, deductible, basic, catastrophic, given))
    table = np.array(sorted(found))
    return {name: table[:, column] for column, name in enumerate(SHARES, 1)}, between


WAYS = {"yilianti": ours, "pandas, cumulative sums": theirs, "pandas, claim by claim": one_by_one}


def child(which: str, folder: Path) -> None:
    """One way in this process; its seconds and its peak memory as a line of JSON."""
    if CORES:
        os.sched_setaffinity(0, CORES)
    lines, heads, policies = read(folder, "line"), read(folder, "head"), editions()
    way = WAYS[which]
    way({name: values[:10_000] for name, values in lines.items()}, heads, policies)  # modules loaded; not counted
    loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    began, used = time.perf_counter(), time.process_time()
    found, between = way(lines, heads, policies)
    ended, cpu = time.perf_counter(), time.process_time() - used
    np.savez(folder / f"found_{which}.npz", **found)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"summing": between - began, "pricing": ended - between, "all": ended - began, "cpu": cpu, "loaded": loaded, "peak": peak, "claims": len(found["basic"])}))


def _cpu() -> str:
    told = Path("/proc/cpuinfo")
    return next((line.partition(":")[2].strip() for line in told.read_text().splitlines() if line.startswith("model name")), "") if told.exists() else platform.processor()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=5, help="the quickest of so many counts")
    parser.add_argument("--child", nargs=2, metavar=("WHICH", "FOLDER"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child[0], Path(args.child[1]))
        return 0
    before = os.getloadavg()[0]
    ways = list(WAYS) if importlib.util.find_spec("pandas") else ["yilianti"]
    with tempfile.TemporaryDirectory(prefix="ylt-claims-") as folder:
        written(Path(folder), args.lines)
        runs: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
        for _ in range(args.runs):
            for way in ways:
                command = [sys.executable, __file__, "--child", way, folder]
                runs[way].append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        best = {way: min(told, key=lambda one: one["all"]) for way, told in runs.items()}
        print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {len(CORES)} cores, Python {platform.python_version()}, numpy {np.__version__}, load {before:.1f} before, {os.getloadavg()[0]:.1f} after, {_cpu()}\n")
        print(f"| way | lines | claims | summing s | pricing s | together s: best of {args.runs} (all runs) | s of CPU | peak MB (the lines themselves loaded: MB) |\n|---|---|---|---|---|---|---|---|")
        for way, one in best.items():
            all_runs = ", ".join(f"{run['all']:.2f}" for run in runs[way])
            print(f"| {way} | {args.lines:,} | {one['claims']:,} | {one['summing']:.2f} | {one['pricing']:.2f} | {one['all']:.2f} ({all_runs}) | {one['cpu']:.2f} | {one['peak']:,} ({one['loaded']:,}) |")
        found = {way: np.load(Path(folder, f"found_{way}.npz")) for way in ways}
        for way in ways[1:]:
            same = all((found["yilianti"][name] == found[way][name]).all() for name in SHARES)
            times = sorted(other["all"] / mine["all"] for mine, other in zip(runs["yilianti"], runs[way], strict=True))
            print(f"\n{best[way]['all'] / best['yilianti']['all']:.1f} times as fast as {way} ({times[0]:.1f} to {times[-1]:.1f} run by run); every amount {'the same' if same else 'DIFFERS'}")
            if not same:
                return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
