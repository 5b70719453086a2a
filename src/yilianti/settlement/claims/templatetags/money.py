"""Amounts on pages: whole fen as yuan with two decimals, the unit said once in the head of a column."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yilianti.kernel.money import Money

register = template.Library()


@register.simple_tag
def yuan(fen: int | None) -> str:
    """123456 → 1,234.56; a dash for what nobody said."""
    return "—" if fen is None else str(Money(fen))


@register.simple_tag
def price(amount: Decimal) -> str:
    """A unit price: two decimals, or as many more as it has."""
    decimals = max(2, -int(amount.normalize().as_tuple().exponent))
    return f"{amount:,.{decimals}f}"


@register.simple_tag
def difference(fen: int) -> SafeString:
    """By how much something is more or less, in words as well as in colour."""
    if not fen:
        return format_html('<span class="faint">{}</span>', "相同")
    tone, word = ("more", "多") if fen > 0 else ("less", "少")
    return format_html('<span class="differs differs-{}"><span class="differs-word">{}</span> {}</span>', tone, word, Money(abs(fen)))
