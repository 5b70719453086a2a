"""What the encounters room tells those who count: one row per visit or stay that a hospital system reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from yilianti.kernel.facts import Column, Fact, FactTable, Holds
from yilianti.kernel.months import month_of
from yilianti.record.encounters.models import Encounter
from yilianti.record.encounters.terms import Kind, State

COLUMNS = (
    Column("number", Holds.TEXT, "就诊编号", "一次门急诊或一次住院一行"),
    Column("resident", Holds.RESIDENT, "居民", "就诊的居民；不含姓名与证件号"),
    Column("institution", Holds.PLACE, "就诊机构", "报告这次就诊的机构"),
    Column("kind", Holds.WORD, "类别", "门诊、急诊、住院或其他", Kind),
    Column("state", Holds.WORD, "状态", "撤销登记的就诊保留为“已撤销”，各指标不计", State),
    Column("opened_at", Holds.MOMENT, "就诊时刻", "挂号、到诊或入院的时刻"),
    Column("closed_at", Holds.MOMENT, "结束时刻", "离院的时刻；未结束为空"),
)  # fmt: skip

_ROWS = """SELECT number, resident_id, institution_id, kind, state, opened_at, closed_at FROM encounters_encounter WHERE number = ANY(%s)"""
_MOMENTS = """SELECT DISTINCT subject, facts->>'opened_at' FROM kernel_journalentry WHERE subject = ANY(%s) AND facts ? 'opened_at'"""


def _rows(numbers: Sequence[str]) -> Iterator[Fact]:
    """The present state of these visits; two statements whatever their number."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [list(numbers)])
        rows = cursor.fetchall()
    months = _months(numbers)
    for values in rows:
        yield Fact(tuple(values), frozenset(months[values[0]] | {month_of(values[5])}))


def _months(numbers: Sequence[str]) -> defaultdict[str, set[date]]:
    """Every month in which each visit was ever said to begin, from its journal lines."""
    found: defaultdict[str, set[date]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_MOMENTS, [[f"encounters:{number}" for number in numbers]])
        for subject, moment in cursor.fetchall():
            if moment:
                found[subject.partition(":")[2]].add(month_of(datetime.fromisoformat(moment)))
    return found


def _numbers(after: int, limit: int) -> list[tuple[int, str]]:
    rows: Any = Encounter.objects.filter(id__gt=after).order_by("id").values_list("id", "number")[:limit]
    return list(rows)


FACTS = FactTable(
    name="encounter", zh="就诊", says="门急诊与住院，每次一行，随接口消息更新", subject="encounters", key="number", month="opened_at",
    columns=COLUMNS, rows=_rows, numbers=_numbers,
    listed=("number", "institution", "kind", "state", "opened_at", "closed_at"), page="/encounters/{}/", opens="encounters.view",
)  # fmt: skip
