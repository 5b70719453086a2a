"""Controls drawn by functions say what Django's templates say."""

from __future__ import annotations

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

from yilianti.config.controls import Controls

CHOICES = [("", "请选择"), ("a", '甲 <b> & "乙"'), ("组", [("b", "丙"), ("c'", "丁")])]
DRAWN = [
    (forms.TextInput({"class": "x", "required": True, "disabled": False}), '<script>"&'),
    (forms.TextInput(), None),
    (forms.TextInput(), 0),
    (forms.HiddenInput(), "9b2c"),
    (forms.PasswordInput(), "secret"),
    (forms.NumberInput({"min": 1}), 7),
    (forms.DateInput({"type": "date"}), "2026-11-18"),
    (forms.DateTimeInput({"type": "datetime-local"}), "2026-11-18T09:30"),
    (forms.Select(choices=CHOICES), "a"),
    (forms.Select({"hx-get": "/x?a=1&b=2"}, choices=CHOICES), "c'"),
    (forms.Select(choices=CHOICES), None),
    (forms.RadioSelect(choices=CHOICES[:2]), "a"),
    (forms.Textarea(), "两\n行"),
]


@pytest.mark.parametrize(("widget", "value"), DRAWN)
def test_a_control_is_what_the_templates_would_draw(widget: forms.Widget, value: object) -> None:
    attrs = {"id": "id_x"}
    ours, theirs = (widget.render("x", value, attrs, renderer=renderer) for renderer in (Controls(), DjangoTemplates()))
    assert parse_html(ours) == parse_html(theirs)
