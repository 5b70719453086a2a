"""Attributes of a DICOM data set as plain values; what is not there or makes no sense is empty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pydicom.dataset import Dataset

from yilianti.record.recordings import api as recordings


def text(dataset: Dataset, keyword: str) -> str:
    """The first value as one clean line."""
    value = first(dataset, keyword)
    return recordings.clean(str(value), 200) if value is not None else ""


def first(dataset: Dataset, keyword: str) -> Any:
    """The first value of an attribute, or nothing."""
    value = dataset.get(keyword)
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        return value
    return value[0] if len(value) else None


def readable(dataset: Dataset, keyword: str) -> Sequence[Dataset]:
    """The items of a sequence, or none."""
    value = dataset.get(keyword)
    return value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else ()


def real(dataset: Dataset, keyword: str) -> float | None:
    """A finite number, or nothing."""
    try:
        value = float(first(dataset, keyword))
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def integer(value: Any) -> int | None:
    """A whole number, or nothing."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def integers(dataset: Dataset, keyword: str) -> list[int]:
    """All values as whole numbers."""
    value = dataset.get(keyword)
    many = value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else [] if value is None else [value]
    return [found for one in many if (found := integer(one)) is not None]


def day(said: str) -> date | None:
    """A DA value."""
    plain = said.replace(".", "").replace("-", "")[:8]
    try:
        return date(int(plain[:4]), int(plain[4:6]), int(plain[6:8]))
    except ValueError:
        return None


def moment(said: str) -> datetime | None:
    """A DT value, or a DA and a TM value one after the other; a zone only where it is written."""
    zone = said[-5:] if len(said) > 13 and said[-5] in "+-" else ""
    plain = said.removesuffix(zone).replace(":", "").strip()
    shapes = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
    whole, _, fraction = plain.partition(".")
    shape = shapes.get(len(whole), "") + (".%f" if fraction else "") + ("%z" if zone else "")
    if len(whole) not in shapes or len(whole) == 8:
        return None
    try:
        return datetime.strptime(whole + (f".{fraction[:6]}" if fraction else "") + zone, shape)  # noqa: DTZ007 - the file may name no zone
    except ValueError:
        return None
