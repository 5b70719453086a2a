"""Filters of the inbox."""

from __future__ import annotations

from django import forms

from yilianti.registry.inbox.terms import Kind, Tab


class FilterForm(forms.Form):
    text = forms.CharField(label="单号或标题", required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"}))
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *Kind.choices()])
    tab = forms.ChoiceField(required=False, choices=Tab.choices(), widget=forms.HiddenInput)
