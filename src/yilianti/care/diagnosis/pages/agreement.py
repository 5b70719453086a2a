"""「一致程度」: two readers, and machine and report, statement by statement, with what is uncertain about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti import policybook
from yilianti.care.diagnosis import agreeing, counting, library
from yilianti.care.diagnosis.agreeing import Machine, Readers
from yilianti.care.diagnosis.pages import quality
from yilianti.care.diagnosis.rules.figures import Kappa, Share
from yilianti.care.diagnosis.terms import Modality
from yilianti.kernel.pages import Request, page
from yilianti.kernel.tables.sheets import streamed


@page(counting.AS_CENTRE)
def agreement(request: Request) -> HttpResponse:
    """Both tables of some months of the centres one oversees."""
    scope, names, least = quality.scope_of(request), _names(request), _least(request)
    readers, second = agreeing.readers(request.actor, scope)
    machine, reports = agreeing.machine(request.actor, scope)
    return render(request, "diagnosis/agreement.html", {
        "scope": scope, "month": f"{scope.last:%Y-%m}", "span": quality.span_of(scope), "spans": quality.SPANS.items(), "least": least, "query": quality.asked(request),
        "previous_url": quality.turned(request, scope.last, -1), "next_url": quality.turned(request, scope.last, 1), "second": second, "reports": reports,
        "readers": [_readers(row, names, least) for row in readers], "machine": [_machine(row, names, least) for row in machine],
    })  # fmt: skip


@page(counting.AS_CENTRE)
def export(request: Request) -> FileResponse:
    """The same as an Excel file, with every count."""
    scope, names, least = quality.scope_of(request), _names(request), _least(request)
    return streamed(f"心电一致程度-{scope.last:%Y%m}.xlsx", [("两位医师", _readers_sheet(request, scope, names, least)), ("机器与报告", _machine_sheet(request, scope, names, least))])


def _readers_sheet(request: Request, scope: counting.Scope, names: dict[str, str], least: int) -> Iterator[list[object]]:
    yield ["语句", "代码", "两人都选", "只有初诊", "只有复阅", "都没选", "Kappa", "95% 区间"]
    for row in agreeing.readers(request.actor, scope)[0]:
        said = _readers(row, names, least)
        yield [said["name"], row.code, row.both, row.first, row.second, row.neither, said["kappa"], said["interval"]]


def _machine_sheet(request: Request, scope: counting.Scope, names: dict[str, str], least: int) -> Iterator[list[object]]:
    yield ["语句", "代码", "都有", "只有机器", "只有报告", "灵敏度", "95% 区间", "阳性预测值", "95% 区间"]
    for row in agreeing.machine(request.actor, scope)[0]:
        said = _machine(row, names, least)
        yield [said["name"], row.code, row.right, row.wrong, row.missed, said["sensitivity"][0], said["sensitivity"][1], said["predictive"][0], said["predictive"][1]]


def _names(request: Request) -> dict[str, str]:
    return library.names(Modality.ECG.value, request.actor.institution or 0, timezone.now())


def _least(request: Request) -> int:
    return int(policybook.in_force(quality.POLICY, timezone.localdate(), request.actor.scope).least)


def _readers(row: Readers, names: dict[str, str], least: int) -> dict[str, Any]:
    found: Kappa | None = row.kappa(least)
    return {"row": row, "name": names.get(row.code, row.code), "kappa": f"{found.value}" if found else quality.CANNOT, "interval": f"{found.low} 至 {found.high}" if found else ""}


def _machine(row: Machine, names: dict[str, str], least: int) -> dict[str, Any]:
    return {"row": row, "name": names.get(row.code, row.code), "sensitivity": _share(row.sensitivity(least)), "predictive": _share(row.predictive(least))}


def _share(found: Share | None) -> tuple[str, str]:
    return (f"{found.value}%", f"{found.low}–{found.high}%") if found else (quality.CANNOT, "")
