"""Uploading what a cart wrote."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.ecg_devices import receiving
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, page
from yilianti.record.recordings import api as recordings


@page("diagnosis.acquire", methods=("POST",))
def upload(request: Request, number: str) -> HttpResponse:
    """「上传并检查质量」: the parts of one recording; the answer is the exam with what the gate found."""
    before = diagnosis.one(request.actor, number)
    if before is None:
        raise Http404("没有这项检查，或您无权查看。")
    request.actor.require("diagnosis.acquire", before.institution_id)
    sent = request.FILES.getlist("file")
    if sum(one.size or 0 for one in sent) > recordings.MAX_BYTES:
        raise Refused("file_too_large", f"文件大于 {recordings.MAX_BYTES // 2**20} MB，不是静息心电图；请核对后再选。", "the file is larger than any resting recording", field="file")
    exam = receiving.receive(actor=request.actor, number=number, files={one.name or "": one.read() for one in sent}, at=timezone.now(),
                             mappings=receiving.layouts_in(settings.ECG_LAYOUTS_DIR))  # fmt: skip
    if exam.quality:
        messages.warning(request, "已上传，但有质量问题；请看发送按钮上方的提示，最好重新采集。")
    else:
        messages.success(request, "已上传，质量检查通过；请发送诊断。")
    url = reverse("diagnosis:detail", args=[number])
    return HttpResponse(status=204, headers={"HX-Redirect": url}) if getattr(request, "htmx", False) else redirect(url)
