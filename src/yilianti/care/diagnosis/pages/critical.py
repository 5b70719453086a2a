"""Critical values: the ledger, its export, and what is done about one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, QueryDict
from django.utils import timezone

from yilianti.care.diagnosis import actions, queries
from yilianti.care.diagnosis.models import CriticalValue
from yilianti.care.diagnosis.pages import showing
from yilianti.care.diagnosis.terms import CriticalState
from yilianti.kernel.pages import Request, answer, done, looked_at, page
from yilianti.kernel.tables.sheets import streamed

_PAGE = 30
_HEADINGS = ("检查编号", "申请机构", "危急值", "关键值", "发现", "复述确认", "确认用时（分钟）", "复述", "确认人", "已告知家属", "处置", "处置时间", "状态", "转通知次数", "依据")


@dataclass(frozen=True)
class Filters:
    """What the ledger is narrowed to; the export takes the same."""

    state: str = ""
    place: str = ""
    first: date | None = None
    last: date | None = None

    @classmethod
    def asked(cls, given: QueryDict) -> Filters:
        state = given.get("state", "")
        return cls(state if state in {str(s.value) for s in CriticalState} else "", given.get("place", "")[:32].strip(), _day(given.get("first", "")), _day(given.get("last", "")))

    def of(self, rows: QuerySet[CriticalValue]) -> QuerySet[CriticalValue]:
        rows = rows.filter(state=self.state) if self.state else rows
        rows = rows.filter(exam__institution__short_name__icontains=self.place) if self.place else rows
        rows = rows.filter(found_at__gte=_midnight(self.first)) if self.first else rows
        rows = rows.filter(found_at__lt=_midnight(self.last + timedelta(days=1))) if self.last else rows
        return rows.order_by("-found_at", "-id")

    def query(self, **more: object) -> str:
        said = {"state": self.state, "place": self.place, "first": self.first or "", "last": self.last or "", **more}
        return "?" + urlencode({key: value for key, value in said.items() if value})


def _day(said: str) -> date | None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2199 else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))  # noqa: DTZ001 - made aware here


@page("diagnosis.view")
def ledger(request: Request) -> HttpResponse:
    """Every critical value the actor's institutions sent or found, the newest first."""
    actor, now, filters = request.actor, timezone.now(), Filters.asked(request.GET)
    listed = queries.ledger(filters.of(queries.criticals(actor)), _PAGE, request.GET.get("after", ""))
    for one in listed.rows:
        looked_at(request, one.exam.resident_id, "查看危急值台账")
    return answer(request, "diagnosis/critical.html", {
        "rows": showing.criticals(actor, listed.rows, now), "filters": filters, "export_query": filters.query(),
        "tabs": [{"label": label, "url": filters.query(state=value), "active": value == filters.state} for value, label in [("", "全部"), *CriticalState.choices()]],
        "order_url": f"/rosters/order/{actor.institution}/" if actor.institution and actor.may("rosters.arrange", actor.institution) else "",
        "next_url": filters.query(after=listed.next_key) if listed.next_key else "",
    })  # fmt: skip


@page("diagnosis.view")
def export(request: Request) -> FileResponse:
    """The ledger as Excel, narrowed as on the page; numbers and institutions, no names."""
    return streamed(f"危急值台账-{timezone.localdate():%Y%m%d}.xlsx", [("危急值", _rows(request))])


def _rows(request: Request) -> Iterator[list[object]]:
    yield list(_HEADINGS)
    for one in Filters.asked(request.GET).of(queries.criticals(request.actor)).iterator(500):
        looked_at(request, one.exam.resident_id, "导出危急值台账")
        minutes = int((one.acknowledged_at - one.found_at).total_seconds() // 60) if one.acknowledged_at else ""
        yield [
            one.exam.number, one.exam.institution.short_name, one.name, one.key_value, one.found_at, one.acknowledged_at, minutes, one.read_back, one.acknowledged_by.name if one.acknowledged_by else "",
            "是" if one.family_told else "", one.outcome, one.resolved_at, CriticalState.label(one.state), one.rung, one.policy_ref,
        ]  # fmt: skip


@page("diagnosis.acknowledge", methods=("POST",))
def acknowledge(request: Request, critical: int) -> HttpResponse:
    """「复述确认」"""
    one = actions.acknowledge(actor=request.actor, critical=critical, read_back=request.POST.get("read_back", ""), family_told=bool(request.POST.get("family_told")), at=timezone.now())
    return done(request, f"/diagnosis/{one.exam.number}/", "危急值已复述确认，请立即处置并登记。")


@page("diagnosis.resolve", methods=("POST",))
def resolve(request: Request, critical: int) -> HttpResponse:
    """「登记处置」"""
    one = actions.resolve(actor=request.actor, critical=critical, outcome=request.POST.get("outcome", ""), at=timezone.now())
    return done(request, f"/diagnosis/{one.exam.number}/", "危急值处置已登记。")


@page("diagnosis.note_unreachable", methods=("POST",))
def note_unreachable(request: Request, critical: int) -> HttpResponse:
    """「无人应答」"""
    one = actions.note_unreachable(actor=request.actor, critical=critical, at=timezone.now())
    return done(request, f"/diagnosis/{one.exam.number}/", "已通知下一人。")
