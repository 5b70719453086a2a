"""Which categories an item belongs to, and when a request is due; facts and policy values in, answers out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from yilianti.kernel.finding import Finding, Severity
from yilianti.registry.privacy.terms import Category

#: a local code such as FT3 must not pass for a diagnosis of chapter F
_ICD10 = re.compile(r"[A-Z]\d\d")


def categories(rows: Iterable[Mapping[str, str]]) -> tuple[Category, ...]:
    """The policy's table as categories; cells hold several prefixes or words joined by 「、」."""
    return tuple(Category(row["code"], row["name"], _parts(row["prefixes"]), _parts(row["words"])) for row in rows)


def belonging(table: Iterable[Category], codes: Iterable[str], texts: Iterable[str]) -> tuple[str, ...]:
    """Codes of the categories that an ICD-10 code or a text names; in the order of the policy."""
    given, said = tuple(code.upper() for code in codes if _ICD10.match(code.upper())), " ".join(text for text in texts if text).upper()
    return tuple(
        one.code for one in table
        if any(code.startswith(one.prefixes) for code in given) or any(word.upper() in said for word in one.words)
    )  # fmt: skip


def due_on(received: date, days: int) -> date:
    """The last day on which a request may be answered."""
    return received + timedelta(days=days)


def standing(due: date, day: date, soon_days: int) -> Finding | None:
    """A request that is late, or soon will be."""
    if due < day:
        return Finding("request_late", f"已超过答复期限 {(day - due).days} 天，请立即答复。", severity=Severity.BLOCKING, en="answer overdue")
    if (due - day).days <= soon_days:
        return Finding("request_due", f"{due} 前须答复。", severity=Severity.WARNING, en="answer due soon")
    return None


def enough_words(words: str, least: int) -> bool:
    """Whether a reason says something: so many characters besides blanks, not all the same one."""
    told = "".join(words.split())
    return len(told) >= least and len(set(told)) > 1


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("、") if part.strip())
