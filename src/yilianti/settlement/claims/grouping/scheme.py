"""A grouping scheme: its rule tables as a county imports them, checked for holes before anything is grouped by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from yilianti.settlement.claims.grouping import tables as files

TABLES = ("icd10_yibao", "icd9cm3_yibao", "mcc", "cc", "cc_exclusion", "valid_ops", "drg_names")
#: Not needed to group: clinical codes to those of the insurance.
MAPS = ("icd10_clinical_to_yibao", "icd9cm3_clinical_to_yibao")
SUFFIX = ".drg.gz"


class SchemeRefused(Exception):
    """The tables cannot be used; `faults` are Chinese sentences that name the file and the entry."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults[0])
        self.faults = faults


@dataclass(frozen=True)
class Scheme:
    """The rules of one scheme, and the fingerprint of exactly these tables."""

    name: str
    title: str
    mdc_order: tuple[str, ...]
    mdc: Mapping[str, Mapping[str, Any]]
    adrg: Mapping[str, Mapping[str, Any]]
    tables: Mapping[str, Mapping[str, str]]
    fingerprint: str

    @cached_property
    def drg_codes(self) -> tuple[str, ...]:
        return tuple(sorted({drg["code"] for one in self.adrg.values() for drg in one["drg"]}))

    def name_of(self, drg: str) -> str:
        return self.tables["drg_names"].get(drg, "")


def read_folder(folder: Path, name: str) -> Scheme:
    """The scheme of a folder of tables (mdc.json, adrg.json, and the CSV tables with columns code and value); raises SchemeRefused with every fault found."""
    faults: list[str] = []
    whole = {part: files.object_of(folder / f"{part}.json", faults) for part in ("mdc", "adrg")}
    tables = {table: _table(folder / f"{table}.csv", faults) for table in TABLES}
    tables |= {table: _table(folder / f"{table}.csv", faults) for table in MAPS if (folder / f"{table}.csv").is_file()}
    if faults:
        raise SchemeRefused(faults)
    content = {"title": whole["mdc"].get("scheme", name), "mdc_order": whole["mdc"].get("mdc_order", []), "mdc": whole["mdc"].get("mdc", {}), "adrg": whole["adrg"], "tables": tables}
    from yilianti.settlement.claims.grouping import checking

    faults = checking.faults_of(content)
    if faults:
        raise SchemeRefused(faults)
    return _made(name, content)


def _made(name: str, content: Mapping[str, Any]) -> Scheme:
    return Scheme(name, content["title"], tuple(content["mdc_order"]), content["mdc"], content["adrg"], content["tables"], files.fingerprint(content))


def keep(scheme: Scheme, folder: Path) -> Path:
    """Write the scheme into an installation's folder, whole or not at all; one with the same name is replaced."""
    content = {"title": scheme.title, "mdc_order": scheme.mdc_order, "mdc": scheme.mdc, "adrg": scheme.adrg, "tables": scheme.tables}
    return files.write(content, folder, f"{scheme.name}{SUFFIX}")


def opened(folder: Path, name: str) -> Scheme:
    """The scheme of that name; raises SchemeRefused naming those there are."""
    path = folder / f"{name}{SUFFIX}"
    if not path.is_file():
        raise SchemeRefused([f"没有名为“{name}”的分组方案（已有：{files.names(folder, SUFFIX)}）；请先用 drg import 装入。"])
    return _made(name, files.load(path))


def _table(path: Path, faults: list[str]) -> dict[str, str]:
    """Column code to column value."""
    rows = files.rows_of(path, faults)
    if rows is None:
        return {}
    if not {"code", "value"} <= set(rows.fieldnames or ()):
        faults.append(f"{path.name}：表头应有 code、value 两列，现为 {'、'.join(rows.fieldnames or ['空'])}。")
        return {}
    found: dict[str, str] = {}
    for number, row in enumerate(rows, 2):
        code, value = (row["code"] or "").strip(), (row["value"] or "").strip()
        if not code or not value:
            faults.append(f"{path.name} 第 {number} 行：缺{'编码' if not code else '值'}。")
        elif found.setdefault(code, value) != value:
            faults.append(f"{path.name} 第 {number} 行：编码 {code} 前后两次的值不同（{found[code]}、{value}）。")
    return found
