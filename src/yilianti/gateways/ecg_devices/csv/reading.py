"""CSV of leads: a column each, laid out as a mapping says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from yilianti.gateways.ecg_devices import units
from yilianti.gateways.ecg_devices.csv import table
from yilianti.gateways.ecg_devices.csv.mapping import Mapping, shipped
from yilianti.gateways.ecg_devices.markup import day, number, sex
from yilianti.gateways.ecg_devices.refusing import damaged, no_leads, no_rate, unsupported
from yilianti.record.recordings import api as recordings

MAX_CSV = 40 * 1024 * 1024
MAX_ROWS = 400_000
_LONGEST_LINE = 20_000
_TIME = re.compile(r"(?:time|t|时间)\s*[(\[]?\s*(s|sec|ms|us)?\s*[)\]]?", re.I)
_UNIT = re.compile(r"[(\[]\s*(uV|µV|μV|mV|V|微伏|毫伏)\s*[)\]]\s*$", re.I)


def read(content: bytes, mappings: Sequence[Mapping] = ()) -> recordings.Tracing:
    """The tracing by the first mapping whose words stand in the file; a county's own mappings come before those shipped."""
    if len(content) > MAX_CSV:
        raise recordings.Unreadable("too_large", f"CSV 文件大于 {MAX_CSV // 2**20} MB，不是静息心电图。", f"The CSV is larger than {MAX_CSV // 2**20} MB.")
    if content.count(b"\n") + content.count(b"\r") > 2 * MAX_ROWS:
        raise recordings.Unreadable("too_long", f"CSV 多于 {MAX_ROWS:,} 行，不是静息心电图。请截取需要的片段再导出。", f"The CSV has more than {MAX_ROWS:,} rows.")
    text, note = _text(content)
    mapping = next(one for one in (*mappings, *shipped()) if all(word.lower() in text[:4000].lower() for word in one.detect))
    if mapping.charset:
        text, note = content.decode(recordings.codec(mapping.charset) or "utf-8", "replace"), ""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or max(map(len, lines)) > _LONGEST_LINE:
        raise damaged("CSV 文件没有数据行，或有的行过长", "the CSV has no rows, or one that is too long")
    between = table.separator(lines, mapping)
    start = table.head_length(lines, between, mapping)
    told = table.fields(lines[:start], between, mapping)
    names = list(mapping.columns) or _names(lines[:start], between, mapping)
    values = table.numbers(lines[start:], between, len(names), mapping)
    leads, rate = _leads(names, values, told, mapping), _rate(names, values, told, mapping)
    return recordings.Tracing(
        format=recordings.Format.CSV, leads=leads, rate=rate, started_at=_moment(told.get("started_at", "")), subject=_subject(told),
        device=recordings.Device(model=recordings.clean(told.get("model", ""))), order=recordings.clean(told.get("order", ""), 80),
        notes=tuple(one for one in (note, f"按“{mapping.title or mapping.name}”的版式读出") if one),
    )  # fmt: skip


def _text(content: bytes) -> tuple[str, str]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace"), ""
    return recordings.undeclared(content.removeprefix(b"\xef\xbb\xbf"))


def _names(head: Sequence[str], between: str, mapping: Mapping) -> list[str]:
    """The last line of the head that names leads."""
    for line in reversed(head):
        found = table.cells(line.lstrip(mapping.comment + " "), between)
        if any(recordings.is_lead(_UNIT.sub("", one)) for one in found):
            return found
    raise recordings.Unreadable(
        "no_leads", "CSV 里没有一行写明各列是哪个导联，也没有对照这种版式的映射。请请管理员为这种设备加一个映射文件。",
        "No line of the CSV names the leads and no mapping knows its layout; have a mapping added for this device.",
    )  # fmt: skip


def _leads(names: list[str], values: np.ndarray, told: dict[str, str], mapping: Mapping) -> tuple[recordings.Lead, ...]:
    pieces = []
    for place, text in enumerate(names):
        own = _UNIT.search(text)
        plain = _UNIT.sub("", text).strip()
        if not plain or not (mapping.columns or recordings.is_lead(plain)) or plain == mapping.time_column:
            continue
        column = values[:, place]
        whole = np.isfinite(column).all() and np.abs(column).max(initial=0) < 2**31 and (column == np.rint(column)).all()
        samples = column.astype(np.int32) if whole else np.ascontiguousarray(column)
        pieces.append((recordings.Lead(recordings.lead_name(plain), samples, _scale(own[1] if own else told.get("unit", ""), mapping)), 0))
    if not pieces:
        raise no_leads()
    return recordings.side_by_side(pieces)[0]


def _scale(unit: str, mapping: Mapping) -> float:
    if mapping.microvolts_per_count:
        return mapping.microvolts_per_count
    known = unit or mapping.unit
    if not known:
        raise unsupported("unknown_unit", "CSV 没有写明幅值单位（微伏或毫伏）", "The CSV does not say its amplitude unit (uV or mV)")
    return units.microvolts(known)


def _rate(names: list[str], values: np.ndarray, told: dict[str, str], mapping: Mapping) -> float:
    given = re.match(r"[\d.]+", told.get("rate", ""))
    rate = (number(given[0]) if given else None) or mapping.rate
    if rate:
        return float(rate)
    for place, text in enumerate(names):
        match = _TIME.fullmatch(text.strip())
        if text == mapping.time_column or match:
            return _from_times(values[:, place], units.seconds((match[1] if match else "") or mapping.time_unit))
    raise no_rate("（请在文件头写“采样率: 500”，或加映射）", " (write 'sampling rate: 500' above, or add a mapping)")


def _from_times(times: np.ndarray, unit: float) -> float:
    """The rate from an evenly spaced time column."""
    steps = np.diff(times) * unit
    if not len(steps) or not np.isfinite(steps).all() or not steps.mean() > 0 or np.abs(steps - steps.mean()).max() > 0.51 * steps.mean():
        raise no_rate("（时间列不是等间隔的）", " (the time column is not evenly spaced)")
    rate = 1 / steps.mean()
    return float(round(rate)) if abs(rate - round(rate)) < 0.01 * rate and round(rate) else float(rate)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip().replace("/", "-")) if text else None
    except ValueError:
        return None


def _subject(told: dict[str, str]) -> recordings.Subject:
    age = re.match(r"\d+(\.\d+)?", told.get("age", ""))
    return recordings.Subject(
        identifier=recordings.clean(told.get("identifier", ""), 80), name=recordings.full_name(told.get("name", "")), sex=sex(told.get("sex", "")),
        born_on=day(told.get("born_on", "")), age_years=number(age[0]) if age else None,
    )  # fmt: skip
