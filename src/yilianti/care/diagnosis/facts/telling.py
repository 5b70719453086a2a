"""What all fact tables of this room share: they follow the exam, and write lists of codes so that one code can be found in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from yilianti.care.diagnosis.models import Exam

SUBJECT, PAGE, OPENS = "diagnosis", "/diagnosis/{}/", "diagnosis.view"


def numbers(after: int, limit: int) -> list[tuple[int, str]]:
    """All exams by id."""
    rows: Any = Exam.objects.filter(id__gt=after).order_by("id").values_list("id", "number")[:limit]
    return list(rows)


def coded(codes: Iterable[str]) -> str:
    """「|SR||STT|」: each code between bars, in the order of the alphabet, so that two equal sets are equal texts."""
    return "".join(f"|{code}|" for code in sorted(set(codes)))


def seconds(since: datetime | None, until: datetime | None) -> int | None:
    """Whole seconds between two moments; None where one is missing."""
    return None if since is None or until is None else max(0, int((until - since).total_seconds()))
