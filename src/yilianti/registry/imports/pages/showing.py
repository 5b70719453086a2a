"""An import in the words of its page."""

from __future__ import annotations

from typing import Any

from yilianti.kernel.tables.layout import CellKind, Column, Layout, Verdict
from yilianti.registry.imports import kinds, queries
from yilianti.registry.imports.models import Import, ImportRow
from yilianti.registry.imports.terms import Counts, State
from yilianti.registry.residents import api as residents

TONES = {State.READY: "wait", State.MAPPING: "wait", State.DONE: "ok", State.REFUSED: "bad", State.READING: "info", State.APPLYING: "info"}
_SHOWN = 4
_LONG_NUMBER = 12


def line(one: Import) -> dict[str, Any]:
    """One line of the ledger."""
    return {"one": one, "title": kinds.title(one.kind), "state": State.label(one.state), "tone": TONES.get(State(one.state), "idle"), "counts": Counts(**one.counts) if one.counts else None}


def shown(one: Import, layout: Layout) -> dict[str, Any]:
    return line(one) | {"layout": layout, "is_ready": one.state == State.READY, "is_done": one.state == State.DONE, "heads": [column.label for column in layout.columns[:_SHOWN]],
                        "issues": one.state == State.DONE and one.kind == "grants" and queries.opened_accounts(one.pk), **advance(one)}  # fmt: skip


def advance(one: Import) -> dict[str, Any]:
    """How far an import at work is."""
    counts = Counts(**one.counts) if one.counts else Counts()
    written = queries.written(one) if one.state == State.APPLYING else 0
    return {"one": one, "written": written, "to_write": counts.good, "share": written * 100 // counts.good if counts.good else 0}


def first_pile(one: Import) -> str:
    """What needs looking at first."""
    counts = Counts(**one.counts) if one.counts else Counts()
    order = ((Verdict.ERROR, counts.error), (Verdict.CHANGED, counts.changed), (Verdict.NEW, counts.new))
    return next((verdict.value for verdict, count in order if count), Verdict.UNCHANGED.value)


def tabs(one: Import, verdict: str) -> list[dict[str, Any]]:
    return [{"label": found.zh, "url": f"?rows={found.value}", "active": found == verdict, "count": one.counts.get(found.value, 0)} for found in Verdict] if one.counts else []


def row_line(layout: Layout, row: ImportRow) -> dict[str, Any]:
    said = layout.words(row.values)
    return {"row": row, "cells": [(column.label, _masked(column, said.get(column.key, ""))) for column in layout.columns[:_SHOWN]],
            "faults": [fault | {"shown": "" if f"“{fault['value']}”" in fault["sentence"] else fault["value"]} for fault in row.faults],
            "changes": [{"label": label, "old": old, "new": new} for label, (old, new) in row.changes.items()]}  # fmt: skip


def _masked(column: Column, value: str) -> str:
    return residents.mask_id(value) if column.kind is CellKind.CODE and len(value) > _LONG_NUMBER else value
