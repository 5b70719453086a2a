"""What is written down when a resident agrees or takes it back."""

from __future__ import annotations

from datetime import datetime, time

from django import forms
from django.utils import timezone

from yilianti.registry.consent.terms import Basis, Purpose


class RecordForm(forms.Form):
    purpose = forms.ChoiceField(label="用途", choices=Purpose.choices())
    basis = forms.ChoiceField(label="方式", choices=Basis.choices())
    until_on = forms.DateField(label="有效期至", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                               help_text="不填表示直至本人撤回。", error_messages={"invalid": "有效期应形如 2027-06-30。"})  # fmt: skip

    def until_at(self) -> datetime | None:
        """The last moment of the named day, as the first one of the next would be for a half-open end."""
        day = self.cleaned_data["until_on"]
        return timezone.make_aware(datetime.combine(day, time.max)) if day else None


class WithdrawForm(forms.Form):
    purpose = forms.ChoiceField(label="撤回的用途", choices=Purpose.choices())
    because = forms.CharField(label="说明", max_length=120, required=False, help_text="本人无须说明理由；如有书面要求可记下编号。")
