"""The sequences of an aECG: a time sequence and the leads beside it, sample by sample."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from lxml import etree

from yilianti.gateways.ecg_devices import units
from yilianti.gateways.ecg_devices.aecg.moments import moment
from yilianti.gateways.ecg_devices.markup import number, words
from yilianti.gateways.ecg_devices.refusing import damaged, no_rate
from yilianti.record.recordings import api as recordings

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


@dataclass(frozen=True)
class Series:
    """What one series holds: leads on one axis that begins at `head` (a moment, or seconds where time is relative)."""

    leads: tuple[recordings.Lead, ...]
    rate: float
    started_at: datetime | None
    offset: float
    notes: tuple[str, ...]


def series(node: etree._Element) -> Series:
    """All sequence sets of a series; sets that begin later stand later on the axis."""
    sets = [one for one in map(_set, node.findall("component/sequenceSet")) if one[3]]
    if not sets:
        return Series((), 0.0, None, 0.0, ())
    step, began, relative, _ = sets[0]
    if any(abs(other[0] - step) > 1e-9 for other in sets):
        raise damaged("各组波形的采样间隔不同", "the sequence sets have different sampling intervals")
    starts = [_seconds(one, began, relative) for one in sets]
    pieces = [(lead, round((start - min(starts)) / step)) for one, start in zip(sets, starts, strict=True) for lead in one[3]]
    leads, notes = recordings.side_by_side(pieces)
    first = sets[starts.index(min(starts))]
    return Series(leads, rate(step), first[1], first[2], notes)


def rate(step: float) -> float:
    """Samples a second from the interval, free of the last bits that a division adds (0.001 s is 1000 Hz)."""
    whole = 1 / step
    return float(round(whole)) if abs(whole - round(whole)) < 1e-6 * whole else whole


def _seconds(one: tuple[float, datetime | None, float, list[recordings.Lead]], began: datetime | None, relative: float) -> float:
    if one[1] is not None and began is not None and (one[1].tzinfo is None) == (began.tzinfo is None):
        return (one[1] - began).total_seconds()
    return one[2] - relative


def _set(node: etree._Element) -> tuple[float, datetime | None, float, list[recordings.Lead]]:
    step, began, relative, leads = 0.0, None, 0.0, []
    for sequence in node.findall("component/sequence"):
        code, value = sequence.find("code"), sequence.find("value")
        name = code.get("code", "") if code is not None else ""
        if value is None:
            continue
        if name.startswith("TIME_"):
            step, began, relative = _time(value)
        elif "_LEAD_" in name or recordings.is_lead(name):
            leads.append(_lead(recordings.lead_name(name), value))
    if leads and not step > 0:
        raise no_rate("（缺少时间序列的间隔）", " (the time sequence has no increment)")
    return step, began, relative, leads


def _time(value: etree._Element) -> tuple[float, datetime | None, float]:
    head, increment = value.find("head"), value.find("increment")
    if increment is None:
        raise no_rate("（时间序列不是等间隔的）", " (the time sequence is not evenly spaced)")
    step = (number(increment.get("value")) or 0.0) * units.seconds(increment.get("unit") or "s")
    if not 1e-6 <= step <= 1:
        raise no_rate("（采样间隔不合理）", " (the sampling interval is absurd)")
    said = head.get("value", "") if head is not None else ""
    unit = head.get("unit") if head is not None else None
    if unit:
        return step, None, (number(said) or 0.0) * units.seconds(unit)
    return step, moment(said), 0.0


def _lead(name: str, value: etree._Element) -> recordings.Lead:
    scale, scale_unit = _quantity(value.find("scale"), name)
    origin_node = value.find("origin")
    origin, origin_unit = _quantity(origin_node, name) if origin_node is not None else (0.0, 1.0)
    return recordings.Lead(name, _digits(words(value, "digits"), name), _tidy(scale * scale_unit), _tidy(origin * origin_unit))


def _quantity(node: etree._Element | None, name: str) -> tuple[float, float]:
    value = number(node.get("value")) if node is not None else None
    if node is None or value is None:
        raise damaged(f"{name} 导联没有幅值刻度", f"lead {name} has no scale")
    return value, units.microvolts(node.get("unit") or "")


def _tidy(value: float) -> float:
    return float(f"{value:.12g}")


def _digits(text: str, name: str) -> np.ndarray:
    """Integers where all of them are; a token that is no number is refused."""
    recordings.within(text.count(" ") + text.count("\n") + text.count("\t") if len(text) > 4_000_000 else 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            values = np.fromstring(text.replace(",", " "), dtype=np.float64, sep=" ")
        except (DeprecationWarning, ValueError):
            raise damaged(f"{name} 导联的采样值里有不是数字的内容", f"lead {name} holds something that is no number") from None
    recordings.within(len(values))
    if not np.isfinite(values).all():
        raise damaged(f"{name} 导联的采样值不是有限的数", f"lead {name} holds a value that is not finite")
    whole = values.astype(np.int32, copy=True) if np.abs(values).max(initial=0) < 2**31 else values
    return whole if np.array_equal(whole, values) else values
