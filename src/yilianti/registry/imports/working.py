"""The two long acts, reading and applying, in batches: cut short anywhere, they go on where they stopped."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import IO

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables import parsing
from yilianti.kernel.tables.layout import Fault, Importer, Outcome, Row, Verdict
from yilianti.kernel.tables.opening import matched, open_table
from yilianti.registry.access import api as accounts
from yilianti.registry.imports import actions, kinds, staging
from yilianti.registry.imports.models import HeadingChoice, Import, ImportRow
from yilianti.registry.imports.terms import AT_WORK, State

log = logging.getLogger(__name__)
#: Up to here people wait for the answer; beyond, the worker does it and the page shows how far it is.
SMALL_FILE, FEW_ROWS = 60_000, 150
_SILENT_SECONDS = 90
_TO_WRITE = (Verdict.NEW.value, Verdict.CHANGED.value)


class _Rejected(Exception):
    """One row of an all-or-nothing import was refused."""


def read(import_id: int, actor: Actor, at: datetime) -> None:
    """Parse and judge a file, once whoever else may try; leaves it ready, waiting for its columns to be named, or refused with a sentence."""
    try:
        with transaction.atomic():
            one = Import.objects.select_for_update(of=("self",), skip_locked=True).filter(id=import_id, state=State.READING.value).first()
            if one is not None:
                with staging.kept(one) as source:
                    _read(one, source, actor, at)
                one.save(update_fields=["state", "headings", "total", "counts"])
    except Refused as refusal:
        Import.objects.filter(id=import_id, state=State.READING.value).update(state=State.REFUSED.value, refusal=refusal.zh[:400])


def _read(one: Import, source: IO[bytes], actor: Actor, at: datetime) -> None:
    day = timezone.localdate(at)
    importer = kinds.of(one.kind)
    layout = importer.layout(actor, day)
    table = open_table(one.file_name, source, layout)
    saved = dict(HeadingChoice.objects.filter(institution=one.institution_id, kind=one.kind).values_list("column", "heading"))
    places = matched(layout, table.headings, saved)
    one.headings = list(table.headings)
    if parsing.missing(layout, places):
        _refuse_another_table(one.kind, table.headings, actor, at)
        one.state = State.MAPPING.value
        return
    for batch in parsing.rows_of(layout, table, places):
        importer.judge(actor, batch, day)
        ImportRow.objects.bulk_create([staging.staged(one.id, row) for row in batch], batch_size=500)
    _count(one)
    if not one.total:
        raise Refused("file_empty", "表里只有列名，没有数据；请从第二行起填写（以“示例”开头的行不算）。")
    one.state = State.READY.value


def _refuse_another_table(kind: str, headings: Sequence[str], actor: Actor, at: datetime) -> None:
    """A file whose headings fit another table wholly was brought to the wrong page."""
    for key, importer in kinds.every().items():
        layout = importer.layout(actor, timezone.localdate(at))
        if key != kind and not parsing.missing(layout, found := matched(layout, headings)) and len(found) > len(headings) // 2:
            raise Refused("wrong_table", f"这像是“{layout.title}”的表，不是“{kinds.title(kind)}”；请到“{layout.title}”导入页上传。")


def apply(import_id: int, actor: Actor, at: datetime) -> None:
    """Write the rows batch by batch, judged anew under the batch's locks; of an all-or-nothing import all in one transaction."""
    one = Import.objects.get(id=import_id)
    if one.state != State.APPLYING:
        return
    try:
        if one.whole_or_nothing:
            with transaction.atomic():
                while _batch(one, actor, at):
                    pass
                _close(one.id, actor, at)
        else:
            while _batch(one, actor, at):
                pass
            _close(one.id, actor, at)
    except _Rejected as rejected:
        Import.objects.filter(id=one.id, state=State.APPLYING.value).update(state=State.REFUSED.value, refusal=str(rejected)[:400])


