"""Forms of the message pages."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from yilianti.gateways.hl7v2.queries import Narrowing
from yilianti.gateways.hl7v2.terms import State, Table


class FilterForm(forms.Form):
    """What narrows the message list."""

    facility = forms.CharField(label="发送机构代码（MSH-4）", required=False, max_length=128, strip=True)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *State.choices()])
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "全部"), ("ADT", "ADT 就诊"), ("ORU", "ORU 结果"), ("MDM", "MDM 文书"),
                                      ("SIU", "SIU 预约"), ("RDE", "RDE 用药"), ("REF", "REF 转诊"), ("ORM", "ORM 检查申请"), ("OMG", "OMG 检查申请")])
    from_on = forms.DateField(label="自", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until_on = forms.DateField(label="至", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    before = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**62)

    def narrowing(self) -> Narrowing:
        """The filters as the query takes them; a field in error narrows nothing."""
        self.is_valid()
        said: dict[str, Any] = self.cleaned_data
        until = said.get("until_on")
        return Narrowing(
            state=said.get("state", ""), facility=said.get("facility", ""), kind=said.get("kind", ""), before=said.get("before"),
            from_at=_start(said.get("from_on")), until_at=_start(until + timedelta(days=1)) if until and until < date.max else None,
        )


def _start(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


class MappingForm(forms.Form):
    """A code mapping of one institution."""

    institution = forms.TypedChoiceField(label="机构", coerce=int)
    table = forms.ChoiceField(label="对照表", choices=Table.choices())
    local_code = forms.CharField(label="院内代码", max_length=96, help_text="与消息中的写法完全一致，区分大小写。")
    standard_code = forms.CharField(label="标准代码", max_length=64, help_text="性别 0/1/2/9；就诊类别 inpatient、outpatient、emergency、other；检查类别 laboratory、imaging、ecg、pathology、other；申请项目 ecg、ecg_chest_pain；紧急程度 routine、emergency、chest_pain；文书 discharge_summary、outpatient_note、other；签发者填 own 表示本机构自己的编号。")
    display = forms.CharField(label="名称", max_length=160, required=False)

    def __init__(self, *args: Any, institutions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].choices = institutions  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """Why a message is set aside."""

    note = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
