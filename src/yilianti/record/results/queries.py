"""What is known of a resident's reports: the timeline, the latest values, one report with its chain and former values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.record.encounters import api as encounters
from yilianti.record.results import access, rules
from yilianti.record.results.models import Observation, Report, ReportQuerySet
from yilianti.record.results.terms import Category, EarlierValue, Latest, Measured, Status

SOURCE = "report"
_LIGHT = ("id", "number", "issued_at", "category", "name", "status", "conclusion", "reporter", "institution_id",
          "institution__short_name", "abnormal_count", "critical_count", "supersedes_id")
_TREND_ROWS = 200
_NEWEST = 30


def timeline(
    actor: Actor, resident_ids: Sequence[int], *, before: tuple[datetime, int] | None = None, limit: int = 30,
    narrowing: encounters.Narrowing | None = None, how_far: encounters.Sharing = encounters.Sharing.NO_CONSENT,
) -> list[encounters.Happening]:
    """Current reports newest first below (moment, id); one statement."""
    rows = access.visible_to(actor, how_far).current().filter(resident__in=resident_ids)
    return [_happening(row) for row in _narrowed(rows, narrowing or encounters.Narrowing()).before(before).values(*_LIGHT)[:limit]]


def hidden_count(actor: Actor, resident_ids: Sequence[int]) -> int:
    """How many current reports of this resident lie outside the actor's reach."""
    return encounters.hidden_from(actor, Report.objects.current().filter(resident__in=resident_ids), access.VIEW, access.SEALED).count()


def latest_results(actor: Actor, resident_ids: Sequence[int], *, how_far: encounters.Sharing = encounters.Sharing.NO_CONSENT, limit: int = 10) -> list[Latest]:
    """The newest values, abnormal ones first within a report, out of the newest current reports."""
    reports = access.visible_to(actor, how_far).current().filter(resident__in=resident_ids).exclude(status=Status.CANCELLED.value)
    newest = list(reports.before(None).values_list("id", flat=True)[:_NEWEST])
    rows = Observation.objects.filter(report__in=newest).order_by("-report__issued_at", "-report_id", "position").values(
        "report__number", "report__issued_at", "report__institution__short_name", "code", "name", "value", "unit", "reference_range", "flag")
    seen: dict[str, Latest] = {}
    for row in rows[:_TREND_ROWS]:
        seen.setdefault(row["code"] or row["name"], Latest(
            row["report__number"], row["name"], row["value"], row["unit"], row["reference_range"], row["flag"],
            row["report__issued_at"], row["report__institution__short_name"], row["code"], *rules.sign(row["flag"])))
    ordered = sorted(seen.values(), key=lambda latest: (-latest.at.timestamp(), latest.report, not rules.is_abnormal(latest.flag)))
    return ordered[:limit]


def measured(actor: Actor, resident_ids: Iterable[int], codes: Iterable[str], *, institutions: Iterable[int], since: datetime) -> list[Measured]:
    """The newest number of each of these items of many residents, as these institutions reported it; one statement whatever their number."""
    reports = access.visible_to(actor).current().filter(resident__in=list(resident_ids), institution__in=list(institutions), issued_at__gte=since)
    rows = Observation.objects.filter(report__in=reports.exclude(status=Status.CANCELLED.value), code__in=list(codes), value_number__isnull=False)
    rows = rows.order_by("report__resident_id", "code", "-report__issued_at", "-id").distinct("report__resident_id", "code")
    told = rows.values_list("report__resident_id", "code", "value_number", "unit", "report__issued_at", "report__number")
    return [Measured(resident, code, number, unit, at, report) for resident, code, number, unit, at, report in told if number is not None]


def reported_days(resident_ids: Iterable[int], since: date, until: date) -> dict[tuple[int, int], set[date]]:
    """(resident, institution) → days of sampling or, where that is unknown, of reporting; for the platform's own looking through, one statement."""
    moment = Coalesce("observed_at", "issued_at")
    rows = Report.objects.exclude(status=Status.CANCELLED.value).filter(resident__in=list(resident_ids)).annotate(moment=moment)
    found: dict[tuple[int, int], set[date]] = {}
    for resident, institution, at in rows.filter(moment__date__gte=since, moment__date__lte=until).values_list("resident_id", "institution_id", "moment"):
        found.setdefault((resident, institution), set()).add(timezone.localdate(at))
    return found


def latest_reports(actor: Actor, resident_ids: Sequence[int], *, how_far: encounters.Sharing = encounters.Sharing.NO_CONSENT, limit: int = 10) -> list[encounters.Happening]:
    """The newest current reports."""
    return timeline(actor, resident_ids, limit=limit, how_far=how_far)


def one(actor: Actor, number: str, at: datetime) -> tuple[Report, encounters.Sharing] | None:
    """A report the actor may read, and how far their reading goes; None for a missing and a foreign one alike."""
    whole = Report.objects.select_related("resident", "institution", "encounter", "superseded_by", "supersedes", "overtaken_by")
    found = whole.filter(number=number).first()
    if found is None:
        return None
    how_far = encounters.sharing(actor, found.resident_id, at)
    return (found, how_far) if access.visible_to(actor, how_far).filter(pk=found.pk).exists() else None


