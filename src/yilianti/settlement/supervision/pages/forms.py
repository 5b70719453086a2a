"""The small form of each step."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from yilianti.kernel.money import Money
from yilianti.settlement.supervision.models import Suspicion

LEADS = {
    "explain": "写明这样收费的理由；不该收的也请写明。可附一份病历或凭证（PDF、JPG、PNG，5 MB 以内）。",
    "confirm": "医院说明过，或过了说明期限，才能认定。认定金额不超过涉及金额。",
    "recover": "写明退回基金的凭证号。费用本身由医院在费用里更正。",
    "reopen": "写明新的依据；医院重新有说明的期限。",
}


def words(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}), error_messages={"required": f"请填写{label}。", "max_length": f"{label}最多 2000 字。"})


class TextForm(forms.Form):
    text = words("理由")


class AskForm(forms.Form):
    text = words("要补充什么")


class ExplainForm(forms.Form):
    text = words("说明")
    file = forms.FileField(label="附件", required=False, widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}), error_messages={"empty": "附件是空的；请重新选择。"})


class ConfirmForm(forms.Form):
    amount = forms.DecimalField(label="认定金额（元）", decimal_places=2, max_digits=14, min_value=Decimal(0), error_messages={
        "required": "请填写认定金额。", "invalid": "认定金额应是数字。", "max_decimal_places": "认定金额至多两位小数。", "min_value": "认定金额不能小于 0。"})  # fmt: skip
    text = words("认定理由")


class RecoverForm(forms.Form):
    amount = forms.DecimalField(label="退回金额（元）", decimal_places=2, max_digits=14, min_value=Decimal("0.01"), error_messages={
        "required": "请填写退回金额。", "invalid": "退回金额应是数字。", "max_decimal_places": "退回金额至多两位小数。", "min_value": "退回金额应大于 0。"})  # fmt: skip
    text = words("凭证号与说明")


FORMS: Mapping[str, type[forms.Form]] = {"explain": ExplainForm, "ask": AskForm, "confirm": ConfirmForm, "recover": RecoverForm}


def of(action: str, one: Suspicion, data: Any = None, files: Any = None) -> forms.Form:
    """The form of a step, begun with what is usual."""
    asked = {"confirm": one.amount, "recover": one.confirmed or 0}.get(action)
    begun = {"amount": str(Money(asked)).replace(",", "")} if asked is not None else {}
    return FORMS.get(action, TextForm)(data, files, initial=begun, auto_id=f"{action}_%s")


def told(form: forms.Form) -> dict[str, Any]:
    """What an action is given of a whole form."""
    cleaned = dict(form.cleaned_data)
    if "amount" in cleaned:
        cleaned["amount"] = Money.yuan(cleaned["amount"])
    if file := cleaned.pop("file", None):
        cleaned |= {"file_name": file.name, "content": file.read()}
    return cleaned
