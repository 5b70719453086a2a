"""The controls of forms drawn by functions: Django's templates include one template per option of a choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

_TYPES = ("text", "search", "hidden", "date", "datetime", "time", "number", "email", "url", "tel", "password")


class Controls(DjangoTemplates):
    """Django's renderer; what every form has many of is drawn here, the rest by its templates."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        draw = _DRAWN.get(template_name)
        return draw(context["widget"]) if draw else SafeString(super().render(template_name, context, request))


def _input(widget: dict[str, Any]) -> SafeString:
    value = widget["value"]
    said = "" if value is None else format_html(' value="{}"', value)
    return format_html('<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], said, flatatt(widget["attrs"]))


def _select(widget: dict[str, Any]) -> SafeString:
    options = SafeString("\n".join(_group(name, group) for name, group, _ in widget["optgroups"]))
    return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), options)


def _group(name: str | None, group: list[dict[str, Any]]) -> SafeString:
    options = SafeString("\n".join(map(_option, group)))
    return format_html('<optgroup label="{}">{}</optgroup>', name, options) if name else options


def _option(option: dict[str, Any]) -> str:
    chosen = flatatt(option["attrs"]) if option["attrs"] else ""
    return f'<option value="{escape(option["value"])}"{chosen}>{escape(option["label"])}</option>'


_DRAWN: dict[str, Callable[[dict[str, Any]], SafeString]] = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in _TYPES},
    "django/forms/widgets/select.html": _select,
}
