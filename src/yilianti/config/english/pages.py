"""A finished page in English: its texts and the attributes that people read, nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import escape, unescape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from yilianti.config.english.catalogue import CHINESE, catalogue
from yilianti.kernel.pages import PUBLIC, page

COOKIE = "yilianti_language"
_TOKEN = re.compile(r"(<[^>]*>)")
_READ = re.compile(r'(\s(?:placeholder|title|aria-label|alt|label|data-label|data-title|content)=")([^"]*[\u3400-\u9fff][^"]*)(")')
_VALUE = re.compile(r'(\svalue=")([^"]*[\u3400-\u9fff][^"]*)(")')
#: Elements whose content is not the interface's: scripts, and what somebody typed.
_LEFT_ALONE = ("script", "style", "textarea", "pre", "code")


class EnglishMiddleware:
    """Turns HTML answers into English for a browser that asked for it; a Chinese reader's answer passes untouched."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.COOKIES.get(COOKIE) != "en":
            return response
        if "HX-Trigger" in response:
            response["HX-Trigger"] = json.dumps(_told(json.loads(response["HX-Trigger"])))
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            response.content = in_english(response.content.decode(response.charset))
        return response


def in_english(html: str) -> str:
    """The same page with every known sentence in English."""
    english, out, alone, quoted = catalogue().english, [], "", False
    for token in _TOKEN.split(html):
        if token.startswith("<"):
            name = token[1:].split(None, 1)[0].strip("/>").lower() if len(token) > 2 else ""
            alone = (name if name in _LEFT_ALONE and not token.startswith("</") else "") if not alone or token.startswith(f"</{alone}") else alone
            out.append(_tag(token, name) if CHINESE.search(token) else token)
            quoted = 'translate="no"' in token
        else:
            out.append(token if alone or quoted or not CHINESE.search(token) else escape(english(unescape(token)), quote=False))
    return "".join(out).replace('<html lang="zh-Hans">', '<html lang="en">', 1)


def _tag(token: str, name: str) -> str:
    english = catalogue().english

    def swap(match: re.Match[str]) -> str:
        return f"{match[1]}{escape(english(unescape(match[2])))}{match[3]}"

    told = _READ.sub(swap, token)
    is_button = name == "input" and re.search(r'type="(submit|button)"', token)
    return _VALUE.sub(swap, told) if is_button else told


def _told(given: object) -> object:
    """Texts inside an HX-Trigger header."""
    if isinstance(given, dict):
        return {key: _told(value) for key, value in given.items()}
    return catalogue().english(given) if isinstance(given, str) else given


@page(PUBLIC, ["POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """「English」 and back; kept in this browser."""
    wanted = request.POST.get("next", "/")
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    response = redirect(wanted if safe else "/")
    language = "en" if request.POST.get("language") == "en" else "zh"
    response.set_cookie(COOKIE, language, max_age=365 * 86_400, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


choose.open_before_password = True  # type: ignore[attr-defined]
