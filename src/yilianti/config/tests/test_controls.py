"""Controls drawn by functions are those Django's templates would have drawn."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from pytest_django.asserts import assertHTMLEqual

from yilianti.config.controls import Controls

CHOICES = [("", "全部"), ("1", "男 <b>"), ("群", [("2", "女"), ("3", "其他")])]
FIELDS: list[tuple[Any, Any]] = [
    (forms.Select(choices=CHOICES), "2"),
    (forms.Select(choices=CHOICES, attrs={"hx-get": "/x?a=1&b=2"}), ""),
    (forms.TextInput(attrs={"maxlength": 8, "required": True}), '"<script>'),
    (forms.HiddenInput(), 7),
    (forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), None),
    (forms.NumberInput(), 1.5),
    (forms.PasswordInput(), "not shown"),
]


@pytest.mark.parametrize(("widget", "value"), FIELDS)
def test_a_control_is_djangos_own(widget: Any, value: Any) -> None:
    drawn, wanted = (widget.render("field", value, {"id": "id_field"}, renderer=renderer) for renderer in (Controls(), DjangoTemplates()))
    assertHTMLEqual(drawn, wanted)
