"""The register of devices: the list with when each was last heard, the form, the switch."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yilianti.gateways.dicom import access, actions, queries
from yilianti.gateways.dicom.models import Sender
from yilianti.gateways.dicom.pages.forms import SenderForm
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, page
from yilianti.registry.institutions import api as institutions


@page("dicom.manage")
def listing(request: Request) -> HttpResponse:
    """Every device within reach."""
    rows = list(queries.senders(request.actor))
    return render(request, "dicom/senders.html", {"rows": rows, "port": settings.DICOM_PORT, "title": settings.DICOM_AE_TITLE, "now": timezone.now()})


@page("dicom.manage", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """A device is registered."""
    return _kept(request, None)


@page("dicom.manage", methods=("GET", "POST"))
def edit(request: Request, sender: int) -> HttpResponse:
    """A device is shown and changed."""
    return _kept(request, _visible(request, sender))


def _kept(request: Request, row: Sender | None) -> HttpResponse:
    choices = sorted(institutions.names(request.actor.reaches(access.MANAGE)).items(), key=lambda choice: choice[1])
    form = SenderForm(request.POST or None, initial=SenderForm.initial_of(row) if row else {}, institutions=choices)
    if request.method == "POST" and form.is_valid():
        try:
            actions.keep_sender(actor=request.actor, particulars=form.particulars(), at=timezone.now(), sender=row.pk if row else None)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, "已保存，一秒内生效；请在设备上做一次连接测试（C-ECHO）。")
            return redirect("dicom:senders")
    crumbs = [{"label": "DICOM 设备", "url": reverse("dicom:senders")}, {"label": row.name if row else "登记设备"}]
    return render(request, "dicom/sender.html", {"sender": row, "form": form, "crumbs": crumbs}, status=422 if form.errors else 200)


@page("dicom.manage", methods=("POST",))
def switch(request: Request, sender: int) -> HttpResponse:
    """Lets a device in, or no more."""
    wanted = request.POST.get("active") == "1"
    actions.switch_sender(actor=request.actor, sender=_visible(request, sender).pk, active=wanted, at=timezone.now())
    messages.success(request, "已启用，设备可以连接。" if wanted else "已停用，设备再连接会被拒绝；已收到的记录不变。")
    return redirect("dicom:senders")


def _visible(request: Request, number: int) -> Sender:
    row = queries.sender(request.actor, number)
    if row is None:
        raise Http404
    return row
