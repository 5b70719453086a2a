"""Files of cases in, files of groups out, a part at a time: a province's year fits into the memory of an office computer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv

from yilianti.settlement.claims.grouping.cases import UNKNOWN, Block, Case, Ids, Words
from yilianti.settlement.claims.grouping.engine import STATUSES, Engine, Groups
from yilianti.settlement.claims.grouping.terms import FEMALE, MALE, NOT_GIVEN, UNKNOWN_SEX

COLUMNS = ("id", "gender", "age", "age_days", "weight_g", "los", "discharge_type", "dx", "op")
NEEDED = ("id", "gender", "age", "dx")
#: Highest value of each number that a case could have.
_MOST = {"age": 130, "age_days": 130 * 366, "weight_g": 20_000, "los": 20_000}
_SEXES = {"1": MALE, "2": FEMALE, "男": MALE, "女": FEMALE, "0": UNKNOWN_SEX, "9": UNKNOWN_SEX, "": UNKNOWN_SEX}
_PART = 8 << 20
_SHOWN = 50


class CasesRefused(Exception):
    """A file that cannot be grouped as it stands; `faults` are sentences with row, column and value, `more` how many further rows have one."""

    def __init__(self, faults: list[str], more: int = 0) -> None:
        super().__init__(faults[0])
        self.faults, self.more = faults, more


@dataclass(frozen=True)
class Part:
    """Some rows of a file: their ids, the cases as arrays, days in hospital, and every column as it is written (trimmed)."""

    ids: Any
    block: Block
    los: npt.NDArray[np.int32]
    text: Mapping[str, Any]


def parts(path: Path, words: Words, others: Sequence[str] = ()) -> Iterator[Part]:
    """The cases of a CSV file (UTF-8 with the header of COLUMNS, and other columns that need not be there); raises CasesRefused at the first part with a fault."""
    names = [*COLUMNS, *others]
    try:
        convert = pc_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, include_missing_columns=True, include_columns=names)
        with path.open("rb") as file:
            header = file.readline().decode("utf-8-sig", "replace").strip().split(",")
        missing = [name for name in NEEDED if name not in [one.strip('" ') for one in header]]
        if missing:
            raise CasesRefused([f"表头缺少 {'、'.join(missing)} 列；应有 {','.join(COLUMNS)}。"])
        reader = pc_csv.open_csv(path, read_options=pc_csv.ReadOptions(block_size=_PART), convert_options=convert)
    except pa.ArrowInvalid as trouble:
        raise CasesRefused([f"读不出这个 CSV 文件：{trouble}"]) from None
    columns = _Columns(words)
    first = 2
    with reader:
        while True:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                return
            except pa.ArrowInvalid as trouble:
                raise CasesRefused([f"第 {first} 行以后读不出：{trouble}"]) from None
            yield columns.part(batch, first)
            first += batch.num_rows


def case_of(path: Path, wanted: str, engine: Engine) -> Case:
    """One case of a file by its id; raises CasesRefused."""
    dx, op = (dict(zip(codes.values(), codes, strict=True)) for codes in (engine.words.dx, engine.words.op))
    for part in parts(path, engine.words):
        place = pc.index(part.ids, wanted).as_py()
        if place >= 0:
            one = part.block.some(np.array([place]))
            return Case(wanted, int(one.sex[0]), int(one.age[0]), int(one.age_days[0]), int(one.weight[0]), tuple(dx.get(int(n), "编码表外") for n in one.dx), tuple(op.get(int(n), "编码表外") for n in one.op))
    raise CasesRefused([f"文件里没有病案 {wanted}。"])


class _Columns:
    """Text columns into arrays by the codes of one scheme."""

    def __init__(self, words: Words) -> None:
        self.dx, self.op = pa.array(words.dx), pa.array(words.op)  # in the order of their numbers, which begin at two
        self.sexes = pa.array(_SEXES)
        self.sex_of = np.array(list(_SEXES.values()), np.int8)

    def part(self, batch: pa.RecordBatch, first: int) -> Part:
        faults = Faults(first)
        text = {name: pc.utf8_trim_whitespace(batch.column(name).fill_null("")) for name in batch.schema.names}
        ids = text["id"]
        faults.note("id", ids, pc.equal(ids, ""), "不能为空")
        place = pc.index_in(text["gender"], value_set=self.sexes)
        faults.note("gender", text["gender"], place.is_null(), "应为 1（男）、2（女）或空")
        numbers = {name: _numbers(name, text[name], faults) for name in _MOST}
        faults.settle()
        age = numbers["age"]
        from_days = (age == NOT_GIVEN) & (numbers["age_days"] >= 0)
        age[from_days] = numbers["age_days"][from_days] // 365
        dx, dx_starts = _codes(text["dx"], self.dx)
        op, op_starts = _codes(text["op"], self.op)
        sex = self.sex_of[place.to_numpy(zero_copy_only=False).astype(np.int64)]
        return Part(ids, Block(sex, age.astype(np.int16), numbers["age_days"], numbers["weight_g"], dx, dx_starts, op, op_starts), numbers["los"], text)


class Faults:
    """Faults of the rows of one part."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.found: list[tuple[int, str]] = []

    def note(self, column: str, values: Any, wrong: Any, because: str) -> None:
        for row in np.flatnonzero(wrong.to_numpy(zero_copy_only=False)):
            self.found.append((self.first + int(row), f"第 {self.first + int(row)} 行 {column} 为“{values[int(row)].as_py()[:24]}”：{because}。"))

    def settle(self) -> None:
        if self.found:
            self.found.sort()
            raise CasesRefused([sentence for _, sentence in self.found[:_SHOWN]], max(0, len(self.found) - _SHOWN))


