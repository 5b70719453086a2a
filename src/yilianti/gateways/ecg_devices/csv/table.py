"""The lines of a CSV: head, names of columns, numbers, read in blocks so that memory stays small."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from yilianti.gateways.ecg_devices.csv.mapping import Mapping
from yilianti.gateways.ecg_devices.refusing import damaged, no_leads
from yilianti.record.recordings import api as recordings

_BLOCK = 2_000
_MOST_HEAD = 200


def separator(lines: Sequence[str], mapping: Mapping) -> str:
    """The mapping's, or that of tab, semicolon, comma, blank which the later lines have most alike."""
    if mapping.separator:
        return mapping.separator
    later = [line for line in lines[-40:] if line.strip()]
    return next((one for one in "\t;," if later and min(line.count(one) for line in later) >= 1), " ")


def cells(line: str, between: str) -> list[str]:
    """The cells of a line, without quotes and blanks around them."""
    parts = line.split() if between == " " else line.split(between)
    return [part.strip().strip('"').strip() for part in parts]


def head_length(lines: Sequence[str], between: str, mapping: Mapping) -> int:
    """How many lines stand before the first line of numbers."""
    if mapping.header_lines >= 0:
        return min(mapping.header_lines, len(lines))
    for place, line in enumerate(lines[:_MOST_HEAD]):
        found = cells(line, between)
        if len(found) > 1 and all(_is_number(one, mapping.decimal) for one in found if one) and any(found):
            return place
    raise damaged("找不到数值开始的一行", "no line of numbers is found")


def fields(head: Sequence[str], between: str, mapping: Mapping) -> dict[str, str]:
    """What the head says, by the mapping's words: `rate`, `name`, `unit`, …"""
    found: dict[str, str] = {}
    for line in head:
        plain = line.lstrip(mapping.comment + " \ufeff") if mapping.comment else line
        parts = re.split(rf"\s*[:：={re.escape(between) if between != ' ' else ''}]\s*", plain.strip(), maxsplit=1)
        key = mapping.fields.get(parts[0].strip(' "').lower()) if len(parts) == 2 else None
        if key:
            found.setdefault(key, parts[1].strip(' ",;\t'))
    return found


def numbers(lines: Sequence[str], between: str, width: int, mapping: Mapping) -> np.ndarray:
    """All rows as float64, shape (rows, width); an empty cell is not a number, a row of another width is refused."""
    recordings.within(len(lines) * width)
    plain = _plain(lines, between, width) if mapping.decimal == "." else None
    if plain is not None:
        return plain
    blocks = []
    for start in range(0, len(lines), _BLOCK):
        rows = [cells(line, between)[:width] for line in lines[start : start + _BLOCK]]
        wrong = next((place for place, row in enumerate(rows) if len(row) != width), None)
        if wrong is not None:
            raise damaged(f"第 {start + wrong + 1} 行数值只有 {len(rows[wrong])} 列，应有 {width} 列", f"row {start + wrong + 1} has {len(rows[wrong])} columns instead of {width}")
        try:
            blocks.append(np.array([[_value(one, mapping.decimal) for one in row] for row in rows], dtype=np.float64))
        except ValueError:
            raise damaged(f"第 {start + 1} 行起的数值里有不是数字的内容", f"something after row {start + 1} is no number") from None
    if not blocks:
        raise no_leads()
    return np.concatenate(blocks)


def _plain(lines: Sequence[str], between: str, width: int) -> np.ndarray | None:
    """All rows at once, where they hold numbers and nothing else."""
    if not lines:
        return None
    try:
        values = np.loadtxt(lines, delimiter=None if between == " " else between, comments=None, usecols=range(width), ndmin=2)
    except (ValueError, IndexError):
        return None
    return values if np.isfinite(values).all() else None


def _value(text: str, decimal: str) -> float:
    if not text:
        return float("nan")
    value = float(text.replace(decimal, ".") if decimal != "." else text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def _is_number(text: str, decimal: str) -> bool:
    try:
        _value(text, decimal)
    except ValueError:
        return False
    return True
