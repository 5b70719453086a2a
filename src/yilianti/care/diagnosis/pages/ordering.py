"""Ordering an examination for a resident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.care.diagnosis import actions, centres
from yilianti.care.diagnosis.actions import charging
from yilianti.care.diagnosis.terms import Modality, Order, Urgency
from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, blame, looked_at, page
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents

_CHARGING = [("now", "现在收"), ("waived", "免收"), ("later", "稍后补登（急的先检查）")]


class OrderForm(forms.Form):
    """What the reader has to know, and no more."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    urgency = forms.ChoiceField(label="紧急程度", choices=Urgency.choices(), widget=forms.RadioSelect, initial="routine")
    complaint = forms.CharField(label="主诉与检查目的", required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 3, "placeholder": "如：胸闷 3 天，活动后加重"}), help_text="胸痛、急诊可以先不填。")
    centre = forms.TypedChoiceField(label="诊断中心", required=False, coerce=int, empty_value=None, help_text="默认县级中心；分中心只在接收时间内可选。")
    impression = forms.CharField(label="临床印象", required=False, max_length=200)
    placer_number = forms.CharField(label="申请单号", required=False, max_length=96, help_text="本机构系统里的单号；同一单号只登记一次。")
    bed = forms.CharField(label="床号", required=False, max_length=24)
    charging = forms.ChoiceField(label="检查费", required=False, widget=forms.RadioSelect, choices=_CHARGING, initial="later")
    waived = forms.CharField(label="免收原因", required=False, max_length=200, help_text="选“免收”时必填。")

    def __init__(self, *args: Any, item: Mapping[str, Any] | None = None, hosts: Sequence[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        if len(hosts) < 2:
            del self.fields["centre"]
        else:
            self.fields["centre"].choices = hosts  # type: ignore[attr-defined]
        if item is None:  # the county names no price: nothing to choose
            del self.fields["charging"], self.fields["waived"]
        else:
            self.fields["charging"].choices = [("now", f"现在收 {Money(item['fen'])} 元（{item['code']} {item['name']}）"), *_CHARGING[1:]]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("charging") == "waived" and not data.get("waived", "").strip():
            self.add_error("waived", "请写明免收的原因。")
        return data

    def order(self) -> Order:
        data = self.cleaned_data
        chosen = data.get("charging")
        return Order(urgency=data["urgency"], complaint=data["complaint"], impression=data["impression"], placer_number=data["placer_number"], bed=data["bed"],
                     is_charged=chosen == "now", waived=data["waived"] if chosen == "waived" else "", centre=data.get("centre"))  # fmt: skip



def _hosts(institution: int | None) -> list[tuple[int, str]]:
    """Where to send it now, the main centre first; none where there is no centre, which the order itself says."""
    try:
        hosts = centres.receiving(institution or 0, Modality.ECG.value, timezone.now())
    except Refused:
        return []
    names = institutions.names(hosts)
    return [(host, names[host]) for host in hosts]


@page("diagnosis.order", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """「登记心电检查」 for the resident named by ?resident=."""
    number = request.POST.get("resident") or request.GET.get("resident", "")
    if not number:
        return redirect("/residents/?then=ecg")
    resident = residents.by_number(number)
    if resident is None or not residents.may_view(request.actor, resident.id):
        raise Http404("没有这位居民，或您无权查看。")
    looked_at(request, resident.id, "登记心电检查")
    item, _ = charging.price_of(request.actor.institution or 0, Modality.ECG.value, timezone.now())
    form = OrderForm(request.POST if request.method == "POST" else None, initial={"client_key": uuid4()}, item=item, hosts=_hosts(request.actor.institution))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.order(actor=request.actor, resident=resident.id, institution=request.actor.institution or 0, order=form.order(), client_key=form.cleaned_data["client_key"], at=timezone.now())
            return redirect("diagnosis:detail", number=made.number)
        except Refused as refusal:
            blame(form, refusal)
    context: dict[str, Any] = {"form": form, "resident": resident, "banner": residents.banner(resident, timezone.localdate())}
    return render(request, "diagnosis/order.html", context, status=422 if form.errors else 200)
