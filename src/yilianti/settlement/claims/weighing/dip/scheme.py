"""A DIP scheme: its tables as a county imports them, checked for holes before anything is scored by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from yilianti.settlement.claims.grouping import tables as files
from yilianti.settlement.claims.grouping.scheme import SchemeRefused

Row = Mapping[str, str]
#: The columns of each table; those after the bar may be left out or empty.
COLUMNS = {
    "icd10_yibao": "code,value|", "operations": "code,name,class|", "core": "code,name,dx,score|ops,only", "composite": "code,name,dx,treatment,score|",
    "auxiliary": "code,name|groups,age_from,age_to,dx,ops,los_from,los_to,discharge,factor,points",
}  # fmt: skip
SUFFIX = ".dip.gz"


@dataclass(frozen=True)
class Scheme:
    """The tables of one scheme, and the fingerprint of exactly these tables."""

    name: str
    title: str
    prefer: tuple[str, ...]
    auxiliary: str
    tables: Mapping[str, tuple[Row, ...]]
    fingerprint: str

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Every code of a group or an auxiliary line with its name."""
        return {row["code"]: row["name"] for table in ("core", "composite", "auxiliary") for row in self.tables[table]}


def read_folder(folder: Path, name: str) -> Scheme:
    """The scheme of a folder of tables (scheme.json and the CSV tables of COLUMNS); raises SchemeRefused with every fault found."""
    from yilianti.settlement.claims.weighing.dip import checking

    faults: list[str] = []
    head = files.object_of(folder / "scheme.json", faults)
    tables = {table: _table(folder / f"{table}.csv", columns, faults) for table, columns in COLUMNS.items()}
    faults = faults or checking.faults_of(head, tables)
    if faults:
        raise SchemeRefused(faults)
    return _made(name, {"title": head["scheme"], "prefer": head["prefer"], "auxiliary": head["auxiliary"], "tables": tables})


def _made(name: str, content: Mapping[str, Any]) -> Scheme:
    tables = {table: tuple(rows) for table, rows in content["tables"].items()}
    return Scheme(name, content["title"], tuple(content["prefer"]), content["auxiliary"], tables, files.fingerprint(content))


def keep(scheme: Scheme, folder: Path) -> Path:
    """Write the scheme into an installation's folder, whole or not at all; one with the same name is replaced."""
    content = {"title": scheme.title, "prefer": scheme.prefer, "auxiliary": scheme.auxiliary, "tables": scheme.tables}
    return files.write(content, folder, f"{scheme.name}{SUFFIX}")


def opened(folder: Path, name: str) -> Scheme:
    """The scheme of that name; raises SchemeRefused naming those there are."""
    path = folder / f"{name}{SUFFIX}"
    if not path.is_file():
        raise SchemeRefused([f"没有名为“{name}”的病种方案（已有：{files.names(folder, SUFFIX)}）；请先用 dip import 装入。"])
    return _made(name, files.load(path))


def _table(path: Path, columns: str, faults: list[str]) -> list[dict[str, str]]:
    wanted, others = ([*filter(None, part.split(","))] for part in columns.split("|"))
    rows = files.rows_of(path, faults)
    if rows is None:
        return []
    missing = [column for column in wanted if column not in (rows.fieldnames or ())]
    if missing:
        faults.append(f"{path.name}：表头缺 {'、'.join(missing)}，现为 {'、'.join(rows.fieldnames or ['空'])}。")
        return []
    found, seen = [], set()
    for number, row in enumerate(rows, 2):
        line = {column: (row.get(column) or "").strip() for column in (*wanted, *others)}
        empty = [column for column in wanted if not line[column]]
        if empty:
            faults.append(f"{path.name} 第 {number} 行：缺 {'、'.join(empty)}。")
        elif line["code"] in seen:
            faults.append(f"{path.name} 第 {number} 行：编码 {line['code']} 重复。")
        seen.add(line["code"])
        found.append(line)
    return found
