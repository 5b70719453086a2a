"""The smallest pieces of every page, drawn by functions: a page has a hundred, and including a template costs ten times as much."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

register = template.Library()

#: state of a deadline → tone, icon, what a screen reader says
_DEADLINES = {"late": ("bad", "clock-exclamation", "已超时"), "soon": ("warn", "alert-triangle", "即将到时"), "done": ("ok", "check", "按时完成")}
_AHEAD = ("idle", "clock", "时限内")


@register.simple_tag
@cache
def icon(name: str, big: bool = False, spoken: str = "") -> SafeString:
    """An icon from the sprite (names: assets/icons/icons.txt); without `spoken` it is decoration.

    It ends in a line break, which keeps words beside it at a distance.
    """
    said = format_html('role="img" aria-label="{}"', spoken) if spoken else SafeString('aria-hidden="true"')
    return format_html('<svg class="icon{}" {}><use href="{}#{}"></use></svg>\n', " icon-l" if big else "", said, static("icons/sprite.svg"), name)


@cache
def pill(tone: str, words: str) -> SafeString:
    """A state in words, in the colour of its tone: for lists, whose lines have several."""
    return format_html('<span class="pill pill-{}">{}</span>', tone, words)


@register.simple_tag(takes_context=True)
def qr(context: template.Context, address: str, spoken: str = "扫码打开这一页") -> SafeString:
    """A QR code (ISO/IEC 18004) of an address of the platform, for paper: whoever scans it still has to sign in."""
    import segno  # only pages for paper need it

    whole = context["request"].build_absolute_uri(address)
    drawn = segno.make(whole, error="m").svg_inline(scale=2, border=2, svgclass="qr", lineclass=None, omitsize=True)
    return SafeString(drawn.replace("<svg ", format_html('<svg role="img" aria-label="{}" ', spoken), 1))


@register.simple_tag
def deadline(state: str, text: str, at: datetime | None = None) -> SafeString:
    """How much time is left. `state`: on_time, soon, late or done; `text` such as 剩 3 小时; `at` the moment, shown on hover."""
    tone, sign, spoken = _DEADLINES.get(state, _AHEAD)
    hover = f' title="时限 {timezone.localtime(at):%Y-%m-%d %H:%M}"' if at else ""
    return SafeString(f'<span class="pill pill-icon pill-{tone}"{hover}>{icon(sign, spoken=spoken)}{escape(text)}</span>')
