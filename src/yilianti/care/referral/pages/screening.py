"""Batches: written from a list of people, looked at, answered."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.care.referral import actions, queries
from yilianti.care.referral.actions.screening import MOST
from yilianti.care.referral.pages import applying, showing
from yilianti.care.referral.pages.forms import ApplicationForm, Moment, words
from yilianti.care.referral.pages.step_forms import departments
from yilianti.care.referral.terms import Screening, Sent
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, looked_at, numbered, page, whole
from yilianti.registry.residents import api as residents

_ENOUGH = 4


class Row(NamedTuple):
    """One line of the list: what was typed, who it is, or why nobody."""

    typed: str
    resident: Any = None
    found: str = ""
    fault: str = ""


class BatchForm(ApplicationForm):
    """The part of an application that everybody of the batch shares, and the list of people."""

    title = forms.CharField(label="名称", max_length=80, help_text="如“十月高血压筛查”。", error_messages={"required": "请填写这一批的名称。"})
    held_on = forms.DateField(label="筛查日期", initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                              error_messages={"required": "请填写筛查日期。", "invalid": "日期的写法应为 年-月-日。"})  # fmt: skip
    people = words("名单", rows=8, required=True, placeholder="一行一位：身份证号、居民编号或姓名，空一格，写筛查发现")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["summary"]  # each line of the list has its own
        self.fields["people"].validators = []  # a list is longer than a paragraph; how many it may name, the action says
        self.fields["people"].widget.attrs.pop("maxlength", None)


class AcceptBatchForm(forms.Form):
    appointment_at = Moment(label="第一位的预约时间", error_messages={"required": "请填写第一位的预约时间。"})
    minutes_apart = forms.IntegerField(label="每位间隔（分钟）", initial=10, min_value=0, max_value=240)
    department = forms.TypedChoiceField(label="接收科室", coerce=int, empty_value=None, required=False)
    note = words("附言", rows=2, placeholder="带什么资料、到哪里报到")

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "未定"), *choices]


@page("referral.submit", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """Write the list, see who was recognised, send; whoever is not recognised stays in the list."""
    target = numbered(request.POST.get("to_institution", ""))
    form = applying.form_for(request, request.POST if request.method == "POST" else None, {"client_key": uuid4()}, target_id=target, kind=BatchForm)
    rows: list[Row] = []
    if request.method == "POST":
        form.complete(consented=lambda: True)  # who has agreed already is asked of each
    if request.method == "POST" and form.is_valid():
        rows = _listed(request.actor, form)
        for row in rows:
            if row.resident:
                looked_at(request, row.resident.pk, "批量转诊")
        if request.POST.get("act") == "send" and rows and not any(row.fault for row in rows):
            try:
                return _sent(request, form, rows)
            except Refused as refusal:
                blame(form, refusal)
    return render(request, "referral/new_batch.html", {"form": form, "rows": rows, "faults": sum(bool(row.fault) for row in rows)}, status=422 if form.errors else 200)


def _listed(actor: Actor, form: BatchForm) -> list[Row]:
    """Who the lines mean; a list that is too long is not looked up at all."""
    lines = [line for line in form.cleaned_data["people"].splitlines() if line.strip()]
    if len(lines) > MOST:
        form.add_error("people", f"一批最多 {MOST} 人；请分成几批。")
        return []
    return once_each([recognised(actor, line) for line in lines])


def recognised(actor: Actor, line: str) -> Row:
    """Who a line means: exactly one person whose record the actor may open."""
    who, _, found = line.strip().replace("，", " ").replace(",", " ").replace("\t", " ").partition(" ")
    known = residents.by_number(who)
    met = [known] if known and residents.may_view(actor, known.pk) else [residents.get(row.id) for row in residents.search(actor, who).rows if row.may_open]
    if not met and len(who) == 18 and who[:17].isdigit() and not residents.is_id_card(who):
        return Row(line, fault=f"身份证号“{who}”校验位不符，通常是输错了某一位；请对照证件核对。")
    if not met:
        return Row(line, fault=f"没有找到“{who}”；请核对，或先登记居民。")
    if len(met) > 1:
        return Row(line, fault=f"有 {len(met)} 位“{who}”；请改写身份证号或居民编号。")
    if 0 < len(found.strip()) < _ENOUGH:
        return Row(line, fault=f"“{found.strip()}”太短；请把筛查发现写到 {_ENOUGH} 个字以上，如血压、血糖的数值。")
    if not found.strip():
        return Row(line, fault=f"请在“{who}”后面写筛查发现，如血压、血糖的数值。")
    return Row(line, met[0], found.strip())


def once_each(rows: list[Row]) -> list[Row]:
    """Whoever is named again is pointed out, not sent twice."""
    met: dict[int, int] = {}
    told = []
    for place, row in enumerate(rows, 1):
        first = met.setdefault(row.resident.pk, place) if row.resident else place
        told.append(row if first == place else Row(row.typed, fault=f"与第 {first} 行是同一位居民；请删去一行。"))
    return told


def _sent(request: Request, form: BatchForm, rows: list[Row]) -> HttpResponse:
    said = form.cleaned_data
    batch, sent = actions.submit_batch(
        actor=request.actor, client_key=said["client_key"], screening=Screening(said["title"], said["held_on"]), application=form.application(),
        rows=[(row.resident.pk, row.found) for row in rows], consent_basis=said["consent_basis"], at=timezone.now(),
    )  # fmt: skip
    _tell(request, sent, {row.resident.pk: row.resident.name for row in rows}, "已发出")
    return redirect("referral:batch", number=batch.number)


def _tell(request: Request, sent: list[Sent], names: dict[int, str], done: str) -> None:
    messages.success(request, f"{done} {sum(bool(one.number) for one in sent)} 张转诊单。")
    for one in sent:
        if one.refused:
            messages.warning(request, f"{names[one.resident]}：{one.refused}" if one.resident in names else one.refused)


@page("referral.view")
def batches(request: Request) -> HttpResponse:
    """Batches of either side, newest first."""
    listed = queries.batches(request.actor, before=numbered(request.GET.get("before", "")))
    may_send = bool(request.actor.institution) and request.actor.may("referral.submit", request.actor.institution)
    return render(request, "referral/batches.html", {"batches": listed.rows, "next_url": f"?before={listed.next_key}" if listed.next_key else "", "may_send": may_send})


@page("referral.view")
def batch(request: Request, number: str) -> HttpResponse:
    """One batch: everybody in it, and the answer to all of them."""
    found = queries.batch(request.actor, number)
    if found is None:
        raise Http404("没有这一批，或您无权查看。")
    now, rows = timezone.now(), queries.of_batch(request.actor, found)
    waiting = sum(row.state in ("submitted", "assigned") for row in rows)
    may_accept = bool(waiting) and request.actor.may("referral.accept", found.to_institution_id)
    for row in rows:
        looked_at(request, row.resident_id, f"查看批量转诊 {number}")
    return render(request, "referral/batch.html", {
        "batch": found, "rows": [showing.as_row(row, now) for row in rows], "waiting": waiting, "may_accept": may_accept,
        "form": AcceptBatchForm(choices=departments(found.to_institution_id)) if may_accept else None,
    })  # fmt: skip


@page("referral.accept", methods=("POST",))
def accept(request: Request, number: str) -> HttpResponse:
    """「全部接收」"""
    found = queries.batch(request.actor, number)
    if found is None:
        raise Http404("没有这一批，或您无权查看。")
    request.actor.require("referral.accept", found.to_institution_id)
    said = whole(AcceptBatchForm(request.POST, choices=departments(found.to_institution_id)))
    _tell(request, actions.accept_batch(actor=request.actor, number=number, at=timezone.now(), **said), {}, "已接收")
    return redirect("referral:batch", number=number)
