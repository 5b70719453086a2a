"""Who signed a report, whether it is still as signed, and the files with which anybody verifies it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from yilianti.care.diagnosis import bundle, signatures
from yilianti.care.diagnosis.models import Exam, IssuedReport
from yilianti.care.diagnosis.pages.views import visible_or_404
from yilianti.kernel.pages import Request, looked_at, page
from yilianti.kernel.papers import signing as papers
from yilianti.kernel.tables.sheets import file

#: What stands beside a report as said by physicians: not the blinded second reading.
_SAID = {"first": "诊断医师", "audit": "审核医师", "amendment": "更正医师", "decision": "会诊定论", "opinion": "会诊意见"}


def _found(request: Request, number: str, version: int) -> tuple[Exam, IssuedReport]:
    exam = visible_or_404(request, number)
    report = IssuedReport.objects.filter(exam=exam, version=version).defer("content").first()
    if report is None:
        raise Http404("没有这一版报告。")
    return exam, report


def _readings(exam: Exam, report: IssuedReport) -> list[dict[str, Any]]:
    """What was said up to this version, each with its signature looked at."""
    rows = exam.readings.filter(kind__in=_SAID, at__lte=report.at).select_related("reader").order_by("at", "id")
    return [{"reading": one, "label": _SAID[one.kind], "checked": signatures.check_reading(exam, one)} for one in rows]


@page("diagnosis.view")
def signature(request: Request, number: str, version: int) -> HttpResponse:
    """「电子签名」 of one version of a report."""
    exam, report = _found(request, number, version)
    looked_at(request, exam.resident_id, f"核验检查 {number} 的报告签名")
    checked = signatures.check_report(report)
    context = {"exam": exam, "report": report, "checked": checked, "readings": _readings(exam, report), "seal": papers.sealed_by(checked.content) if checked else ""}
    return render(request, "diagnosis/signature.html", context)


@page("diagnosis.view")
def standing(request: Request, number: str, version: int) -> HttpResponse:
    """Whether a report is still as signed, in one word, as a fragment."""
    _, report = _found(request, number, version)
    return render(request, "diagnosis/_signed.html", {"checked": signatures.check_report(report)})


@page("diagnosis.view")
def signed(request: Request, number: str, version: int) -> HttpResponse:
    """「签名件」: the issued bytes, signatures and certificates as one zip."""
    exam, report = _found(request, number, version)
    looked_at(request, exam.resident_id, f"下载检查 {number} 的签名件")
    checked = signatures.check_report(report)
    if checked is None:
        raise Http404("这一版报告签发于启用电子签名之前，没有签名件。")
    readings = [one["checked"] for one in _readings(exam, report) if one["checked"]]
    return file(f"{number}-{version}-signed.zip", bundle.packed(number, version, checked, readings), "application/zip")