def _batch(one: Import, actor: Actor, at: datetime) -> int:
    """Write the next rows; how many there were."""
    importer, day = kinds.of(one.kind), timezone.localdate(at)
    layout = importer.layout(actor, day)
    with transaction.atomic():
        Import.objects.select_for_update(of=("self",)).get(id=one.id)
        kept = list(one.rows.filter(is_done=False, verdict__in=_TO_WRITE).order_by("number")[: layout.at_once])
        rows = [staging.restored(row) for row in kept]
        importer.judge(actor, rows, day)
        outcomes = {done.number: done for done in _entered(importer, rows, actor, at)}
        for row, was in zip(rows, kept, strict=True):
            _settle(was, row, outcomes.get(row.number))
        if one.whole_or_nothing and (bad := next((row for row in kept if row.verdict == Verdict.ERROR), None)):
            raise _Rejected(f"第 {bad.number} 行写不进去：{bad.faults[0]['sentence']}已全部不写入；请重新上传。")
        _save(kept)
        Import.objects.filter(id=one.id).update(beat_at=timezone.now())
    return len(kept)


def _save(kept: Sequence[ImportRow]) -> None:
    """As few values a row as there are: a thousand cases in one statement take longer than the rows they are about."""
    ImportRow.objects.bulk_update([row for row in kept if row.faults], ["faults"], batch_size=500)
    ImportRow.objects.bulk_update([row for row in kept if row.ref], ["ref"], batch_size=500)
    alike: dict[tuple[str, bool], list[int]] = {}
    for row in kept:
        alike.setdefault((row.verdict, row.is_made), []).append(row.pk)
    for (verdict, is_made), ids in alike.items():
        ImportRow.objects.filter(id__in=ids).update(verdict=verdict, is_made=is_made, is_done=True)


def _entered(importer: Importer, rows: Sequence[Row], actor: Actor, at: datetime) -> list[Outcome]:
    todo = [row for row in rows if row.verdict in (Verdict.NEW, Verdict.CHANGED)]
    return importer.enter(actor, todo, at) if todo else []


def _settle(kept: ImportRow, row: Row, outcome: Outcome | None) -> None:
    faults = list(row.faults)
    if outcome and outcome.refusal:
        faults.append(Fault("整行", "", outcome.refusal))
    kept.is_done, kept.faults = True, [fault.as_json() for fault in faults]
    kept.verdict = (Verdict.ERROR if faults else row.verdict).value
    if outcome and outcome.ref:
        kept.ref, kept.is_made = outcome.ref, outcome.made and not outcome.refusal


@transaction.atomic
def _close(import_id: int, actor: Actor, at: datetime) -> None:
    one = Import.objects.select_for_update(of=("self",)).get(id=import_id)
    if one.state == State.APPLYING:
        _count(one)
        actions.finish(actor=actor, one=one, counts=one.counts, at=at)


def _count(one: Import) -> None:
    counted = dict(one.rows.order_by().values_list("verdict").annotate(Count("id")))
    one.total = sum(counted.values())
    one.counts = {verdict.value: counted.get(verdict.value, 0) for verdict in Verdict}


def go_on(import_id: int, at: datetime) -> None:
    """What the worker does: whatever this import waits for, as the person who asked for it, with the rights they have now."""
    one = Import.objects.filter(id=import_id, state__in=AT_WORK).first()
    if one is None:
        return
    actor = accounts.actor_for(one.post["account"], at, post=one.post.get("post")) if one.post.get("account") else None
    if actor is None:
        Import.objects.filter(id=one.id).update(state=State.REFUSED.value, refusal="上传的人已不能登录，导入停止；请由他人重新上传。")
    elif one.state == State.READING:
        read(one.id, actor, at)
    else:
        apply(one.id, actor, at)


def silent(at: datetime) -> list[int]:
    """Imports at work of which nothing has been heard: their worker was killed."""
    return list(Import.objects.filter(state__in=AT_WORK, beat_at__lt=at - timedelta(seconds=_SILENT_SECONDS)).values_list("id", flat=True))