def line(actor: Actor, number: str, at: datetime) -> tuple[int, encounters.Happening] | None:
    """(resident id, light line) of a report the actor may read."""
    found = one(actor, number, at)
    return (found[0].resident_id, _happening(Report.objects.values(*_LIGHT).get(id=found[0].id))) if found else None


def of_encounter(encounter_number: str, actor: Actor, *, how_far: encounters.Sharing = encounters.Sharing.NO_CONSENT) -> list[encounters.Happening]:
    """Current reports of one encounter, newest first."""
    rows = access.visible_to(actor, how_far).current().filter(encounter__number=encounter_number)
    return [_happening(row) for row in rows.before(None).values(*_LIGHT)[:200]]


def observations(report: Report) -> list[Observation]:
    """The lines of a report in order."""
    return list(Observation.objects.filter(report=report).order_by("position"))


def chain(report: Report) -> list[Report]:
    """Every report under the same key of this resident, newest first."""
    if not report.filler_number:
        return [report]
    same = Report.objects.filter(institution=report.institution_id, filler_number=report.filler_number, code=report.code, resident=report.resident_id)
    return list(same.select_related("superseded_by", "overtaken_by").order_by("-issued_at", "-id"))


def former_values(
    actor: Actor, report: Report, observations: Sequence[Observation], resident_ids: Sequence[int], *, how_far: encounters.Sharing = encounters.Sharing.NO_CONSENT,
) -> dict[int, list[EarlierValue]]:
    """Observation id → earlier values of the same item (code and system, else name), newest first, at most four; one statement."""
    codes = {line.code for line in observations if line.code}
    names = {line.name for line in observations if not line.code}
    earlier = access.visible_to(actor, how_far).current().filter(
        resident__in=resident_ids, issued_at__lt=report.issued_at).exclude(status=Status.CANCELLED.value)
    found = Observation.objects.filter(Q(code__in=codes) | Q(code="", name__in=names), report__in=earlier)
    rows = found.order_by("-report__issued_at", "-report_id").values(
        "code", "system", "name", "value", "value_number", "unit", "flag", "report__number", "report__issued_at", "report__institution__short_name")
    by_item: dict[tuple[str, str], list[EarlierValue]] = {}
    for row in rows[:_TREND_ROWS]:
        key = (row["system"], row["code"]) if row["code"] else ("", row["name"])
        by_item.setdefault(key, []).append(EarlierValue(
            row["report__issued_at"], row["report__number"], row["report__institution__short_name"], row["value"],
            row["value_number"], row["unit"], row["flag"]))
    return {line.id: by_item.get((line.system, line.code) if line.code else ("", line.name), [])[:4] for line in observations}


def portable(resident_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Every report of a person with its lines, superseded ones too, oldest first, as plain values: for the person's own copy."""
    lines = Prefetch("observations", Observation.objects.order_by("position"))
    rows = Report.objects.filter(resident__in=resident_ids).select_related("institution").prefetch_related(lines).order_by("issued_at", "id")
    for row in rows.iterator(500):
        yield {
            "number": row.number, "institution": row.institution.name, "category": row.category, "name": row.name, "status": row.status,
            "issued_at": row.issued_at, "reporter": row.reporter, "conclusion": row.conclusion,
            "items": [{"name": o.name, "value": o.value, "unit": o.unit, "reference_range": o.reference_range, "flag": o.flag} for o in row.observations.all()],
        }  # fmt: skip


def _narrowed(rows: ReportQuerySet, by: encounters.Narrowing) -> ReportQuerySet:
    if by.institution:
        rows = rows.filter(institution=by.institution)
    if by.kinds:
        rows = rows.filter(category__in=by.kinds)
    if by.from_at:
        rows = rows.filter(issued_at__gte=by.from_at)
    if by.until_at:
        rows = rows.filter(issued_at__lt=by.until_at)
    if by.text:
        rows = rows.filter(Q(name__icontains=by.text) | Q(conclusion__icontains=by.text) | Q(reporter__icontains=by.text) | Q(number=by.text))
    return rows


def _happening(row: dict[str, Any]) -> encounters.Happening:
    counted = f"{row['critical_count']} 项危急" if row["critical_count"] else f"{row['abnormal_count']} 项异常" if row["abnormal_count"] else ""
    cancelled = row["status"] == Status.CANCELLED
    tone = "idle" if cancelled else "bad" if row["critical_count"] else "warn" if row["abnormal_count"] else "ok"
    corrected = row["supersedes_id"] and not cancelled
    return encounters.Happening(
        source=SOURCE, id=row["id"], number=row["number"], at=row["issued_at"], title=row["name"], kind=row["category"],
        kind_label=Category.label(row["category"]), institution_id=row["institution_id"], institution=row["institution__short_name"],
        note=" · ".join(part for part in (counted, row["conclusion"][:80], row["reporter"]) if part),
        state=Status.CORRECTED.zh if corrected else Status.label(row["status"]), tone=tone,
    )
