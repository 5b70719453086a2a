"""What a journal word is called for people: each room names its own words in its `terms.JOURNAL`."""

from __future__ import annotations

import importlib
from functools import cache
from importlib.util import find_spec

from django.apps import apps


@cache
def names() -> dict[str, str]:
    """Journal word → Chinese, of every installed room that has `terms.JOURNAL`."""
    found: dict[str, str] = {}
    for room in apps.get_app_configs():
        module = f"{room.name}.terms"
        if room.name.startswith("yilianti.") and find_spec(module):
            found |= getattr(importlib.import_module(module), "JOURNAL", {})
    return found


def name(word: str) -> str:
    """「提交」 of referral.submitted; the word itself where nobody named it."""
    return names().get(word, word)
