"""What the viewer draws: the samples as recorded, and the beats laid over each other. Compact binary answers under the permission of the exam."""

from __future__ import annotations

import gzip
import json
from typing import Any

from django.http import Http404, HttpResponse

from yilianti.care.diagnosis import waiting
from yilianti.care.diagnosis.ecg import superimpose
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.pages.views import visible_or_404
from yilianti.kernel.pages import Request, looked_at, page
from yilianti.record.recordings import api as recordings
from yilianti.record.recordings.api import Lead, Tracing


@page("diagnosis.view")
def tracing(request: Request, number: str) -> HttpResponse:
    """The samples for the viewer: a line of JSON, then each lead's 16- or 32-bit integers, little endian, as recorded."""
    exam = visible_or_404(request, number)
    looked_at(request, exam.resident_id, f"{waiting.LOOK_AT_TRACING} {number}")
    head, blocks = recordings.for_viewer(_held(exam))
    said = {**head, "number": exam.number, "quality": [{"code": f["code"], "lead": f.get("because", "")} for f in exam.quality]}
    return _packed(request, said, blocks)


@page("diagnosis.view")
def beats(request: Request, number: str) -> HttpResponse:
    """The median beat of each lead in the same form, the places of the beats in the tracing, and where the machine saw waves begin and end."""
    exam = visible_or_404(request, number)
    looked_at(request, exam.resident_id, f"{waiting.LOOK_AT_TRACING} {number}")
    found = superimpose(_held(exam))
    if found is None:
        return _packed(request, {"rate": 0, "leads": [], "at": [], "usual": [], "waves": {}, "zero": 0}, b"")
    beat, waves = found.median, found.waves
    head, blocks = recordings.for_viewer(Tracing("median", tuple(Lead(name, values) for name, values in zip(beat.names, beat.values, strict=True)), beat.rate))
    said = {"rate": beat.rate, "leads": head["leads"], "zero": beat.zero, "at": found.beats.at.tolist(), "usual": found.beats.usual.tolist(),
            "waves": {name: at for name in ("p_on", "p_off", "qrs_on", "qrs_off", "t_off") if waves is not None and (at := getattr(waves, name)) is not None}}  # fmt: skip
    return _packed(request, said, blocks)


def _held(exam: Exam) -> Tracing:
    held = recordings.tracing_of(exam.recording_id) if exam.recording_id else None
    if held is None:
        raise Http404("这项检查没有波形。")
    return recordings.twelve(held)


def _packed(request: Request, head: dict[str, Any], blocks: bytes) -> HttpResponse:
    """A line of JSON, padded so that the integers start at a multiple of four; lightly compressed for a browser that can."""
    said = json.dumps(head, ensure_ascii=False).encode()
    body = said + b" " * (-len(said) - 1 & 3) + b"\n" + blocks
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(body, content_type="application/octet-stream")
    answered = HttpResponse(gzip.compress(body, 1, mtime=0), content_type="application/octet-stream")
    answered["Content-Encoding"], answered["Vary"] = "gzip", "Accept-Encoding"
    return answered
