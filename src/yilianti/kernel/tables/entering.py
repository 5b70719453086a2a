"""Writing rows one after the other: each in a savepoint of its own, so that one refusal leaves the others standing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import transaction

from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.layout import Outcome, Row, Verdict


def one_by_one(rows: Iterable[Row], act: Callable[[Row], str]) -> list[Outcome]:
    """`act` writes a row and answers its ref; a refusal becomes the row's outcome."""
    outcomes = []
    for row in rows:
        try:
            with transaction.atomic():
                ref = act(row)
        except Refused as refusal:
            outcomes.append(Outcome(row.number, refusal=refusal.zh))
        else:
            outcomes.append(Outcome(row.number, made=row.verdict is Verdict.NEW, ref=ref))
    return outcomes