def _numbers(name: str, text: Any, faults: Faults) -> npt.NDArray[np.int32]:
    """Whole numbers within what is possible; NOT_GIVEN for an empty field."""
    empty = pc.equal(text, "")
    written = pc.match_substring_regex(text, r"^\d{1,6}(\.0+)?$")
    faults.note(name, text, pc.and_(pc.invert(empty), pc.invert(written)), f"应为 0 至 {_MOST[name]} 的整数，或空")
    whole = pc.if_else(written, pc.replace_substring_regex(text, r"\.0+$", ""), str(NOT_GIVEN)).cast(pa.int32())
    faults.note(name, text, pc.greater(whole, _MOST[name]), f"应为 0 至 {_MOST[name]} 的整数，或空")
    return np.array(whole.to_numpy(zero_copy_only=False), np.int32)


def _codes(text: Any, known: Any) -> tuple[Ids, Ids]:
    """Lists written with | as numbers behind one another."""
    lists = pc.split_pattern(text, "|")
    values = pc.utf8_trim_whitespace(lists.flatten())
    blank = pc.equal(values, "")
    ids = pc.add(pc.index_in(values, value_set=known), 2).fill_null(UNKNOWN)
    starts = lists.offsets.to_numpy().astype(np.int32) - np.int32(lists.offsets[0].as_py())
    numbers = ids.to_numpy(zero_copy_only=False).astype(np.int32)
    gone = blank.to_numpy(zero_copy_only=False)
    if not gone.any():
        return numbers, starts
    before = np.concatenate(([0], np.cumsum(~gone, dtype=np.int32))).astype(np.int32)
    return numbers[~gone], before[starts]


def table(part: Part, found: Groups, engine: Engine) -> pa.Table:
    """One row a case: id, status, mdc, adrg, drg."""
    return pa.table({"id": part.ids, "status": _spelled(found.status, [str(one.value) for one in STATUSES]), "mdc": _spelled(found.mdc, engine.mdc_codes),
                     "adrg": _spelled(found.adrg, engine.adrg_codes), "drg": _spelled(found.drg, engine.drg_codes)})  # fmt: skip


def _spelled(places: npt.NDArray[Any], codes: Any) -> Any:
    return pa.array(["", *codes]).take(pa.array(places.astype(np.int32) + 1))


def group_file(source: Path, target: Path, engine: Engine) -> dict[str, int]:
    """Group a file of cases into another, which appears whole or not at all; how many cases have each status."""
    counts = dict.fromkeys((str(one.value) for one in STATUSES), 0)
    part_of = target.with_name(f".{target.name}.part")
    options = pc_csv.WriteOptions(quoting_style="needed")
    schema = pa.schema([(name, pa.string()) for name in ("id", "status", "mdc", "adrg", "drg")])
    try:
        with pc_csv.CSVWriter(part_of, schema, write_options=options) as out:
            for part in parts(source, engine.words):
                found = engine.group(part.block)
                out.write_table(table(part, found, engine))
                for place, count in zip(*np.unique(found.status, return_counts=True), strict=True):
                    counts[str(STATUSES[place].value)] += int(count)
        part_of.replace(target)
    finally:
        part_of.unlink(missing_ok=True)
    return counts
