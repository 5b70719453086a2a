"""What the page of policies in force may be asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from yilianti.policybook import Status


class FilterForm(forms.Form):
    """All optional; a GET with anything wrong shows today's policies with the fault named."""

    q = forms.CharField(
        label="查找",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "名称、代码、数值、文件"}),
    )
    status = forms.ChoiceField(label="依据", required=False, choices=[("", "全部"), *Status.choices()])
    day = forms.DateField(
        label="哪一天适用", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def answers(self, today: date) -> dict[str, Any]:
        """q, status, day; what is missing or wrong falls back to everything, today."""
        self.is_valid()
        given = getattr(self, "cleaned_data", {})
        return {"q": given.get("q", ""), "status": given.get("status", ""), "day": given.get("day") or today}
