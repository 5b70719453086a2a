"""What keeps every page inside the strict CSP, the browser floor and the icon sprite."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
TEMPLATES = sorted([*ASSETS.glob("templates/**/*.html"), *(ROOT / "src").glob("**/templates/**/*.html")])
SHEETS = sorted((ASSETS / "css").glob("*.css"))
SCRIPTS = sorted((ASSETS / "js").glob("*.js"))
COMMENT = re.compile(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}|/\*.*?\*/", re.S)

FORBIDDEN_IN_TEMPLATES = {
    "an inline style": r"\sstyle\s*=|<style\b",
    "an inline handler": r"\son[a-z]+\s*=\s*[\"']|\shx-on[:-]",
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")",
    "an address of another host": r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
    "an evaluated value": r"javascript:|hx-vals\s*=\s*[\"']js:",
}
TOO_NEW_FOR_THE_FLOOR = r"oklch\(|oklab\(|color-mix\(|@scope|@starting-style|anchor\(|light-dark\(|https?://"


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text("utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_a_template_stays_inside_the_content_security_policy(path: Path) -> None:
    text = text_of(path)
    found = [what for what, pattern in FORBIDDEN_IN_TEMPLATES.items() if re.search(pattern, text, re.I)]
    assert not found, f"{shown(path)} holds {', '.join(found)}"


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_every_icon_named_in_a_template_is_in_the_sprite(path: Path) -> None:
    sprite = (ASSETS / "icons/sprite.svg").read_text("utf-8")
    names = re.findall(r'icon\.html" with[^%]*?\bname="([^"]+)"', text_of(path))
    names += re.findall(r'\bicon="([^"]+)"', text_of(path)) + re.findall(r'\bicon\|default:"([^"]+)"', text_of(path))
    missing = sorted({name for name in names if f'id="{name}"' not in sprite})
    assert not missing, f"add to assets/icons/icons.txt and run scripts/refresh_vendor.py --icons: {missing}"


def test_navigation_uses_icons_of_the_sprite() -> None:
    from yilianti.config import context

    sprite = (ASSETS / "icons/sprite.svg").read_text("utf-8")
    assert [entry[2] for entry in context.NAVIGATION if f'id="{entry[2]}"' not in sprite] == []


def test_the_sprite_holds_exactly_the_listed_icons() -> None:
    listed = [line.partition("=")[0].strip() for line in (ASSETS / "icons/icons.txt").read_text("utf-8").splitlines()]
    listed = [name for name in listed if name and not name.startswith("#")]
    in_sprite = re.findall(r'<symbol id="([^"]+)"', (ASSETS / "icons/sprite.svg").read_text("utf-8"))
    assert sorted(set(listed)) == sorted(in_sprite)


def nested_rules(css: str) -> list[str]:
    """Selectors that open inside a style rule (an at-rule may hold rules)."""
    stack: list[bool] = []
    nested = []
    for head, brace in re.findall(r"([^{};]*)([{};])", css):
        if brace == "{":
            is_at_rule = head.strip().startswith("@")
            if not is_at_rule and any(not at for at in stack):
                nested.append(head.strip())
            stack.append(is_at_rule)
        elif brace == "}" and stack:
            stack.pop()
    return nested


@pytest.mark.parametrize("path", SHEETS, ids=shown)
def test_a_style_sheet_runs_on_chromium_109(path: Path) -> None:
    css = text_of(path)
    assert nested_rules(css) == []
    assert re.findall(TOO_NEW_FOR_THE_FLOOR, css) == []


def test_the_nesting_check_sees_nesting() -> None:
    assert nested_rules("@media print { .a { color: red; .b { color: blue } } }") == [".b"]
    assert nested_rules("@media print { .a { color: red } } .c { margin: 0 }") == []


@pytest.mark.parametrize("path", SCRIPTS, ids=shown)
def test_a_script_neither_evaluates_nor_calls_out(path: Path) -> None:
    text = re.sub(r"^\s*//.*$", "", text_of(path), flags=re.M)
    assert re.findall(r"\beval\(|new Function\(|https?://|innerHTML\s*=|document\.write", text) == []
