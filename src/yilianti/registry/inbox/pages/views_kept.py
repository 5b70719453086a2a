"""「常用筛选」: what somebody keeps of any list, and the page where it is put in order."""

from __future__ import annotations

from itertools import groupby

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel import pages
from yilianti.kernel.pages import Request, page, whole
from yilianti.registry.inbox import actions, views_kept

HERE = "/inbox/views/"


class ViewForm(forms.Form):
    name = forms.CharField(label="名称", max_length=20, error_messages={"required": "请填写名称。"})
    opens_first = forms.BooleanField(label="打开时先看", required=False)


class RenameForm(ViewForm):
    view = forms.IntegerField()


class DropForm(forms.Form):
    view = forms.IntegerField()


class KeptForm(ViewForm):
    page = forms.CharField(max_length=80)
    query = forms.CharField(max_length=1000, required=False)


@page("inbox.view")
def views(request: Request) -> HttpResponse:
    """Every kept view of the person, page by page."""
    found = views_kept.all_views(request.actor)
    lists = [{"page": where, "views": list(rows)} for where, rows in groupby(found, key=lambda row: row.page)]
    return render(request, "inbox/views.html", {"lists": lists})


@page("inbox.view", ["POST"])
def keep(request: Request) -> HttpResponse:
    """「存为常用筛选」: back to the list as it was."""
    given = whole(KeptForm(request.POST))
    view = actions.keep_view(actor=request.actor, at=timezone.now(), **given)
    return pages.done(request, f"{view.page}?{view.query}", f"已存为常用筛选“{view.name}”。")


@page("inbox.view", ["POST"])
def rename(request: Request) -> HttpResponse:
    """「保存」"""
    actions.rename_view(actor=request.actor, at=timezone.now(), **whole(RenameForm(request.POST)))
    return pages.done(request, HERE, "常用筛选已更改。")


@page("inbox.view", ["POST"])
def drop(request: Request) -> HttpResponse:
    """「删除」"""
    gone = actions.drop_view(actor=request.actor, at=timezone.now(), **whole(DropForm(request.POST)))
    return pages.done(request, HERE, f"常用筛选“{gone.name}”已删除。")
