"""What the platform says of a tracing by itself, against what is known: `python benchmarks/ecg_measurements.py`.

Errors of the measurements against the two shared files that carry them and against hearts of known truth (and neurokit2's simulator, where it is
installed: its heart rate); how often exchanged electrodes are found, and cried where there are none; agreement of the first words with the
labels of the shared WFDB records. Needs the shared recordings at ../shared/data/ecg for all but the synthetic part.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT / "src"), str(ROOT), *(folder for folder in sys.path if Path(folder).resolve() != ROOT / "benchmarks")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilianti.config.settings")

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402

from tests.ecg import samples, swapping  # noqa: E402
from yilianti.care.diagnosis.ecg import examine  # noqa: E402
from yilianti.care.diagnosis.tests.synthetic import Heart, record  # noqa: E402
from yilianti.record.recordings.api import LEADS, Lead, Tracing, twelve  # noqa: E402

#: What the files call it → what we call it.
GIVEN = {"HR": "HR", "P": "P_DUR", "PR": "PR", "QRS": "QRS", "QT": "QT", "QTc": "QTC", "P_axis": "P_AXIS", "QRS_axis": "QRS_AXIS", "T_axis": "T_AXIS"}
GIVEN |= {code: code for code in GIVEN.values()}
#: SNOMED CT codes of the labels → our statements.
LABELS = {"426783006": "SR", "427084000": "STACH", "426177001": "SBRAD", "427172004": "PVC", "55827005": "LVHV", "111975006": "LNGQT", "713426002": "IRBBB", "698252002": "IVCD"}
SPOILT: dict[str, dict[str, float]] = {"clean": {}, "noise 20 µV": {"noise": 20.0}, "50 Hz 60 µV": {"mains": 60.0}, "wander 400 µV": {"wander": 400.0}}


def annotated() -> None:
    """The device's own measurements beside ours."""
    columns = list(dict.fromkeys(GIVEN.values()))
    print("\n| file | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    for path in [*samples.paths("aecg", "fda*.xml"), *samples.paths("philips", "*.xml")]:
        tracing = samples.tracing(path)
        ours = examine(tracing).measured
        theirs = {GIVEN[one.code]: one.value for one in tracing.given if one.code in GIVEN and not one.lead}
        print(f"| {path.name} | " + " | ".join(f"{ours[code] - theirs[code]:+.0f} ({theirs[code]:.0f})" if code in ours and code in theirs else "–" for code in columns) + " |")
        for ours_as, theirs_as in (("ST80", "ST_J80"),):
            off = [ours[f"{ours_as}_{one.lead}"] - one.value for one in tracing.given if one.code == theirs_as and f"{ours_as}_{one.lead}" in ours]
            if off:
                print(f"\nST at J+80 of {path.name}, {len(off)} leads: {_spread(off, 'µV')}\n")


def hearts() -> Iterator[Heart]:
    """A grid of hearts, each within what its rate allows."""
    for rr in (450.0, 600.0, 800.0, 1100.0, 1450.0):
        for qrs in (80.0, 110.0, 150.0):
            for axis in (-50.0, 40.0, 110.0):
                qt = min(0.36 * (rr / 1000.0) ** 0.5 * 1000.0 + qrs - 80.0, rr - 190.0)
                if qt - qrs < 160.0:  # no T wave is so short
                    continue
                yield Heart(rr=(rr,), qrs=qrs, qt=qt, qrs_axis=axis, pr=150.0 if rr > 500 else 130.0, p_dur=100.0 if rr > 500 else 80.0)


def synthetic() -> None:
    """Mean, SD and worst error over the grid, undisturbed and disturbed."""
    print("\n| n | " + " | ".join(("HR", "P_DUR", "PR", "QRS", "QT", "P_AXIS", "QRS_AXIS", "T_AXIS")) + " | ms each |\n|---|" + "---|" * 9)
    for name, how in SPOILT.items():
        off: dict[str, list[float]] = {code: [] for code in ("HR", "P_DUR", "PR", "QRS", "QT", "P_AXIS", "QRS_AXIS", "T_AXIS")}
        number, spent, absent = 0, 0.0, 0
        for number, heart in enumerate(hearts(), 1):
            tracing = record(heart, seed=number, **how)
            started = time.process_time()
            found = examine(tracing).measured
            spent += time.process_time() - started
            true = {"HR": 60_000 / heart.rr[0], "P_DUR": heart.p_dur, "PR": heart.pr, "QRS": heart.qrs, "QT": heart.qt, "P_AXIS": heart.p_axis, "QRS_AXIS": heart.qrs_axis, "T_AXIS": heart.t_axis}
            absent += sum(code not in found for code in true)
            for code, value in true.items():
                if code in found:
                    off[code].append(found[code] - value)
        print(f"| {name}, {number} hearts, {absent} absent | " + " | ".join(_spread(values) for values in off.values()) + f" | {1000 * spent / number:.0f} |")


def simulated() -> None:
    """The rate of neurokit2's 12-lead simulator; the rest of its truth is not told by it."""
    try:
        import neurokit2
    except ImportError:
        print("\nneurokit2 is not installed: `pip install neurokit2` for this part.")
        return
    off = []
    for number, rate in enumerate((45, 60, 75, 90, 110, 130, 150)):
        table = neurokit2.ecg_simulate(duration=10, sampling_rate=500, heart_rate=rate, heart_rate_std=0, noise=0.01, method="multileads", random_state=number)
        leads = tuple(Lead(name, np.round(1000.0 * np.asarray(table[name])).astype(np.int32)) for name in LEADS)
        off.append(examine(Tracing("csv", leads, 500.0)).measured.get("HR", float("nan")) - rate)
    print(f"\nneurokit2 {neurokit2.__version__}, HR of {len(off)} records: {_spread(off, '/min')}")


def recordings() -> list[Tracing]:
    paths = [*samples.paths("wfdb", "*.hea"), *samples.paths("aecg", "fda*.xml"), *samples.paths("philips", "*.xml")]
    return [swapping.whole(twelve(samples.tracing(path))) for path in paths]


def exchanged() -> None:
    """How often an exchange is found; and how often one is cried where there is none."""
    whole = recordings()
    cried = sum(bool(swapping.said({found.code for found in examine(one).findings})) for one in whole)
    print(f"\n| exchanged | found of {len(whole)} | something said |\n|---|---|---|\n| nothing | – | {cried} |")
    for name, (lies_on, expected) in swapping.LIMBS.items():
        _row(name, [swapping.limbs(one, lies_on) for one in whole], lambda found, expected=expected: found.code in expected)
    for pair in swapping.CHEST_PAIRS:
        because = f"V{pair[0]}、V{pair[1]}"
        _row(because, [swapping.chest(one, *pair) for one in whole], lambda found, because=because: found.because == because)


def _row(name: str, spoilt: list[Tracing], meant: Callable[..., bool]) -> None:
    found = [examine(one).findings for one in spoilt]
    print(f"| {name} | {sum(any(map(meant, one)) for one in found)} | {sum(bool(swapping.said({each.code for each in one})) for one in found)} |")


def agreement() -> None:
    """Each record's labels beside our first words; counted per word that both could say."""
    both: dict[str, list[int]] = {code: [0, 0, 0] for code in LABELS.values()}
    for path in samples.paths("wfdb", "*.hea"):
        line = next(line for line in path.read_text().splitlines() if line.startswith("# Dx"))
        labelled = {LABELS[code] for code in line.split(":")[1].strip().split(",") if code in LABELS}
        said = set(examine(samples.tracing(path)).suggested)
        print(f"{path.stem}: labels {sorted(labelled)}, said {sorted(said)}")
        for code, counts in both.items():
            counts[0 if code in labelled and code in said else 1 if code in labelled else 2] += code in labelled or code in said
    print("\n| statement | both | label only | said only |\n|---|---|---|---|")
    for code, counts in both.items():
        print(f"| {code} | " + " | ".join(map(str, counts)) + " |")


def _spread(values: list[float], unit: str = "") -> str:
    if not values:
        return "–"
    worst = max(values, key=abs)
    return f"{statistics.fmean(values):+.1f} ± {statistics.pstdev(values):.1f}, worst {worst:+.0f}{unit and ' ' + unit}"


def main() -> None:
    print(f"{datetime.now(UTC).date()} · {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}")
    synthetic()
    simulated()
    if not samples.FOLDER.exists():
        print("\n../shared/data/ecg is absent: nothing further.")
        return
    annotated()
    exchanged()
    agreement()


if __name__ == "__main__":
    main()
