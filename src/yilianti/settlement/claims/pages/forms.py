"""The forms of a bill: a correction with its reason, and taking back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from yilianti.kernel.money import Money
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.pricing.terms import Way
from yilianti.settlement.claims.tables import codes

_MOST = Decimal(10**10)
_AMOUNTS = ("total", "fully_own", "over_limit", "first_self", "hospital")
_PLAIN = ("admitted_on", "discharged_on", "department", "way")


def _yuan(label: str) -> forms.DecimalField:
    return forms.DecimalField(label=f"{label}（元）", min_value=Decimal(0), max_value=_MOST, decimal_places=2, max_digits=12, widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "number"}),
                              error_messages={"required": f"请填写{label}；没有的填 0。", "invalid": f"{label}要写成数字，如 1280.50。", "min_value": f"{label}不能小于 0。",
                                              "max_decimal_places": f"{label}最多两位小数（分）。", "max_value": f"{label}过大；请核对。", "max_digits": f"{label}过大；请核对。", "max_whole_digits": f"{label}过大；请核对。"})  # fmt: skip


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), error_messages={"required": f"请填写{label}。", "invalid": f"{label}的写法应为 年-月-日。"})


def _codes(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=400, help_text="主要的写在最前，用空格或顿号隔开。", widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}))


class CorrectForm(forms.Form):
    """What may be put right at the page; `version` is the one that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    total, fully_own, over_limit = _yuan("总费用"), _yuan("全自费"), _yuan("超限价自付")
    first_self, hospital = _yuan("先行自付"), _yuan("医院负担")
    admitted_on, discharged_on = _day("入院（就诊）日期"), _day("出院（结算）日期")
    way = forms.ChoiceField(label="就医方式", required=False, choices=[("", "由平台的转诊单判断"), *Way.choices()])
    department = forms.CharField(label="科室", required=False, max_length=64)
    diagnoses, operations = _codes("诊断编码"), _codes("手术编码")
    because = forms.CharField(label="更正原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2, "placeholder": "如：漏记一项检查费"}), error_messages={"required": "请写明更正的原因，如“漏记一项检查费”。"})

    def clean_diagnoses(self) -> str:
        return _spelled(self.cleaned_data["diagnoses"], "dx")

    def clean_operations(self) -> str:
        return _spelled(self.cleaned_data["operations"], "op")

    def changes(self, row: Claim) -> dict[str, Any]:
        """By the names of `Told`; money in fen. What the insurer paid was of the bill before: it goes where the bill changes."""
        said = self.cleaned_data
        found: dict[str, Any] = {name: said[name] for name in _PLAIN} | {name: Money.yuan(said[name]).fen for name in _AMOUNTS}
        found |= {name: _listed(said[name]) for name in ("diagnoses", "operations")}
        if row.insured and (found["total"], found["hospital"]) != (row.total, row.hospital):
            found["settled"] = {}
        return found


class WithdrawForm(forms.Form):
    because = forms.CharField(label="作废原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2, "placeholder": "如：患者退费后重新结算"}), error_messages={"required": "请写明作废的原因，如“患者退费后重新结算”。"})


def _spelled(text: str, kind: str) -> str:
    """As written; raises ValidationError for the first code that cannot be one."""
    if wrong := next((said for code in _listed(text) if (said := codes.misspelt(code, kind))), ""):
        raise forms.ValidationError(wrong)
    return text


def _listed(text: str) -> tuple[str, ...]:
    for mark in "、，,;；|\n\t":
        text = text.replace(mark, " ")
    return tuple(dict.fromkeys(text.split()))


def correction(row: Claim) -> CorrectForm:
    """Filled in with what stands."""
    initial: dict[str, Any] = {name: f"{Decimal(getattr(row, name)) / 100:.2f}" for name in _AMOUNTS} | {"admitted_on": row.admitted_on, "discharged_on": row.discharged_on}
    initial |= {"way": row.told_way, "department": row.department, "diagnoses": " ".join(row.diagnoses), "operations": " ".join(row.operations), "version": row.version}
    return CorrectForm(initial=initial, auto_id="correct-%s")
