"""Looking at an examination: the page, the samples for the viewer, the file as received, the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone

from yilianti.care.diagnosis import access, queries, rules, waiting
from yilianti.care.diagnosis.actions import critical
from yilianti.care.diagnosis.models import Exam, IssuedReport
from yilianti.care.diagnosis.pages import reading, showing, step_forms
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.pages import Request, answer, looked_at, page
from yilianti.kernel.tables.sheets import file
from yilianti.record.recordings import api as recordings
from yilianti.registry.residents import api as residents


def visible_or_404(request: Request, number: str) -> Exam:
    """The exam, or the same 404 for a foreign and a missing number."""
    exam = queries.one(request.actor, number)
    if exam is None:
        raise Http404("没有这项检查，或您无权查看。")
    return exam


def shown(request: Request, exam: Exam, now: datetime) -> dict[str, Any]:
    """Everything the page of one exam shows."""
    actor = request.actor
    entries = queries.history(exam.number)
    buttons = showing.buttons(actor, exam, now)
    writes = _writing(request, exam, now)
    banner = residents.banner(exam.resident, timezone.localdate())
    told = list(exam.criticals.select_related("exam", "acknowledged_by", "resolved_by", "corrects").order_by("id"))
    return {
        "exam": exam, "row": showing.as_row(exam, now), "steps": showing.progress(exam, entries), "events": showing.events(entries), "facts": showing.facts(exam), "fee": showing.fee(actor, exam), "banner": banner,
        "buttons": buttons, "dialogs": [{"button": button, "form": step_forms.form_of(button["action"], exam, actor)} for button in buttons if button["asks"]],
        "quality": exam.quality, "needs_reason": rules.blocks_sending(exam.quality) and not rules.cannot_wait(exam.urgency), "measured": showing.measured(exam),
        "may_acquire": exam.state in ("ordered", "acquired", "rejected") and access.may(actor, "acquire", exam), "may_send": exam.state == "acquired" and access.may(actor, "send", exam),
        "desk": reading.desk(exam, actor, now, writes) if writes else None, "criticals": showing.criticals(actor, told, now), "reports": list(exam.issues.select_related("auditor", "reader").defer("content").order_by("-version")),
        "opinions": list(exam.readings.filter(kind="opinion").select_related("reader").order_by("at")) if exam.state in ("conference", "issued") else [],
        "invited": showing.invited(exam), "sent_back": _sent_back(exam, entries), "convened": next((entry for entry in reversed(entries) if entry.word == "diagnosis.convened"), None) if exam.state == "conference" else None,
        "may_opine": exam.state == "conference" and actor.may("diagnosis.opine", exam.centre_id), "may_amend": writes == "" and exam.state == "issued" and exam.concluded_by_id != actor.person and access.may_amend(actor, exam, now),
        "may_claim": not writes and exam.state != "queued" and actor.may("diagnosis.claim", exam.centre_id), "earlier": queries.earlier(actor, exam), "comparable": queries.comparable(actor, exam), "banner_url": banner.url if actor.may("record.view") else "", "warned": critical.findings_of(exam, now) if exam.state == "concluded" else [],
    }  # fmt: skip


def _sent_back(exam: Exam, entries: Sequence[JournalEntry]) -> JournalEntry | None:
    """What the auditor wants changed, until the reading is written anew."""
    last = next((entry for entry in reversed(entries) if entry.word in ("diagnosis.concluded", "diagnosis.referred_back")), None)
    return last if last is not None and last.word == "diagnosis.referred_back" and exam.state in ("queued", "reading") else None


def _writing(request: Request, exam: Exam, now: datetime) -> str:
    """Which reading form the actor fills: their own claim, an audit, a decision, or an amendment asked for by ?amend=1."""
    actor = request.actor
    if exam.state == "reading" and exam.claimed_by_id == actor.person and access.may(actor, "conclude", exam):
        return "conclude"
    if exam.concluded_by_id == actor.person:
        return ""
    if exam.state == "concluded" and access.may(actor, "issue", exam):
        return "issue"
    if exam.state == "conference" and access.may_decide(actor, exam, now):
        return "decide"
    return "amend" if exam.state == "issued" and request.GET.get("amend") and access.may_amend(actor, exam, now) else ""


@page("diagnosis.view")
def detail(request: Request, number: str) -> HttpResponse:
    """One examination: what was asked, the tracing, what was said of it, what can be done now."""
    exam, now = visible_or_404(request, number), timezone.now()
    if "seen" not in request.GET and waiting.awaits_second(request.actor, exam, now):
        return answer(request, "diagnosis/blind.html", {"exam": exam})
    looked_at(request, exam.resident_id, f"查看检查 {number}")
    return answer(request, "diagnosis/detail.html", shown(request, exam, now), fragment="diagnosis/_exam.html")


@page("diagnosis.view")
def original(request: Request, number: str) -> HttpResponse:
    """The bytes as received."""
    exam = visible_or_404(request, number)
    if exam.recording_id is None:
        raise Http404("这项检查还没有记录。")
    looked_at(request, exam.resident_id, f"下载检查 {number} 的原始文件")
    name, content = recordings.original(exam.recording_id)
    return file(name, content, "application/octet-stream")


@page("diagnosis.view")
def report(request: Request, number: str, version: int) -> HttpResponse:
    """One version of the report as PDF, shown by the browser."""
    exam = visible_or_404(request, number)
    found = IssuedReport.objects.filter(exam=exam, version=version).first()
    if found is None:
        raise Http404("没有这一版报告。")
    looked_at(request, exam.resident_id, f"打开检查 {number} 的报告")
    answered = HttpResponse(found.content, content_type="application/pdf")
    answered["Content-Disposition"] = f'inline; filename="{exam.number}-{version}.pdf"'
    return answered
