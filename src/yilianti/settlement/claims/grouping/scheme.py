"""A grouping scheme: its rule tables as a county imports them, checked for holes before anything is grouped by them."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

TABLES = ("icd10_yibao", "icd9cm3_yibao", "mcc", "cc", "cc_exclusion", "valid_ops", "drg_names")
#: Not needed to group: clinical codes to those of the insurance.
MAPS = ("icd10_clinical_to_yibao", "icd9cm3_clinical_to_yibao")
SUFFIX = ".drg.gz"
LARGEST = 64 * 1024 * 1024


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
    whole = {part: _json(folder / f"{part}.json", faults) for part in ("mdc", "adrg")}
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
    spelled = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return Scheme(name, content["title"], tuple(content["mdc_order"]), content["mdc"], content["adrg"], content["tables"], hashlib.sha256(spelled).hexdigest())


def keep(scheme: Scheme, folder: Path) -> Path:
    """Write the scheme into an installation's folder, whole or not at all; one with the same name is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"title": scheme.title, "mdc_order": scheme.mdc_order, "mdc": scheme.mdc, "adrg": scheme.adrg, "tables": scheme.tables}
    path = folder / f"{scheme.name}{SUFFIX}"
    part = path.with_suffix(".part")
    part.write_bytes(gzip.compress(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(), mtime=0))
    part.replace(path)
    return path


def opened(folder: Path, name: str) -> Scheme:
    """The scheme of that name; raises SchemeRefused naming those there are."""
    path = folder / f"{name}{SUFFIX}"
    if not path.is_file():
        there = "、".join(sorted(one.name.removesuffix(SUFFIX) for one in folder.glob(f"*{SUFFIX}"))) or "还没有"
        raise SchemeRefused([f"没有名为“{name}”的分组方案（已有：{there}）；请先用 drg import 装入。"])
    with gzip.open(path) as file:
        return _made(name, json.loads(file.read()))


def _json(path: Path, faults: list[str]) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(path).decode("utf-8-sig"))
    except OSError as trouble:
        faults.append(f"{path.name}：读不到（{trouble.strerror}）；方案需要这个文件。")
        return {}
    except ValueError as trouble:
        faults.append(f"{path.name}：不是 UTF-8 的 JSON（{trouble}）。")
        return {}
    if not isinstance(found, dict):
        faults.append(f"{path.name}：应是一个对象。")
        return {}
    return found


def _table(path: Path, faults: list[str]) -> dict[str, str]:
    """Column code to column value."""
    try:
        text = _bytes(path).decode("utf-8-sig")
    except OSError as trouble:
        faults.append(f"{path.name}：读不到（{trouble.strerror}）；方案需要这个文件。")
        return {}
    except UnicodeDecodeError:
        faults.append(f"{path.name}：不是 UTF-8；请另存为 UTF-8 的 CSV。")
        return {}
    rows = csv.DictReader(io.StringIO(text))
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


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise OSError(27, "文件太大")
    return path.read_bytes()
