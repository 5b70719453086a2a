"""Forms of the privacy pages."""

from __future__ import annotations

from typing import Any

from django import forms

from yilianti.registry.privacy.terms import Asker, EmergencyReason, EmergencyState, RequestKind, RequestState


class EmergencyForm(forms.Form):
    """Why this record must be opened now."""

    reason = forms.ChoiceField(label="紧急调阅的理由", choices=EmergencyReason.choices(), widget=forms.RadioSelect)
    words = forms.CharField(label="说明", max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text="此刻为何必须查看；会进入复核，居民可以查阅。")


class VerdictForm(forms.Form):
    words = forms.CharField(label="复核意见", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="认定存疑时必填。")


class EmergencyFilterForm(forms.Form):
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *EmergencyState.choices()])


class RequestForm(forms.Form):
    """A request taken at the counter."""

    kind = forms.ChoiceField(label="请求", choices=RequestKind.choices())
    asker = forms.ChoiceField(label="请求人", choices=Asker.choices())
    identity_seen = forms.CharField(label="核验的证件", max_length=60, help_text="写证件种类，如“居民身份证原件”；不写号码。")
    words = forms.CharField(label="请求内容", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="要更正、删除或解释的是什么。")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("kind") not in (None, RequestKind.COPY) and not (said.get("words") or "").strip():
            self.add_error("words", "请写明要更正、删除或解释的是什么。")
        return said


class RequestFilterForm(forms.Form):
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *RequestState.choices()])
    kind = forms.ChoiceField(label="请求", required=False, choices=[("", "全部"), *RequestKind.choices()])


class GroundsForm(forms.Form):
    grounds = forms.CharField(label="依据与说明", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    answer = forms.CharField(label="怎样答复的", max_length=200, help_text="如“当面交付纸质副本”“电话告知”。")


class UnsealForm(forms.Form):
    because = forms.CharField(label="为何解除", max_length=120)
