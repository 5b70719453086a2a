"""What was found in folders: the list of what nobody knows the owner of, one file, claiming it, setting it aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.dicom import api as dicom
from yilianti.gateways.ecg_devices import access, filing, queries
from yilianti.gateways.ecg_devices.models import Deposit
from yilianti.gateways.ecg_devices.pages.forms import ClaimForm, FilterForm, NoteForm
from yilianti.gateways.ecg_devices.terms import State
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, answer, done, looked_at, page, whole
from yilianti.record.recordings.api import Format
from yilianti.registry.institutions import api as institutions

_TONES = {"filed": "ok", "unmatched": "warn", "refused": "bad", "set_aside": "idle"}


@page(access.CLAIM)
def listing(request: Request) -> HttpResponse:
    """Files from folders, first what waits to be claimed."""
    actor = request.actor
    places = sorted(institutions.names(actor.reaches(access.CLAIM)).items(), key=lambda choice: choice[1])
    form = FilterForm(request.GET or None, institutions=places)
    said = form.cleaned_data if form.is_bound and form.is_valid() else {}
    cut = queries.deposits(actor, state=said.get("state", ""), institution=said.get("institution"), text=said.get("text", ""), after=request.GET.get("after", ""))
    kept = {name: value for name, value in request.GET.items() if name != "after" and value}
    for row in cut.rows:
        if row.exam:
            looked_at(request, row.exam.resident_id, "查看文件来件")
    context = {"form": form, "rows": [_listed(row) for row in cut.rows], "next_url": "?" + urlencode({**kept, "after": cut.next_key}) if cut.next_key else "", "narrowed": bool(kept)}
    return answer(request, "ecg_devices/files.html", context, fragment="ecg_devices/_list.html")


def _listed(row: Deposit) -> dict[str, Any]:
    return {"row": row, "state": State.label(row.state), "tone": _TONES[row.state], "reason": filing.reason_of(row)}


@page(access.CLAIM)
def detail(request: Request, number: int) -> HttpResponse:
    """One file: what it says of its patient, and to which examination it may belong."""
    row = _visible(request, number)
    if row.exam:
        looked_at(request, row.exam.resident_id, "核对文件来件")
    may_claim = row.state == State.UNMATCHED.value and request.actor.may(access.CLAIM, row.institution_id)
    context = {
        **_listed(row), "pairs": _pairs(row), "may_claim": may_claim, "claim_form": ClaimForm(exams=_candidates(row)) if may_claim else None, "note_form": NoteForm(),
        "crumbs": [{"label": "设备来件", "url": reverse("ecg_devices:files")}, {"label": row.name}],
    }  # fmt: skip
    return answer(request, "ecg_devices/file.html", context)


def _candidates(row: Deposit) -> Sequence[diagnosis.Exam]:
    return dicom.candidates(row.institution_id, row.patient_name, row.recorded_at or row.received_at)


def _pairs(row: Deposit) -> list[dict[str, Any]]:
    said = [
        ("姓名（文件里）", row.patient_name), ("患者编号", row.patient_id), ("检查号（文件里）", row.order_number), ("采集时间", _moment(row.recorded_at)), ("收到时间", _moment(row.received_at)),
        ("格式", Format.label(row.recording.format) if row.recording else ""), ("文件夹", f"{row.folder.name}（{row.folder.path}）"), ("设备", row.folder.device), ("机构", row.institution.short_name),
        ("大小", f"{max(1, row.size // 1024)} KB"), ("说明", row.note), ("处理人", row.settled_by.name if row.settled_by else ""),
    ]  # fmt: skip
    pairs: list[dict[str, Any]] = [{"label": label, "value": value} for label, value in said if value]
    if row.exam:
        pairs.insert(0, {"label": "检查", "value": row.exam.number, "url": reverse("diagnosis:detail", args=[row.exam.number])})
    return pairs


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""


@page(access.CLAIM, methods=("POST",))
def claim(request: Request, number: int) -> HttpResponse:
    """「认领」"""
    row = _visible(request, number)
    form = ClaimForm(request.POST, exams=_candidates(row))
    whole(form)
    if not form.said():
        raise Refused("exam_missing", "请选择一项待采集的检查，或填写它的编号。", "choose an exam", field="number")
    kept = filing.claim(actor=request.actor, deposit=row.pk, exam=form.said(), at=timezone.now())
    assert kept.exam is not None
    return done(request, reverse("diagnosis:detail", args=[kept.exam.number]), "已归入检查，请核对波形后发送诊断。")


@page(access.CLAIM, methods=("POST",))
def set_aside(request: Request, number: int) -> HttpResponse:
    """「不归档」"""
    filing.set_aside(actor=request.actor, deposit=_visible(request, number).pk, note=request.POST.get("note", ""), at=timezone.now())
    messages.success(request, "已移出待认领列表，原始文件仍然保留。")
    return redirect("ecg_devices:files")


def _visible(request: Request, number: int) -> Deposit:
    row = queries.deposit(request.actor, number)
    if row is None:
        raise Http404
    return row
