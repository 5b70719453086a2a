"""Handovers by their Chinese names, for templates."""

from __future__ import annotations

from django import template

from yilianti.handovers import terms

register = template.Library()


@register.filter
def handover_name(module: str) -> str:
    """「转诊进展 → 待办与通知」 of referral_to_inbox; the module's own name where it has none."""
    return terms.NAMES.get(module, module)
