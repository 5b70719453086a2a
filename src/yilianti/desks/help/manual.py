"""The manual as pages and sections; a line `<!-- page: /referrals/ -->` under a heading says which addresses it helps with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from markdown_it import MarkdownIt

FOLDER = settings.ROOT / "docs/manual"
_MARK = re.compile(r"<!--\s*page:\s*(.*?)\s*-->\n?")
_NAME = re.compile(r"[a-z0-9_]+")
_PICTURE = re.compile(r'src="pictures/')
#: a link out of the manual, to a file that the platform does not show: its words and where the file lies
_OUTSIDE = re.compile(r'<a href="\.\./([a-z0-9_/-]+\.md)(?:#[^"]*)?">(.*?)</a>')
_LINK = re.compile(r'href="([a-z0-9_]+|README)\.md(#[^"]*)?"')


@dataclass(frozen=True)
class Section:
    """A heading of the manual with its text, and the beginnings of the addresses it speaks of."""

    page: str
    title: str
    html: str
    helps: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """One file of the manual."""

    name: str
    title: str
    html: str
    sections: tuple[Section, ...]


def names() -> list[str]:
    """Pages of the manual, its contents first."""
    found = sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "README")
    return ["README", *found]


def page(name: str) -> Page | None:
    """One page, or None for a name that is none."""
    path = FOLDER / f"{name}.md"
    if name != "README" and not _NAME.fullmatch(name) or not path.is_file():
        return None
    return _read(path, path.stat().st_mtime_ns)


def help_for(address: str, jobs: tuple[str, ...]) -> Section | None:
    """The section that names the longest beginning of this address: in the pages of the reader's jobs, else anywhere."""
    own = [found for job in jobs if (found := page(job))]
    others = [found for name in names() if name not in jobs and (found := page(name))]
    return _best(address, own) or _best(address, others)


def _best(address: str, pages: list[Page]) -> Section | None:
    told = [(len(start), section) for one in pages for section in one.sections for start in section.helps if _fits(address, start)]
    return max(told, key=lambda pair: pair[0])[1] if told else None


def _fits(address: str, start: str) -> bool:
    return address == start or (start != "/" and address.startswith(start))


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> Page:
    text = path.read_text(encoding="utf-8")
    parts = re.split(r"(?m)^(?=## )", text)
    sections = tuple(_section(path.stem, part) for part in parts[1:])
    title = re.sub(r"^#\s*", "", text.split("\n", 1)[0])
    return Page(path.stem, title, _html(text), sections)


def _section(name: str, text: str) -> Section:
    heading, _, body = text.partition("\n")
    helps = tuple(start for found in _MARK.findall(body) for start in found.split())
    return Section(name, heading.removeprefix("## ").strip(), _html(body), helps)


def _html(text: str) -> str:
    """Markdown without raw HTML; pictures and links lead to addresses of the platform."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").render(_MARK.sub("", text))
    made = _PICTURE.sub('loading="lazy" src="/help/pictures/', made)
    made = _OUTSIDE.sub(r"\2（docs/\1）", made)
    return _LINK.sub(lambda link: f'href="/help/{link[1]}/{link[2] or ""}"', made)
