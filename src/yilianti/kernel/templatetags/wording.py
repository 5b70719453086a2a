"""Journal words in Chinese, for templates."""

from __future__ import annotations

from django import template

from yilianti.kernel import wording

register = template.Library()
register.filter("journal_word", wording.name)
