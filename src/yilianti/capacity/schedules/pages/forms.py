"""What is asked when a session is opened, a bed counted, a place taken."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from yilianti.capacity.schedules.terms import BedKind, Session


class SessionForm(forms.Form):
    department = forms.TypedChoiceField(label="科室", coerce=int, error_messages={"required": "请选择科室。"})
    practitioner = forms.TypedChoiceField(label="医生", coerce=int, empty_value=None, required=False)
    on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), error_messages={"required": "请填写日期。", "invalid": "日期的写法应为 年-月-日。"})
    start = forms.TimeField(label="开始", initial="08:00", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), error_messages={"required": "请填写开始时间。", "invalid": "时间的写法应为 时:分。"})
    end = forms.TimeField(label="结束", initial="11:30", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), error_messages={"required": "请填写结束时间。", "invalid": "时间的写法应为 时:分。"})
    minutes = forms.IntegerField(label="每个时段（分钟）", initial=30, min_value=1, max_value=480)
    capacity = forms.IntegerField(label="每个时段人数", initial=1, min_value=1, max_value=500)
    weeks = forms.IntegerField(label="连续几周", initial=1, min_value=1, max_value=26)
    note = forms.CharField(label="说明", required=False, max_length=120)

    def __init__(self, *args: Any, departments: list[tuple[int, str]], doctors: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, choices in (("department", [("", "请选择"), *departments]), ("practitioner", [("", "不定"), *doctors])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def session(self) -> Session:
        said = self.cleaned_data
        starts_at = timezone.make_aware(datetime.combine(said["on"], said["start"]))
        ends_at = timezone.make_aware(datetime.combine(said["on"], said["end"]))
        return Session(said["department"], starts_at, ends_at, said["minutes"], said["capacity"], said["practitioner"], note=said["note"])


class CloseForm(forms.Form):
    because = forms.CharField(label="停诊原因", max_length=120, error_messages={"required": "请写明停诊原因。"})


class RemoveForm(forms.Form):
    because = forms.CharField(label="移出原因", max_length=120, error_messages={"required": "请写明移出的原因。"})


class BedsForm(forms.Form):
    department = forms.TypedChoiceField(label="科室", coerce=int, empty_value=None, required=False)
    kind = forms.ChoiceField(label="类别", choices=BedKind.choices())
    total = forms.IntegerField(label="床位总数", min_value=0, max_value=5000, error_messages={"required": "请填写床位总数。"})
    occupied = forms.IntegerField(label="已占用", min_value=0, max_value=5000, error_messages={"required": "请填写已占用的床位。"})

    def __init__(self, *args: Any, departments: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "全院"), *departments]


class HoldForm(forms.Form):
    resident = forms.CharField(max_length=24, error_messages={"required": "请先选择居民。"})
    client_key = forms.UUIDField()
    slot = forms.IntegerField(required=False)
    pool = forms.IntegerField(required=False)
    instead_of = forms.CharField(required=False, max_length=24)
