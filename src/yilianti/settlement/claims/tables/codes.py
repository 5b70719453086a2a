"""Codes of diagnoses and operations in cells: several in one, their spelling looked at, never replaced."""

from __future__ import annotations

import re

from yilianti.kernel.tables.layout import Layout, Row

SEPARATORS = re.compile(r"[|｜、,，;；\s]+")
#: Letter and two digits, then what follows in the insurance and the clinical edition: A99.999, A99.x99x999, A99.999+A99.9*; operations 99.9999x999.
_SHAPES = {"dx": re.compile(r"[A-Z]\d{2}(\.[0-9x]{1,3}(x\d{3})?)?(\+[A-Z]\d{2}(\.\d{1,3})?\*)?"), "op": re.compile(r"\d{2}(\.[0-9x]{1,4}(x\d{3})?)?")}
LONGEST = 32
_SAID = {"dx": "诊断编码，如 I20.000", "op": "手术操作编码，如 36.0100"}


def misspelt(code: str, kind: str) -> str:
    """Why this cannot be a code of a diagnosis ("dx") or operation ("op"); empty where it is spelled like one."""
    return "" if _SHAPES[kind].fullmatch(code) and len(code) <= LONGEST else f"“{code[:32]}”不像{_SAID[kind]}；请核对编码。"


def several(row: Row, layout: Layout, main: str, others: str) -> tuple[str, ...]:
    """The principal code and the others, in order, each once; what is not spelled like a code is blamed on its cell."""
    found: list[str] = []
    for key in (main, others):
        for code in SEPARATORS.split(row.values.get(key, "").strip()):
            if not code:
                continue
            if said := misspelt(code, key[-2:]):
                row.blame(layout, key, said)
            elif code not in found:
                found.append(code)
    if found and not row.values.get(main):
        row.blame(layout, main, "有其他编码而没有主要编码；请填写主要编码。")
    return tuple(found)
