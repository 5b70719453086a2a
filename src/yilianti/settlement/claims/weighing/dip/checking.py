"""Whether the tables of a scheme are whole: every hole is a sentence that names the file and the entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yilianti.settlement.claims.weighing.dip import spelling
from yilianti.settlement.claims.weighing.dip.scheme import Row
from yilianti.settlement.claims.weighing.dip.terms import Auxiliary, Preference, Treatment

Tables = Mapping[str, Sequence[Row]]
_NUMBERS = ("age_from", "age_to", "los_from", "los_to")
_CONDITIONS = (*_NUMBERS, "dx", "ops", "discharge")


def faults_of(head: Mapping[str, Any], tables: Tables) -> list[str]:
    """Every fault of the tables; [] for none."""
    dx, op = spelling.Codes(row["code"] for row in tables["icd10_yibao"]), spelling.Codes(row["code"] for row in tables["operations"])
    return [*_head(head), *_classes(tables), *_core(tables, dx, op), *_composite(tables, dx), *_auxiliary(tables, dx, op), *_codes(tables)]


def _head(head: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(head.get("scheme"), str) or not head["scheme"]:
        yield "scheme.json：缺 scheme（方案的名称）。"
    prefer = head.get("prefer")
    if not isinstance(prefer, list) or sorted(map(str, prefer)) != sorted(Preference):
        yield f"scheme.json：prefer 应把 {'、'.join(Preference)} 各写一次，先写的先比；几个病种都符合时按它取舍。"
    if head.get("auxiliary") not in list(Auxiliary):
        yield f"scheme.json：auxiliary 应是 {'、'.join(Auxiliary)} 之一，现为“{head.get('auxiliary', '')}”。"


def _classes(tables: Tables) -> Iterator[str]:
    known = [str(one) for one in Treatment if one is not Treatment.CONSERVATIVE]
    for row in tables["operations"]:
        if row["class"] not in known:
            yield f"operations.csv：{row['code']} 的 class“{row['class']}”不认识，应是 {'、'.join(known)} 之一。"


def _core(tables: Tables, dx: spelling.Codes, op: spelling.Codes) -> Iterator[str]:
    seen: dict[tuple[str, tuple[str, ...], str], str] = {}
    for row in tables["core"]:
        yield from _spelled("core.csv", row, "dx", spelling.listed(row["dx"]), dx, "icd10_yibao.csv")
        yield from _scored("core.csv", row)
        if row["only"] not in ("", "1"):
            yield f"core.csv：{row['code']} 的 only“{row['only']}”应为 1 或空。"
        for way in spelling.ways(row["ops"]):
            yield from _spelled("core.csv", row, "ops", way, op, "operations.csv")
            named = [code for one in way for code in op.named_by(one)]
            if len(set(named)) < len(named):
                yield f"core.csv：{row['code']} 的 ops“{'+'.join(way)}”中有手术算了两次。"
            for one in spelling.listed(row["dx"]):
                other = seen.setdefault((one, tuple(sorted(way)), row["only"]), row["code"])
                if other != row["code"]:
                    yield f"core.csv：{other} 和 {row['code']} 的诊断 {one} 与手术“{'+'.join(way)}”相同，分不出先后。"


def _composite(tables: Tables, dx: spelling.Codes) -> Iterator[str]:
    held: dict[tuple[str, str], str] = {}
    for row in tables["composite"]:
        yield from _spelled("composite.csv", row, "dx", spelling.listed(row["dx"]), dx, "icd10_yibao.csv")
        yield from _scored("composite.csv", row)
        if row["treatment"] not in list(Treatment):
            yield f"composite.csv：{row['code']} 的 treatment“{row['treatment']}”不认识，应是 {'、'.join(Treatment)} 之一。"
        for one in spelling.listed(row["dx"]):
            other = held.setdefault((one, row["treatment"]), row["code"])
            if other != row["code"]:
                yield f"composite.csv：{other} 和 {row['code']} 的诊断 {one} 与治疗方式相同。"
    for one in dict.fromkeys(part for part, _ in held):
        lacking = [str(kind) for kind in Treatment if (one, kind) not in held]
        if lacking:
            yield f"composite.csv：诊断 {one} 缺 {'、'.join(lacking)} 的病种，这样治疗的病案会无处可入。"
    overlap = _overlap({part for part, _ in held}, dx)
    if overlap:
        yield f"composite.csv：{overlap[0]} 和 {overlap[1]} 都包含诊断 {overlap[2]}，分不出先后。"


def _overlap(parts: set[str], dx: spelling.Codes) -> tuple[str, str, str] | None:
    """Two spellings as close as each other for one diagnosis."""
    taken: dict[tuple[str, int], str] = {}
    for part in sorted(parts):
        for code in dx.named_by(part):
            other = taken.setdefault((code, dx.closeness(part)), part)
            if other != part:
                return other, part, code
    return None


def _auxiliary(tables: Tables, dx: spelling.Codes, op: spelling.Codes) -> Iterator[str]:
    groups = spelling.Codes(row["code"] for table in ("core", "composite") for row in tables[table])
    for row in tables["auxiliary"]:
        code = row["code"]
        yield from _spelled("auxiliary.csv", row, "groups", spelling.listed(row["groups"]), groups, "core.csv、composite.csv")
        yield from _spelled("auxiliary.csv", row, "dx", spelling.listed(row["dx"]), dx, "icd10_yibao.csv")
        yield from _spelled("auxiliary.csv", row, "ops", spelling.listed(row["ops"]), op, "operations.csv")
        for column in _NUMBERS:
            if row[column] and not (row[column].isdecimal() and len(row[column]) <= 5):
                yield f"auxiliary.csv：{code} 的 {column}“{row[column]}”应是整数。"
        if not any(row[column] for column in _CONDITIONS):
            yield f"auxiliary.csv：{code} 没有条件（{'、'.join(_CONDITIONS)} 至少写一项）。"
        if bool(row["factor"]) == bool(row["points"]):
            yield f"auxiliary.csv：{code} 应在 factor（乘数）和 points（加分）中写且只写一项。"
        for column, read in (("factor", spelling.factor), ("points", spelling.score)):
            if row[column] and read(row[column]) is None:
                yield f"auxiliary.csv：{code} 的 {column}“{row[column]}”应是最多四位小数的数。"


def _codes(tables: Tables) -> Iterator[str]:
    held: dict[str, str] = {}
    for table in ("core", "composite", "auxiliary"):
        for row in tables[table]:
            if held.setdefault(row["code"], table) != table:
                yield f"{table}.csv：编码 {row['code']} 在 {held[row['code']]}.csv 里已经用过。"


def _spelled(file: str, row: Row, column: str, spellings: Sequence[str], codes: spelling.Codes, table: str) -> Iterator[str]:
    for one in spellings:
        if not codes.named_by(one):
            yield f"{file}：{row['code']} 的 {column}“{one}”在 {table} 里没有。"


def _scored(file: str, row: Row) -> Iterator[str]:
    if not spelling.score(row["score"]):
        yield f"{file}：{row['code']} 的 score“{row['score']}”应是大于 0、最多四位小数的数。"
