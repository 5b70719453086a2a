"""Files of cases in, files of questions out; nothing is written back to a case."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from yilianti.settlement.claims.coding.questions import Desk, Question, ask
from yilianti.settlement.claims.grouping import Case, CasesRefused
from yilianti.settlement.claims.grouping.files import parts

COLUMNS = ("id", "kind", "place", "code", "other", "question")
#: Beside the columns of `drg group`: 元 for each diagnosis and operation, joined with | in the same order.
COSTS = {"dx_costs": "dx", "op_costs": "op"}
_MONEY = re.compile(r"\d{1,8}(\.\d{1,2})?")
_SHOWN = 50


def check_file(source: Path, target: Path, desk: Desk) -> tuple[int, dict[str, int]]:
    """Ask about every case of a file into another, which appears whole or not at all; (cases, questions by kind)."""
    counts: dict[str, int] = {}
    part = target.with_name(f".{target.name}.part")
    number = 0
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(COLUMNS)
            for case, questions in asked(source, desk):
                number += 1
                for one in questions:
                    out.writerow([case.id, one.kind, one.place, one.code, one.other, one.zh])
                    counts[str(one.kind)] = counts.get(str(one.kind), 0) + 1
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return number, counts


def asked(source: Path, desk: Desk) -> Iterator[tuple[Case, list[Question]]]:
    """Each case with its questions; raises CasesRefused with the faults of a row, before or while reading."""
    for cases, costs in _batches(source, desk):
        grouped = desk.engine.many([desk.read(case) for case in cases]) if cases else []
        for case, found, (dx, op) in zip(cases, grouped, costs, strict=True):
            yield case, list(ask(desk, case, found, dx, op))


def _batches(source: Path, desk: Desk) -> Iterator[tuple[list[Case], list[tuple[list[int], list[int]]]]]:
    """The numbers as the grouper reads and checks them, the codes and costs as they are written."""
    number = 1
    for part in parts(source, desk.engine.words, tuple(COSTS)):
        faults: list[str] = []
        cases, costs, block = [], [], part.block
        rows = zip(*(part.text[column].to_pylist() for column in ("id", "dx", "op", *COSTS)), strict=True)
        for at, (wanted, dx, op, dx_costs, op_costs) in enumerate(rows):
            number += 1
            case = Case(wanted, int(block.sex[at]), int(block.age[at]), int(block.age_days[at]), int(block.weight[at]), _listed(dx), _listed(op))
            cases.append(case)
            costs.append((_fen(dx_costs, "dx_costs", case.dx, number, faults), _fen(op_costs, "op_costs", case.op, number, faults)))
        if faults:
            raise CasesRefused(faults[:_SHOWN], max(0, len(faults) - _SHOWN))
        yield cases, costs


def _listed(text: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in text.split("|") if code.strip())


def _fen(text: str, column: str, codes: tuple[str, ...], number: int, faults: list[str]) -> list[int]:
    """The costs of a row in fen; [] where none are given."""
    if not text:
        return []
    written = [one.strip() for one in text.split("|")]
    wrong = [one for one in written if not _MONEY.fullmatch(one)]
    if wrong or len(written) != len(codes):
        why = f"“{wrong[0]}”应是不小于 0、最多两位小数的元" if wrong else f"有 {len(written)} 项，{COSTS[column]} 有 {len(codes)} 项，应一一对应"
        faults.append(f"第 {number} 行 {column} 为“{text[:40]}”：{why}。")
        return []
    return [int(whole) * 100 + int(part.ljust(2, "0")) for whole, _, part in (one.partition(".") for one in written)]
