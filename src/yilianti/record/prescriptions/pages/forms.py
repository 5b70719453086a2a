"""Forms of allergies."""

from __future__ import annotations

from django import forms

from yilianti.record.prescriptions.terms import AllergyKind, Intolerance, Severity


class AllergyForm(forms.Form):
    """An allergy told by the person or seen by the doctor, or that none is known."""

    kind = forms.ChoiceField(label="类别", choices=AllergyKind.choices())
    substance = forms.CharField(label="过敏原", max_length=120, required=False, help_text="如“青霉素”“花生”；选“无已知过敏”时不填。")
    severity = forms.ChoiceField(label="程度", choices=Severity.choices(), initial=Severity.UNKNOWN.value)
    reaction = forms.CharField(label="反应", max_length=200, required=False, help_text="如“皮疹”“喉头水肿”。")
    noticed = forms.CharField(label="发现时间", max_length=32, required=False, help_text="如“2019 年”“童年”。")

    def told(self) -> Intolerance:
        return Intolerance(**self.cleaned_data)


class BecauseForm(forms.Form):
    because = forms.CharField(label="原因", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))
