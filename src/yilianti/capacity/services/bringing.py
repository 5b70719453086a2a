"""A table of the directory: brought and looked at, then applied or discarded, and taken back where nothing has built on it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from django.utils import timezone

from yilianti.capacity.services import access, tables
from yilianti.capacity.services.models import TableBrought, TableRow
from yilianti.capacity.services.terms import TableState
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables import parsing
from yilianti.kernel.tables.layout import Fault, Layout, Outcome, Row, Verdict
from yilianti.kernel.tables.opening import matched, open_table

#: A county's directory fits; what is longer is brought in parts, so that nobody waits for an answer.
MOST_ROWS = 1_000
_ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtextextended('services.tables', 0))"


def bring(*, actor: Actor, kind: str, file_name: str, content: bytes, at: datetime) -> TableBrought:
    """Read and judge a file; nothing is written to the directory. The same file, still waiting, is shown again."""
    access.require_exchange(actor, tables.KINDS[kind].permission, actor.institution)
    rows = _read(actor, kind, file_name, content, at)
    given = {"kind": kind, "institution_id": actor.institution or 0, "sha256": hashlib.sha256(content).hexdigest()}
    try:
        with transaction.atomic():
            one = TableBrought.objects.create(**given, person_name=actor.name, file_name=file_name[-160:], brought_at=at)
            TableRow.objects.bulk_create([_kept(one, row) for row in rows], batch_size=500)
            _count(one)
            _record("services.table_brought", actor, one, at, {"sha256": one.sha256, "counts": one.counts})
    except IntegrityError as clash:
        if "one_table_waits_once" not in str(clash):
            raise
        return TableBrought.objects.filter(**given).latest("pk")
    return one


@transaction.atomic
def apply(*, actor: Actor, table: int, at: datetime) -> TableBrought:
    """Write the good rows, judged anew behind whoever wrote last: of two who bring the same, the second finds nothing left to do."""
    one = _locked(actor, table, TableState.READY)
    _hold()
    kept = {row.number: row for row in one.rows.filter(verdict__in=[Verdict.NEW.value, Verdict.CHANGED.value]).order_by("number")}
    if not kept:
        raise Refused("nothing_to_write", "没有需要写入的行：目录与文件一致，或各行都有误。", "nothing to write")
    kind = tables.KINDS[one.kind]
    rows = [Row(number, dict(row.values)) for number, row in kept.items()]
    kind.judge(actor, rows, timezone.localdate(at))
    outcomes = {done.number: done for done in kind.enter(actor, [row for row in rows if row.verdict in (Verdict.NEW, Verdict.CHANGED)], at)}
    for row in rows:
        _settle(kept[row.number], row, outcomes.get(row.number))
    TableRow.objects.bulk_update(kept.values(), ["verdict", "faults", "ref", "is_made"], batch_size=500)
    one.rows.exclude(verdict=Verdict.ERROR.value).update(values={}, changes={}, notes=[])
    one.state, one.applied_at = TableState.DONE.value, at
    _count(one)
    _record("services.table_applied", actor, one, at, {"sha256": one.sha256, "counts": one.counts})
    return one


@transaction.atomic
def discard(*, actor: Actor, table: int, at: datetime) -> TableBrought:
    """Throw a table away that has not been written."""
    one = _locked(actor, table, TableState.READY)
    one.rows.all().delete()
    one.state = TableState.DISCARDED.value
    one.save(update_fields=["state"])
    _record("services.table_discarded", actor, one, at, {})
    return one


@transaction.atomic
def undo(*, actor: Actor, table: int, at: datetime) -> int:
    """Take back what a table made, all of it or nothing. Answers how many rows."""
    one = _locked(actor, table, TableState.DONE)
    refs = list(one.rows.filter(is_made=True).order_by("number").values_list("ref", flat=True))
    if not refs:
        raise Refused("nothing_made", "这张表只更改了已有内容，没有新增；改错的请在服务页更正。", "nothing was made")
    _hold()
    tables.KINDS[one.kind].withdraw(actor, refs, at)
    one.state = TableState.UNDONE.value
    one.save(update_fields=["state"])
    _record("services.table_undone", actor, one, at, {"rows": len(refs)})
    return len(refs)


def _read(actor: Actor, kind: str, file_name: str, content: bytes, at: datetime) -> list[Row]:
    day = timezone.localdate(at)
    layout = tables.KINDS[kind].layout(actor, day)
    table = open_table(file_name, io.BytesIO(content), layout)
    places = matched(layout, table.headings)
    if absent := parsing.missing(layout, places):
        raise Refused("column_missing", _absent(kind, layout, absent, table.headings, actor, at), "a column is missing", field="file")
    rows: list[Row] = []
    for batch in parsing.rows_of(layout, table, places):
        rows += batch
        if len(rows) > MOST_ROWS:
            raise Refused("too_many_rows", f"超过 {MOST_ROWS:,} 行；请按机构拆成几个文件分别导入。", "too many rows", field="file")
    if not rows:
        raise Refused("file_empty", "表里只有列名，没有数据；请从第二行起填写（以“示例”开头的行不算）。", "no rows", field="file")
    tables.KINDS[kind].judge(actor, rows, day)
    return rows


def _absent(kind: str, layout: Layout, absent: Sequence[str], headings: Sequence[str], actor: Actor, at: datetime) -> str:
    """What to do about a column that is not there: perhaps it is another table."""
    for key, other in tables.KINDS.items():
        fits = other.layout(actor, timezone.localdate(at))
        if key != kind and not parsing.missing(fits, matched(fits, headings)):
            return f"这像是“{fits.title}”的表，不是“{layout.title}”；请到“{fits.title}”导入页上传。"
    labels = "、".join(layout.column(key).label for key in absent)
    return f"文件里没有“{labels}”这一列；请使用下载的模板，列名不要改。"


def _kept(one: TableBrought, row: Row) -> TableRow:
    values = {key: value for key, value in row.values.items() if value and not key.startswith("_")}
    return TableRow(of=one, number=row.number, values=values, verdict=row.verdict.value, faults=[fault.as_json() for fault in row.faults],
                    changes=row.changes, notes=row.notes)  # fmt: skip


def _settle(kept: TableRow, row: Row, outcome: Outcome | None) -> None:
    faults = [*row.faults, *([Fault("整行", "", outcome.refusal)] if outcome and outcome.refusal else [])]
    kept.faults = [fault.as_json() for fault in faults]
    kept.verdict = (Verdict.ERROR if faults else row.verdict).value
    if outcome and not outcome.refusal:
        kept.ref, kept.is_made = outcome.ref, outcome.made


def _count(one: TableBrought) -> None:
    counted = dict(one.rows.order_by().values_list("verdict").annotate(Count("id")))
    one.counts = {verdict.value: counted.get(verdict.value, 0) for verdict in Verdict}
    one.save(update_fields=["counts", "state", "applied_at"])


def _hold() -> None:
    """Tables are written one after the other until the transaction ends (they are rare)."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_WRITER)


def _locked(actor: Actor, table: int, state: TableState) -> TableBrought:
    one = TableBrought.objects.select_for_update(of=("self",)).filter(pk=table).first()
    if one is None:
        raise Refused("unknown_table", "没有这张表；请回到导入页。", "unknown table")
    access.require_exchange(actor, tables.KINDS[one.kind].permission, one.institution_id)
    if one.state != state:
        raise Refused("wrong_state", f"这张表{TableState.label(one.state)}；请刷新页面。", "another state")
    return one


def _record(word: str, actor: Actor, one: TableBrought, at: datetime, facts: Mapping[str, object]) -> None:
    journal.write(word, actor=actor, at=at, subject=f"services_table:{one.pk}", to_institution=one.institution_id, facts={"kind": one.kind, **facts})
