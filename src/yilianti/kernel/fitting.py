"""Text that others send, which may be longer than the column that keeps it."""

from __future__ import annotations

from django.db.models import Model


def fitted(model: type[Model], name: str, text: str) -> str:
    """`text` cut to what the column `name` holds; whole where the column has no limit."""
    return text[: getattr(model._meta.get_field(name), "max_length", None)]
