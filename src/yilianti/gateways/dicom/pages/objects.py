"""What devices sent: the list of what waits for a person, one object, claiming it, setting it aside."""

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
from yilianti.gateways.dicom import access, actions, queries
from yilianti.gateways.dicom.models import Instance
from yilianti.gateways.dicom.pages.forms import ClaimForm, FilterForm, NoteForm
from yilianti.gateways.dicom.terms import CLASSES, Reason, State
from yilianti.kernel.pages import Request, answer, done, looked_at, page, whole
from yilianti.registry.institutions import api as institutions

_TONES = {"received": "wait", "filed": "ok", "unmatched": "warn", "set_aside": "idle"}
_SEXES = {"M": "男", "F": "女"}


@page("dicom.claim")
def listing(request: Request) -> HttpResponse:
    """What came from devices, first what nobody knows the owner of."""
    actor = request.actor
    places = sorted(institutions.names(actor.reaches(access.CLAIM)).items(), key=lambda choice: choice[1])
    form = FilterForm(request.GET or None, institutions=places)
    said = form.cleaned_data if form.is_bound and form.is_valid() else {}
    cut = queries.objects(actor, state=said.get("state", ""), institution=said.get("institution"), after=request.GET.get("after", ""))
    kept = {name: value for name, value in request.GET.items() if name != "after" and value}
    context = {
        "form": form, "rows": [_listed(row) for row in cut.rows], "next_url": "?" + urlencode({**kept, "after": cut.next_key}) if cut.next_key else "",
        "waiting": queries.waiting(actor), "narrowed": bool(kept),
    }  # fmt: skip
    return answer(request, "dicom/objects.html", context, fragment="dicom/_list.html")


def _listed(row: Instance) -> dict[str, Any]:
    return {"row": row, "kind": CLASSES.get(row.sop_class, "其他"), "state": State.label(row.state), "tone": _TONES[row.state], "reason": Reason.label(row.reason) if row.reason else ""}


@page("dicom.claim")
def detail(request: Request, number: int) -> HttpResponse:
    """One object: what it says of its patient, and whose it may be."""
    row = _visible(request, number)
    if row.resident_id:
        looked_at(request, row.resident_id, "核对设备来件")
    open_to_claim = row.state == State.UNMATCHED.value and request.actor.may(access.CLAIM, row.institution_id)
    context = {
        **_listed(row), "pairs": _pairs(row), "may_claim": open_to_claim, "claim_form": ClaimForm(exams=_candidates(row) if open_to_claim else (), initial={"exam": ""}),
        "note_form": NoteForm(), "crumbs": [{"label": "设备来件", "url": reverse("dicom:objects")}, {"label": f"{row.pk}"}],
    }  # fmt: skip
    return answer(request, "dicom/object.html", context)


def _candidates(row: Instance) -> Sequence[diagnosis.Exam]:
    return queries.candidates(row.institution_id, row.patient_name, row.recorded_at or row.received_at)


def _pairs(row: Instance) -> list[dict[str, Any]]:
    said = [
        ("姓名（设备上）", row.patient_name), ("患者编号", row.patient_id), ("性别", _SEXES.get(row.sex, "")), ("出生日期", row.born_on.strftime("%Y-%m-%d") if row.born_on else ""),
        ("检查号", row.accession), ("采集时间", _moment(row.recorded_at)), ("收到时间", _moment(row.received_at)), ("设备", f"{row.sender.name}（{row.sender.ae_title}）"),
        ("机构", row.institution.short_name), ("大小", f"{max(1, row.size // 1024)} KB"), ("SOP 实例 UID", row.sop_uid), ("说明", row.note), ("处理人", row.settled_by.name if row.settled_by else ""),
    ]  # fmt: skip
    pairs: list[dict[str, Any]] = [{"label": label, "value": value} for label, value in said if value]
    if row.exam:
        pairs.insert(0, {"label": "检查", "value": row.exam.number, "url": reverse("diagnosis:detail", args=[row.exam.number])})
    if row.resident:
        pairs.insert(0, {"label": "居民", "value": row.resident.number, "url": reverse("residents:detail", args=[row.resident.number])})
    return pairs


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""


@page("dicom.claim", methods=("POST",))
def claim(request: Request, number: int) -> HttpResponse:
    """「认领」: the object belongs to this exam, or to this resident."""
    row = _visible(request, number)
    said = whole(ClaimForm(request.POST, exams=_candidates(row)))
    kept = actions.claim(actor=request.actor, instance=row.pk, exam=said["exam"], resident=said["resident"], at=timezone.now())
    return done(request, reverse("dicom:object", args=[number]), f"已归入检查 {kept.exam.number}，请核对波形后发送诊断。" if kept.exam else "已归到居民名下。")


@page("dicom.claim", methods=("POST",))
def set_aside(request: Request, number: int) -> HttpResponse:
    """「不归档」: it belongs to nobody."""
    actions.set_aside(actor=request.actor, instance=_visible(request, number).pk, note=request.POST.get("note", ""), at=timezone.now())
    messages.success(request, "已移出待认领列表，原始文件仍然保留。")
    return redirect("dicom:objects")


def _visible(request: Request, number: int) -> Instance:
    row = queries.instance(request.actor, number)
    if row is None:
        raise Http404
    return row
