"""What is written down of a service, a capability, a way."""

from __future__ import annotations

from typing import Any

from django import forms

from yilianti.capacity.services import rules
from yilianti.capacity.services.models import HealthcareService
from yilianti.capacity.services.terms import CapabilityKind, GreenChannel, ServiceKind, Told
from yilianti.registry.institutions import api as institutions


class WordsField(forms.CharField):
    """Words parted by 、 , or blanks; cleaned to a tuple."""

    def clean(self, value: Any) -> tuple[str, ...]:
        return rules.words(str(super().clean(value)))


class SearchForm(forms.Form):
    text = forms.CharField(label="症状、诊断、科室、医生或机构", required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"}))
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *ServiceKind.choices()])
    channel = forms.ChoiceField(label="绿色通道", required=False, choices=[("", "不限"), *GreenChannel.choices()])


class ServiceForm(forms.Form):
    name = forms.CharField(label="服务名称", max_length=64, help_text="如“胸痛门诊”“冠脉造影”。", error_messages={"required": "请填写服务名称。"})
    department = forms.TypedChoiceField(label="科室", coerce=int, empty_value=None, required=False)
    kinds = forms.MultipleChoiceField(label="类别", choices=ServiceKind.choices(), widget=forms.CheckboxSelectMultiple, error_messages={"required": "请至少选择一种类别。"})
    symptoms = WordsField(label="症状", required=False, max_length=400, help_text="基层会怎么说，用顿号分开，如“胸痛、胸闷、心慌”。")
    diagnosis_prefixes = WordsField(label="诊断编码开头", required=False, max_length=200, help_text="ICD-10 开头，用顿号分开，如“I20、I21、I25”。")
    practitioners = forms.TypedMultipleChoiceField(label="医生", coerce=int, required=False, widget=forms.CheckboxSelectMultiple)
    specialty = forms.CharField(label="医生特长", max_length=200, required=False)
    channels = forms.MultipleChoiceField(label="绿色通道", choices=GreenChannel.choices(), required=False, widget=forms.CheckboxSelectMultiple)
    preparation = forms.CharField(label="就诊须知", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text="带什么、怎么准备；会告诉病人。")
    place = forms.CharField(label="报到地点", max_length=80, required=False)
    phone = forms.CharField(label="电话", max_length=32, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, institution: int, doctors: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, choices in (("department", [("", "不分科室"), *((d.id, d.name) for d in institutions.departments(institution))]), ("practitioners", doctors)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def told(self) -> Told:
        given: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        given |= {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
        return Told(**given)

    @staticmethod
    def of(row: HealthcareService) -> dict[str, Any]:
        """Initial values."""
        plain = {name: getattr(row, name) for name in ("name", "kinds", "specialty", "channels", "preparation", "place", "phone", "version")}
        lists = {name: "、".join(getattr(row, name)) for name in ("symptoms", "diagnosis_prefixes")}
        return plain | lists | {"department": row.department_id, "practitioners": [person.pk for person in row.practitioners.all()]}


class BecauseForm(forms.Form):
    because = forms.CharField(label="原因", max_length=120, error_messages={"required": "请写明停止服务的原因。"})


class CapabilityForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=CapabilityKind.choices())
    code = forms.CharField(label="代码", max_length=32, error_messages={"required": "请填写代码。"})
    name = forms.CharField(label="名称", max_length=64, error_messages={"required": "请填写名称。"})


class TravelForm(forms.Form):
    to_institution = forms.TypedChoiceField(label="到", coerce=int, error_messages={"required": "请选择机构。"})
    minutes = forms.IntegerField(label="分钟", min_value=1, max_value=2880, error_messages={"required": "请填写分钟数。", "invalid": "分钟数应为整数。"})
    km = forms.DecimalField(label="公里", max_digits=6, decimal_places=1, min_value=0, required=False)

    def __init__(self, *args: Any, institution: int, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to_institution"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *((i.id, i.name) for i in institutions.active() if i.id != institution)]
