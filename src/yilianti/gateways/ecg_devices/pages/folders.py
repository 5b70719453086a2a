"""The folders that are watched: the list with what is wrong with each, the form, the switch."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yilianti.gateways.ecg_devices import access, folders, queries
from yilianti.gateways.ecg_devices.models import Folder
from yilianti.gateways.ecg_devices.pages.forms import FolderForm
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, page
from yilianti.record.recordings.api import Format
from yilianti.registry.institutions import api as institutions


@page(access.MANAGE)
def listing(request: Request) -> HttpResponse:
    """Every folder within reach."""
    rows = [{"folder": row, "format": Format.label(row.format) if row.format else "自动识别"} for row in queries.folders(request.actor)]
    return render(request, "ecg_devices/folders.html", {"rows": rows, "root": settings.ECG_FOLDERS_DIR})


@page(access.MANAGE, methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """A folder is registered."""
    return _kept(request, None)


@page(access.MANAGE, methods=("GET", "POST"))
def edit(request: Request, folder: int) -> HttpResponse:
    """A folder is shown and changed."""
    return _kept(request, _visible(request, folder))


def _kept(request: Request, row: Folder | None) -> HttpResponse:
    choices = sorted(institutions.names(request.actor.reaches(access.MANAGE)).items(), key=lambda choice: choice[1])
    form = FolderForm(request.POST or None, initial=FolderForm.initial_of(row) if row else {}, institutions=choices)
    if request.method == "POST" and form.is_valid():
        try:
            folders.keep_folder(actor=request.actor, particulars=form.particulars(), at=timezone.now(), folder=row.pk if row else None)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, "已保存，几秒内开始查看；请在设备上导出一份试试。")
            return redirect("ecg_devices:folders")
    crumbs = [{"label": "采集文件夹", "url": reverse("ecg_devices:folders")}, {"label": row.name if row else "登记文件夹"}]
    context = {"folder": row, "form": form, "crumbs": crumbs, "root": settings.ECG_FOLDERS_DIR}
    return render(request, "ecg_devices/folder.html", context, status=422 if form.errors else 200)


@page(access.MANAGE, methods=("POST",))
def switch(request: Request, folder: int) -> HttpResponse:
    """Watches it again, or no more."""
    wanted = request.POST.get("active") == "1"
    folders.switch_folder(actor=request.actor, folder=_visible(request, folder).pk, active=wanted, at=timezone.now())
    messages.success(request, "已启用，几秒内开始查看。" if wanted else "已停用，里面的文件不再取走；已收到的记录不变。")
    return redirect("ecg_devices:folders")


def _visible(request: Request, number: int) -> Folder:
    row = queries.folder(request.actor, number)
    if row is None:
        raise Http404
    return row
