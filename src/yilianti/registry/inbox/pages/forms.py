"""Forms of the inbox."""

from __future__ import annotations

from typing import Any

from django import forms

from yilianti.registry.inbox.actions.taking import WORD_LENGTH
from yilianti.registry.inbox.terms import Due, Kind, Tab, Urgency

#: Rooms whose work comes here, by the first word of an item's subject.
ROOMS = (("referral", "转诊"), ("residents", "居民"), ("access", "权限与访问"), ("institutions", "机构与治理"), ("hl7v2", "接口"))


class FilterForm(forms.Form):
    text = forms.CharField(label="单号或标题", required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"}))
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *Kind.choices()])
    urgency = forms.ChoiceField(label="紧急程度", required=False, choices=[("", "全部"), *Urgency.choices()])
    due = forms.ChoiceField(label="时限", required=False, choices=[("", "不限"), *Due.choices()])
    room = forms.ChoiceField(label="来自", required=False, choices=[("", "全部"), *ROOMS])
    tab = forms.ChoiceField(required=False, choices=Tab.choices(), widget=forms.HiddenInput)


class HandOverForm(forms.Form):
    """To whom, and a word."""

    to = forms.TypedChoiceField(label="转交给", coerce=int)
    word = forms.CharField(label="附言", max_length=WORD_LENGTH, widget=forms.Textarea(attrs={"rows": 2}), help_text="请写要办什么；不写患者姓名和证件号。")

    def __init__(self, *args: Any, colleagues: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "请选择"), *colleagues]  # type: ignore[attr-defined]


class ReadBackForm(forms.Form):
    read_back = forms.CharField(label="复述内容", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}),
                                help_text="请对照通知原文抄写一遍，一致才算收到。")  # fmt: skip
