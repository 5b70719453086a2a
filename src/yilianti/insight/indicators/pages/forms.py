"""What the pages of figures may be asked; what is wrong falls back to the usual."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from yilianti.insight.indicators.terms import Part


def month_named(text: str) -> date:
    """The first day of a month written 2026-11; ValueError for any other text and for the last year of the calendar, which no month follows."""
    month = date.fromisoformat(f"{text}-01")
    if month.year == date.max.year:
        raise ValueError(text)
    return month


class MonthField(forms.Field):
    """A month as browsers write it: 2026-11; its value is the first day."""

    widget = forms.TextInput(attrs={"type": "month"})

    def to_python(self, value: Any) -> date | None:
        try:
            return month_named(str(value)) if value else None
        except ValueError:
            raise forms.ValidationError("月份请写成 2026-11。") from None


class WhoseForm(forms.Form):
    """Whose figures, and of which month."""

    whose = forms.ChoiceField(label="范围", required=False)
    month = MonthField(label="月份", required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self._choices("whose", places)

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class RowsForm(WhoseForm):
    """And which of the rows behind one of them."""

    part = forms.ChoiceField(label="哪些", required=False, choices=Part.choices())
    institution = forms.ChoiceField(label="机构", required=False)

    def __init__(self, *args: Any, institutions: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self._choices("institution", [("", "全部"), *institutions])


class PairsForm(forms.Form):
    """Which month, and whose promises."""

    month = MonthField(label="月份", required=False)
    institution = forms.ChoiceField(label="机构", required=False)

    def __init__(self, *args: Any, institutions: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["institution"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "全部可见的"), *institutions]


def clean(form: forms.Form, name: str, usual: Any) -> Any:
    """One answer of a form, or the usual where it is missing or wrong."""
    form.is_valid()
    return form.cleaned_data.get(name) or usual
