"""The form by which a person lets a parked entry go."""

from __future__ import annotations

from django import forms

from yilianti.handovers.actions import REASON_LENGTH


class DismissForm(forms.Form):
    reason = forms.CharField(
        label="放弃原因", max_length=REASON_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="放弃后，这一步不会再执行；原因记入日志。",
    )  # fmt: skip
