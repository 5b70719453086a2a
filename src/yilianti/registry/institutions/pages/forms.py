"""What is written down of an institution."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from yilianti.registry.institutions import queries, rules
from yilianti.registry.institutions.models import Institution
from yilianti.registry.institutions.terms import (
    CentreKind,
    ConsortiumModel,
    Kind,
    Level,
    MemberRole,
    Particulars,
    Tightness,
)

_WRONG = dict.fromkeys(("invalid", "max_decimal_places", "max_digits", "max_whole_digits", "min_value", "max_value"), rules.DEGREES)


def _choose(form: forms.Form, name: str, choices: list[tuple[Any, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def in_tree(besides: int | None = None) -> list[tuple[int, str]]:
    """Institutions in use as the tree they form, for a choice."""
    return [(i.id, "　" * (i.path.count("/") - 2) + i.name) for i in queries.active() if i.id != besides]


class FilterForm(forms.Form):
    text = forms.CharField(label="名称或代码", required=False, max_length=48, widget=forms.TextInput(attrs={"type": "search"}))
    level = forms.ChoiceField(label="层级", required=False, choices=[("", "全部"), *Level.choices()])
    standing = forms.ChoiceField(label="状态", required=False, choices=[("", "在册"), ("closed", "已停用"), ("merged", "已合并")])


class ParticularsForm(forms.Form):
    """Particulars of a new, amended or confirmed institution."""

    name = forms.CharField(label="机构名称", max_length=96, error_messages={"required": "请填写机构名称。"})
    short_name = forms.CharField(label="简称", max_length=32, help_text="列表和转诊单上显示，如“白桥镇卫生院”。", error_messages={"required": "请填写简称。"})
    code = forms.CharField(label="机构代码", max_length=32, help_text="卫生机构代码，或县内自编代码。", error_messages={"required": "请填写机构代码。"})
    kind = forms.ChoiceField(label="类别", choices=Kind.choices())
    level = forms.ChoiceField(label="层级", choices=[("", "按类别"), *Level.choices()], required=False, help_text="决定转诊是上转还是下转。")
    parent = forms.TypedChoiceField(label="上级机构", coerce=int, empty_value=None, required=False)
    region = forms.RegexField(rules.REGION, label="行政区划代码", required=False, help_text="6、9 或 12 位；不填则沿用上级机构。",
                              error_messages={"invalid": "行政区划代码为 6、9 或 12 位数字。"})  # fmt: skip
    address = forms.CharField(label="地址", max_length=120, required=False)
    phone = forms.CharField(label="电话", max_length=32, required=False)
    latitude = forms.DecimalField(label="纬度", min_value=-90, max_value=90, max_digits=9, decimal_places=6, required=False, help_text="如 31.861184；填了经纬度，没有登记路程时显示直线距离。", error_messages=_WRONG)
    longitude = forms.DecimalField(label="经度", min_value=-180, max_value=180, max_digits=9, decimal_places=6, required=False, help_text="如 117.283042。", error_messages=_WRONG)
    connected = forms.BooleanField(label="在平台上办理", required=False, initial=True, help_text="不勾选即为网外去向：可以转往，但对方不在平台上答复。")

    def __init__(self, *args: Any, besides: int | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        _choose(self, "parent", [("", "无（最上级）"), *in_tree(besides)])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("level") and said.get("kind"):
            said["level"] = rules.usual_level(said["kind"])
            if not said["level"]:
                self.add_error("level", "这一类别没有固定层级，请选择。")
        return said

    def particulars(self) -> Particulars:
        return Particulars(**self.cleaned_data)

    @staticmethod
    def of(institution: Institution) -> dict[str, Any]:
        """Initial values."""
        names = ("name", "short_name", "code", "kind", "level", "region", "address", "phone", "connected", "latitude", "longitude")
        return {name: getattr(institution, name) for name in names} | {"parent": institution.parent_id}


class CloseForm(forms.Form):
    because = forms.CharField(label="停用原因", max_length=120, error_messages={"required": "请写明停用原因。"})


class DepartmentForm(forms.Form):
    code = forms.CharField(label="科室代码", max_length=32, error_messages={"required": "请填写科室代码。"})
    name = forms.CharField(label="科室名称", max_length=48, error_messages={"required": "请填写科室名称。"})


class FacilityForm(forms.Form):
    value = forms.CharField(label="接口机构代码", max_length=128, help_text="该机构系统发来的消息中 MSH-4 的内容。", error_messages={"required": "请填写接口机构代码。"})


class MembershipForm(forms.Form):
    consortium = forms.ChoiceField(label="医联体")
    role = forms.ChoiceField(label="角色", choices=MemberRole.choices(), initial=MemberRole.MEMBER.value)
    from_on = forms.DateField(label="加入日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), initial=timezone.localdate,
                              error_messages={"required": "请填写加入日期。", "invalid": "加入日期应形如 2026-01-01。"})  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _choose(self, "consortium", [(c.code, c.name) for c in queries.consortia()])


class EndForm(forms.Form):
    until_on = forms.DateField(label="结束日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), initial=timezone.localdate,
                               help_text="从这一天起不再是成员。", error_messages={"required": "请填写结束日期。"})  # fmt: skip


class MergeForm(forms.Form):
    target = forms.TypedChoiceField(label="并入机构", coerce=int, error_messages={"required": "请选择并入哪个机构。"})

    def __init__(self, *args: Any, besides: int | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        _choose(self, "target", [("", "请选择"), *in_tree(besides)])


def _day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), initial=timezone.localdate, help_text=help_text,
                           error_messages={"required": f"请填写{label}。", "invalid": f"{label}应形如 2026-01-01。"})  # fmt: skip


class DayForm(forms.Form):
    """Which day is looked at; today where none is given."""

    day = forms.DateField(label="哪一天的成员", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ConsortiumForm(forms.Form):
    name = forms.CharField(label="医联体名称", max_length=96, error_messages={"required": "请填写医联体名称。"})
    code = forms.RegexField(rules.CONSORTIUM_CODE, label="代码", help_text="小写字母、数字、横线；本地政策的目录名，定后不改。",
                            error_messages={"required": "请填写代码。", "invalid": "代码为 2–32 位小写字母、数字或横线，字母开头。"})  # fmt: skip
    model = forms.ChoiceField(label="组建形式", choices=ConsortiumModel.choices())
    region = forms.RegexField(rules.COUNTY_REGION, label="行政区划代码", required=False, error_messages={"invalid": "行政区划代码为 6 位数字。"})


class BindForm(forms.Form):
    tightness = forms.ChoiceField(label="紧密程度", choices=Tightness.choices())
    from_on = _day("起始日期")


class CentreForm(forms.Form):
    kind = forms.ChoiceField(label="中心", choices=CentreKind.choices())
    host_id = forms.TypedChoiceField(label="设在", coerce=int, help_text="同类中心的第一个是主中心，其后设立的是分中心。")
    from_on = _day("设立日期")

    def __init__(self, *args: Any, hosts: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        _choose(self, "host_id", hosts)


class CloseCentreForm(forms.Form):
    until_on = _day("撤销日期", "从这一天起不再服务。")
