"""Beside an examination: by which message it came, and whether its reports reached the system of the member."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.hl7v2 import diagnoses
from yilianti.gateways.outbound import api as outbound
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, done, page

_TONES = {"waiting": "wait", "sent": "info", "acknowledged": "ok", "parked": "bad", "cancelled": "idle"}


@page("diagnosis.view")
def exam(request: Request, number: str) -> HttpResponse:
    """The fragment; empty where the exam has nothing to do with any message."""
    return render(request, "hl7v2/exam.html", _shown(request.actor, _visible(request, number)))


def _shown(actor: Actor, exam: diagnosis.Exam) -> dict[str, Any]:
    rows = outbound.about(diagnoses.subject(exam.number))
    versions = diagnoses.versions(exam)
    latest = f":v{versions[0]}:" if versions else ""
    unsent = bool(latest) and not any(latest in row.key for row in rows) and bool(outbound.wanting(exam.institution_id, "hl7v2", outbound.Event.REPORT_OF_OURS.value))
    stands = any(row.state in diagnoses.STANDING for row in rows)
    door, _, message = exam.source.partition(":")
    return {
        "exam": exam, "rows": [_listed(row) for row in rows], "message": message if door == "hl7v2" else "", "may_open": actor.may("hl7v2.view", exam.institution_id),
        "may_trace": actor.may("outbound.view", exam.institution_id), "unsent": unsent, "may_resend": (stands or unsent) and actor.may(diagnoses.RESEND, exam.institution_id),
    }  # fmt: skip


def _listed(row: outbound.Outgoing) -> dict[str, Any]:
    version = row.key.split(":")[2].removeprefix("v")
    at = row.acknowledged_at or row.sent_at or row.parked_at or row.closed_at or row.queued_at
    tried = row.state == outbound.State.WAITING.value and row.attempts > 0
    return {"row": row, "version": version, "state": "未送达，稍后再试" if tried else outbound.State.label(row.state), "tone": "warn" if tried else _TONES[row.state], "at": at}


@page(diagnoses.RESEND, methods=("POST",))
def resend(request: Request, number: str) -> HttpResponse:
    """「补发」"""
    count = diagnoses.resend(actor=request.actor, number=_visible(request, number).number, at=timezone.now())
    return done(request, f"/diagnosis/{number}/", f"已安排补发 {count} 条，结果几秒内可见。")


def _visible(request: Request, number: str) -> diagnosis.Exam:
    found = diagnosis.one(request.actor, number)
    if found is None:
        raise Http404("没有这项检查，或您无权查看。")
    return found
