"""Every Chinese sentence of the interface, gathered from templates and code, to be paired with its English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from yilianti.cli.home import ROOT

#: The ends of the range, as code names them, are no words.
CHINESE = re.compile(r"[\u4e00-\u9fa5]")
SOURCE = ROOT / "src/yilianti"
_COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|<!--.*?-->", re.S)
_BLOCK = re.compile(r"\{%.*?%\}", re.S)
_VARIABLE = re.compile(r"\{\{.*?\}\}", re.S)
_QUOTED = re.compile(r'"([^"]*)"')
_ATTRIBUTE = re.compile(r'\s(?:placeholder|title|aria-label|alt|label|data-label|data-title|value)="([^"]*)"')
#: What `format` fills in by name.
_GAP = re.compile(r"\{[a-z_][a-z_.0-9:%]*\}")
#: Talk to operators and developers, not pages.
_NOT_PAGES = {"tests", "migrations", "cli", "english"}


def sentences() -> set[str]:
    """All of them; `{}` stands for what is filled in."""
    found = {said for path in templates() for said in of_template(path.read_text(encoding="utf-8"))}
    found |= {said for path in modules() for said in of_module(path.read_text(encoding="utf-8"))}
    return {_GAP.sub("{}", " ".join(said.split())) for said in found if CHINESE.search(said)}


def templates() -> list[Path]:
    """All but the style guide, which only developers see."""
    found = [*SOURCE.glob("**/templates/**/*.html"), *(ROOT / "assets/templates").rglob("*.html")]
    return sorted(path for path in found if "style" not in path.parts and path.stem != "style_guide")


def modules() -> list[Path]:
    """All that speak to people on pages; not the one that knows how surnames are read."""
    found = (path for path in SOURCE.rglob("*.py") if not _NOT_PAGES & set(path.relative_to(SOURCE).parts))
    return sorted(path for path in found if path.stem != "names")


def of_template(text: str) -> Iterator[str]:
    """Texts between tags, attributes that are read, and literals handed to tags."""
    text = _COMMENT.sub("", text)
    for block in _BLOCK.findall(text):
        yield from _QUOTED.findall(block)
    for variable in _VARIABLE.findall(text):
        yield from _QUOTED.findall(variable)
    plain = _BLOCK.sub("\0", _VARIABLE.sub("{}", text))
    for attribute in _ATTRIBUTE.findall(plain):
        yield from attribute.split("\0")
    for piece in re.split(r"\0|<[^>]*>", plain):
        yield piece.strip()


def of_module(text: str) -> Iterator[str]:
    """String constants and f-strings, without docstrings; the labels of terms carry their own English."""
    tree = ast.parse(text)
    skipped = {id(node) for node in _unspoken(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in skipped:
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.value


def _unspoken(tree: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, members of terms, and the parts of f-strings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value
        if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id == "Term" for base in node.bases):
            yield from ast.walk(node)
        if isinstance(node, ast.JoinedStr):
            yield from (part for part in ast.walk(node) if part is not node and isinstance(part, ast.Constant))
