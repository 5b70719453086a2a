"""Files of cases in, files of DIP groups and scores out, a part at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv

from yilianti.settlement.claims.grouping.files import CasesRefused, Part, parts
from yilianti.settlement.claims.weighing.dip.engine import STATUSES, Engine, Numbers, Scores
from yilianti.settlement.claims.weighing.dip.stays import Stay, Stays, Vocabulary
from yilianti.settlement.claims.weighing.dip.terms import UNIT

COLUMNS = ("id", "status", "dip", "main", "auxiliary", "score", "unjudged")


def stays_in(part: Part, words: Vocabulary) -> Stays:
    known = pa.array([*words.discharge], pa.string())
    place = pc.index_in(part.text["discharge_type"], value_set=known).fill_null(-1).to_numpy(zero_copy_only=False)
    return Stays(part.block, part.los, (place + 1).astype(np.int16))


def stay_of(path: Path, wanted: str, engine: Engine) -> Stay:
    """One stay of a file by its id, as it is written there; raises CasesRefused, also when another row of the file is faulty."""
    for part in parts(path, engine.words):
        place = pc.index(part.ids, wanted).as_py()
        if place >= 0:
            block = part.block
            dx, op = (tuple(code.strip() for code in part.text[column][place].as_py().split("|") if code.strip()) for column in ("dx", "op"))
            return Stay(wanted, int(block.sex[place]), int(block.age[place]), int(block.age_days[place]), int(block.weight[place]), dx, op, int(part.los[place]), part.text["discharge_type"][place].as_py())
    raise CasesRefused([f"文件里没有病案 {wanted}。"])


def table(part: Part, found: Scores, engine: Engine) -> pa.Table:
    """One row a case: id, status, group, main score, auxiliary lines that counted, score, auxiliary lines that could not be judged."""
    lines = [line.code for line in engine.lines]
    nowhere = pa.array(found.group < 0)
    columns = [
        part.ids, pa.array([str(one.value) for one in STATUSES]).take(pa.array(found.status)), pa.array(["", *engine.codes]).take(pa.array(found.group + 1)),
        pc.if_else(nowhere, "", points(found.main)), _joined(found.counted, lines), pc.if_else(nowhere, "", points(found.score)), _joined(found.unjudged, lines),
    ]  # fmt: skip
    return pa.table(dict(zip(COLUMNS, columns, strict=True)))


def points(units: Numbers) -> Any:
    """Scores as text with four decimals."""
    whole, part = np.divmod(units, UNIT)
    return pc.binary_join_element_wise(pa.array(whole).cast(pa.string()), pc.utf8_lpad(pa.array(part).cast(pa.string()), 4, "0"), ".")


def _joined(flags: npt.NDArray[np.bool_], codes: list[str]) -> Any:
    """The codes of the lines that hold for each case, joined with |."""
    case, line = np.nonzero(flags.T)
    starts = np.searchsorted(case, np.arange(flags.shape[1] + 1)).astype(np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(starts), pa.array(codes, pa.string()).take(pa.array(line))), "|")


def group_file(source: Path, target: Path, engine: Engine) -> dict[str, int]:
    """Score a file of cases into another, which appears whole or not at all; how many cases have each status."""
    counts = dict.fromkeys((str(one.value) for one in STATUSES), 0)
    part_of = target.with_name(f".{target.name}.part")
    try:
        with pc_csv.CSVWriter(part_of, pa.schema([(name, pa.string()) for name in COLUMNS]), write_options=pc_csv.WriteOptions(quoting_style="needed")) as out:
            for part in parts(source, engine.words):
                found = engine.score(stays_in(part, engine.words))
                out.write_table(table(part, found, engine))
                for place, count in zip(*np.unique(found.status, return_counts=True), strict=True):
                    counts[str(STATUSES[place].value)] += int(count)
        part_of.replace(target)
    finally:
        part_of.unlink(missing_ok=True)
    return counts
