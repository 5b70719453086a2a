"""Forms of the inbox."""

from __future__ import annotations

from typing import Any

from django import forms

from yilianti.registry.inbox.actions.standing_in import REASON_LENGTH
from yilianti.registry.inbox.actions.taking import WORD_LENGTH
from yilianti.registry.inbox.terms import Channel, Due, Kind, Tab, Urgency

#: Rooms whose work comes here, by the first word of an item's subject.
ROOMS = (
    ("referral", "转诊"), ("governance", "治理"), ("privacy", "个人信息请求与紧急调阅"), ("residents", "居民"), ("access", "账号与权限"), ("outbound", "外发消息"),
    ("operations", "运行"),
)  # fmt: skip


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


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


class AbsenceForm(forms.Form):
    """From when until when, why, and who stands in."""

    from_at = forms.DateTimeField(label="开始", widget=_moment())
    until_at = forms.DateTimeField(label="结束", widget=_moment())
    reason = forms.CharField(label="事由", max_length=REASON_LENGTH, help_text="如：年休假、进修、病假。同事看得到，不写病情。")
    deputy = forms.TypedChoiceField(label="代办人", coerce=int, help_text="只列出在同一机构有相同岗位角色的同事。")

    def __init__(self, *args: Any, deputies: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].choices = [("", "请选择"), *deputies]  # type: ignore[attr-defined]


class ColleagueForm(forms.Form):
    """A colleague's absence, entered by who manages the staff."""

    person = forms.CharField(label="离岗人员工号", max_length=32)
    deputy = forms.CharField(label="代办人工号", max_length=32)
    from_at = forms.DateTimeField(label="开始", widget=_moment())
    until_at = forms.DateTimeField(label="结束", widget=_moment())
    reason = forms.CharField(label="事由", max_length=REASON_LENGTH)


class PhoneForm(forms.Form):
    phone = forms.CharField(label="手机号", max_length=24, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "tel"}))


class CodeForm(forms.Form):
    code = forms.CharField(label="验证码", max_length=6, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}))


class SettingsForm(forms.Form):
    """Channels for each urgency, quiet hours, digest."""

    critical = forms.MultipleChoiceField(label="危急", required=False, choices=Channel.choices(), widget=forms.CheckboxSelectMultiple)
    urgent = forms.MultipleChoiceField(label="紧急", required=False, choices=Channel.choices(), widget=forms.CheckboxSelectMultiple)
    routine = forms.MultipleChoiceField(label="普通", required=False, choices=Channel.choices(), widget=forms.CheckboxSelectMultiple)
    quiet_from = forms.TimeField(label="免打扰从", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    quiet_until = forms.TimeField(label="免打扰到", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    digest = forms.BooleanField(label="每个工作日早上发一条汇总短信", required=False)
