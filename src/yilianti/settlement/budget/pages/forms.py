"""Forms of the package: the facts that the base formula in force takes, and the small form of each step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.budget.books import RATIO, Need
from yilianti.settlement.fund import api as fund

_DAY = {"required": "请填写日期。", "invalid": "日期应写成 2026-01-10。"}
#: comma and yuan signs, narrow and wide, and the character for yuan
_SIGNS = (0x2C, 0xFF0C, 0xA5, 0xFFE5, 0x5143)
_FEW = {"required": "请填写。", "invalid_choice": "请从列表中选择。", "invalid": "应是数字。"}


def words(label: str, most: int = 200, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, error_messages={"required": f"请填写{label}。", "max_length": f"{label}最多 {most} 字。"}, **more)


def yuan(label: str, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(label=f"{label}（元）", decimal_places=2, max_digits=16, min_value=Decimal("0.01"), error_messages={
        "required": f"请填写{label}。", "invalid": f"{label}应是数字。", "max_decimal_places": f"{label}至多两位小数。", "min_value": f"{label}应大于 0。", "max_digits": f"{label}太大；请核对小数点。",
        "max_whole_digits": f"{label}太大；请核对小数点。"}, **more)  # fmt: skip


class FactsForm(forms.Form):
    """One text field a fact and year; the arithmetic checks the numbers, here only that nothing lacks."""

    def __init__(self, needs: Sequence[Need], year: int, *args: Any, also: Mapping[str, forms.Field] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: (fact, year from 0 or what is kept outside, field), and the field that a refusal means
        self.slots: list[tuple[str, int | str, str]] = []
        self.places: dict[str, str] = {}
        for number, need in enumerate(needs):
            for key in range(need.years) if need.name in fund.YEARS else (need.name.partition(".")[2],):
                head, by_year = need.name.partition(".")[0], isinstance(key, int)
                name = f"{head}_{key}" if by_year else f"{head}_{number}" if key else head
                label = f"{need.zh} {year - need.years + int(key)} 年" if by_year else need.zh
                self.slots.append((head, key, name))
                self.places[f"{head}[{key}]" if by_year else need.name] = name
                self.fields[name] = forms.CharField(label=f"{label}（{need.unit}）", max_length=40, help_text=need.says, error_messages={"required": f"请填写{label}{f'，{need.says}' if need.says else ''}。"},
                                                    widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "number"}))  # fmt: skip
                if need.unit == RATIO:
                    self.fields[name].widget.attrs["inputmode"] = "text"
        self.facts_named = list(self.fields)
        self.fields.update(also or {})
        self.ratios = {need.name for need in needs if need.unit == RATIO}

    def facts(self) -> dict[str, Any]:
        """What was typed, as the engine's inputs write it."""
        found: dict[str, Any] = {}
        for head, key, name in self.slots:
            typed = _plain(self.cleaned_data[name])
            if isinstance(key, int):
                found.setdefault(head, []).append(typed)
            elif key:
                found.setdefault(head, {})[key] = typed
            else:
                found[head] = f"{typed.removesuffix('%')}%" if head in self.ratios else typed
        return found

    def blame(self, refusal: Refused) -> None:
        """Show a refusal at the field it names, or above the form."""
        name = self.places.get(refusal.field, refusal.field)
        name = self.places.get(f"{name}[0]", name)
        self.add_error(name if name in self.fields else None, self._in_words(refusal.zh))

    def _in_words(self, said: str) -> str:
        """Facts by their labels: the arithmetic names them as inputs do."""
        labels = {place: str(self.fields[name].label) for place, name in self.places.items()}
        return re.sub(r"(?<![A-Za-z_.])[a-z_]+(?:\[\d+\]|\.[^\s，。；、]+)?(?![A-Za-z_])", lambda found: labels.get(found[0], found[0]), said)


def begun(facts: Mapping[str, Any], form: FactsForm) -> dict[str, str]:
    """What stands in the fields when the form is opened."""
    found = {}
    for head, key, name in form.slots:
        value = facts.get(head, "")
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and len(value) > key else ""
        elif key:
            value = value.get(key, "") if isinstance(value, dict) else ""
        found[name] = str(value)
    return found


def _plain(typed: str) -> str:
    """Numbers as people paste them: without blanks, thousands marks and currency signs."""
    return "".join(one for one in typed if not one.isspace() and ord(one) not in _SIGNS)


def document(**more: Any) -> forms.CharField:
    return words("数据来源文件", 160, help_text="如“云医保发〔2026〕3 号”。", **more)


class FixForm(forms.Form):
    resolution = words("核定依据（文件或决议）", 160)
    version = forms.IntegerField(widget=forms.HiddenInput)


class PayForm(forms.Form):
    instalment = forms.TypedChoiceField(label="期", coerce=int, error_messages=_FEW)
    amount = yuan("金额")
    voucher = words("凭证号", 64)
    paid_on = forms.DateField(label="到账日期", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), error_messages=_DAY)

    def __init__(self, *args: Any, choices: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instalment"].choices = [(str(number), label) for number, label in choices]  # type: ignore[attr-defined]


class CorrectPaymentForm(forms.Form):
    payment = forms.IntegerField(widget=forms.HiddenInput)
    because = words("更正的原因")


class SetAsideForm(forms.Form):
    amount = yuan("金额")
    because = words("原因")
    document = words("依据文件", 160)


class WithdrawSetAsideForm(forms.Form):
    row = forms.IntegerField(widget=forms.HiddenInput)
    because = words("撤回的原因")


class MonthForm(forms.Form):
    month = forms.CharField(label="月份", widget=forms.TextInput(attrs={"type": "month"}), error_messages={"required": "请选择月份。"})

    def clean_month(self) -> date:
        try:
            return date.fromisoformat(f"{self.cleaned_data['month']}-01")
        except ValueError:
            raise forms.ValidationError("月份应写成 2026-10。") from None


FORMS: Mapping[str, type[forms.Form]] = {
    "fix": FixForm, "pay": PayForm, "correct_payment": CorrectPaymentForm, "set_aside": SetAsideForm, "withdraw_set_aside": WithdrawSetAsideForm, "reckon_month": MonthForm,
}  # fmt: skip


def told(form: forms.Form) -> dict[str, Any]:
    """What an action is given of a whole form."""
    cleaned = dict(form.cleaned_data)
    if "amount" in cleaned:
        cleaned["amount"] = Money.yuan(cleaned["amount"])
    return cleaned
