"""What is written down of a member of staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from yilianti.registry.institutions import api as institutions
from yilianti.registry.people.terms import LicenceKind, Title


def _choose(form: forms.Form, name: str, choices: list[tuple[Any, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _day(label: str, *, required: bool = True, **options: Any) -> forms.DateField:
    errors = {"required": f"请填写{label}。", "invalid": f"{label}应形如 2026-01-01。"}
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), error_messages=errors, **options)


def places(reach: frozenset[int]) -> list[tuple[int, str]]:
    """Institutions of a reach, by name."""
    return sorted(institutions.names(reach).items(), key=lambda pair: pair[1])


class FilterForm(forms.Form):
    text = forms.CharField(label="姓名、工号或电话", required=False, max_length=48, widget=forms.TextInput(attrs={"type": "search"}))
    institution = forms.TypedChoiceField(label="机构", required=False, coerce=int, empty_value=None)
    title = forms.ChoiceField(label="职称", required=False, choices=[("", "全部"), *Title.choices()])
    everyone = forms.ChoiceField(label="在职", required=False, choices=[("", "在职"), ("1", "含离职")])

    def __init__(self, *args: Any, reach: frozenset[int], **options: Any) -> None:
        super().__init__(*args, **options)
        _choose(self, "institution", [("", "全部"), *places(reach)])


class PersonForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=48, error_messages={"required": "请填写姓名。"})
    title = forms.ChoiceField(label="职称", choices=Title.choices())
    phone = forms.CharField(label="工作电话", max_length=24, required=False)


class RegisterForm(PersonForm):
    number = forms.CharField(label="工号", max_length=32, help_text="县域内唯一；登记后不再更改。", error_messages={"required": "请填写工号。"})
    field_order = ("number", "name", "title", "phone")


class AmendForm(PersonForm):
    is_active = forms.BooleanField(label="在职", required=False, help_text="离职后不能再登录办事；既往记录不受影响。")


class SeatForm(forms.Form):
    """The post to move to, or to come back to; departments follow the institution."""

    institution_id = forms.TypedChoiceField(label="机构", coerce=int, error_messages={"required": "请选择机构。"})
    department_id = forms.TypedChoiceField(label="科室", coerce=int, empty_value=None, required=False)
    name = forms.CharField(label="岗位名称", max_length=48, help_text="如“全科医生”“转诊办公室”。", error_messages={"required": "请填写岗位名称。"})
    from_on = _day("开始日期", initial=timezone.localdate)

    def __init__(self, *args: Any, reach: frozenset[int], institution: int | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        _choose(self, "institution_id", [("", "请选择"), *places(reach)])
        departments = institutions.departments(institution) if institution else []
        _choose(self, "department_id", [("", "不分科室"), *((d.id, d.name) for d in departments)])


class PostForm(SeatForm):
    """A post to give."""

    until_on = _day("结束日期", required=False, help_text="长期任职不填。")


class JoinForm(SeatForm):
    """Somebody new with their post, in one walk."""

    number = forms.CharField(label="工号", max_length=32, error_messages={"required": "请填写工号。"})
    person_name = forms.CharField(label="姓名", max_length=48, error_messages={"required": "请填写姓名。"})
    title = forms.ChoiceField(label="职称", choices=Title.choices())
    phone = forms.CharField(label="工作电话", max_length=24, required=False)
    field_order = ("number", "person_name", "title", "phone", "institution_id", "department_id", "name", "from_on")


class LeaveForm(forms.Form):
    on = _day("离职日期", initial=timezone.localdate, help_text="从这一天起不再任职；可以是将来的日子，到时自行生效。")
    because = forms.CharField(label="离职原因", max_length=120, help_text="调出、退休、辞职等。", error_messages={"required": "请写明离职原因。"})
    successor = forms.CharField(label="接手人工号", max_length=32, required=False, help_text="手上没办完的待办转给这位同事；不填则退回各岗位。")


class EndForm(forms.Form):
    until_on = _day("结束日期", initial=timezone.localdate, help_text="从这一天起不再任此岗位，相应权限同时失效。")


class LicenceForm(forms.Form):
    kind = forms.ChoiceField(label="执业证种类", choices=LicenceKind.choices())
    number = forms.CharField(label="编号", max_length=48, error_messages={"required": "请填写执业证编号。"})
    scope = forms.CharField(label="执业范围", max_length=64, required=False)
    from_on = _day("发证日")
    until_on = _day("有效期至", required=False, help_text="长期有效不填。")
