"""A4 papers as PDF, for printing and for signing: headings, paragraphs, facts, tables, stamps, a QR code; Chinese by a font of the system."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import segno
from fontTools.ttLib import TTCollection
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, WrapMode, XPos, YPos

from yilianti.kernel.finding import Refused

_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts", Path.home() / ".fonts")
#: regular and bold, in the order of preference: song types for documents, then what there is
_FACES = (
    ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc"), ("NotoSerifCJKsc-Regular.otf", "NotoSerifCJKsc-Bold.otf"),
    ("SourceHanSerifSC-Regular.otf", "SourceHanSerifSC-Bold.otf"), ("simsun.ttc", "simhei.ttf"),
    ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"), ("NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf"),
    ("wqy-zenhei.ttc", "wqy-zenhei.ttc"), ("wqy-microhei.ttc", "wqy-microhei.ttc"),
)  # fmt: skip
STAMP_MM, MARGIN_MM = 42, 25


class FontMissing(Refused):
    """No Chinese font on this machine: the sentence names the package that brings one."""

    def __init__(self) -> None:
        super().__init__(
            "font_missing",
            "本机没有中文字体，不能生成 PDF；请安装字体后再试：Debian、Ubuntu 用 apt-get install fonts-noto-cjk，openEuler、银河麒麟用 dnf install google-noto-serif-cjk-ttc-fonts。",
            "no Chinese font: install fonts-noto-cjk",
        )


@cache
def _installed() -> dict[str, Path]:
    return {path.name: path for folder in _FOLDERS if folder.is_dir() for path in sorted(folder.rglob("*.[to]t[cf]"))}


def faces() -> tuple[Path, Path]:
    """Regular and bold; raises FontMissing."""
    found = _installed()
    for regular, bold in _FACES:
        if regular in found:
            return found[regular], found.get(bold, found[regular])
    raise FontMissing


@cache
def _member(path: Path) -> int:
    """Which font of a collection is the simplified Chinese one; 0 for a file of one font."""
    if path.suffix != ".ttc":
        return 0
    names = [str(font["name"].getDebugName(1)) for font in TTCollection(path, lazy=True)]
    return next((n for n, name in enumerate(names) if name.endswith("SC")), 0)


class Paper(FPDF):
    """One document under way; `footer_text` stands at the foot of every page beside its number."""

    def __init__(self, title: str, at: datetime, footer_text: str = "", *, across: bool = False) -> None:
        super().__init__(orientation="landscape" if across else "portrait", format="A4")
        self.footer_text = footer_text
        regular, bold = faces()
        for style, path in (("", regular), ("B", bold)):
            self.add_font("cjk", style=style, fname=path, collection_font_number=_member(path))
        self.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, MARGIN_MM)
        self.set_title(title)
        self.set_lang("zh-CN")
        self.set_creation_date(at)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("cjk", size=8)
        self.cell(0, 5, self.footer_text)
        self.set_x(MARGIN_MM)
        self.cell(0, 5, f"第 {self.page_no()} 页", align="R")

    def headline(self, text: str, number: str = "") -> None:
        """The title in the middle, its number below."""
        self.set_font("cjk", "B", 20)
        self._line(text, 11, "C")
        if number:
            self.set_font("cjk", size=12)
            self._line(number, 8, "C")
        self.ln(5)

    def section(self, text: str) -> None:
        self.ln(2)
        self.set_font("cjk", "B", 13)
        self._line(text, 9)

    def paragraph(self, text: str) -> None:
        """Indented by two characters, as Chinese documents are."""
        self.set_font("cjk", size=12)
        for one in text.splitlines():
            if one.strip():
                self._line(f"　　{one.strip()}", 7.5)

    def facts(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.set_font("cjk", size=12)
        for label, value in pairs:
            self._line(f"{label}：{value}", 7.5)

    def grid(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int] = (), aligns: Sequence[str] = ()) -> None:
        """A table with a head that is repeated on every page; `aligns` is LEFT or RIGHT for each column."""
        self.ln(1)
        self.set_font("cjk", size=10.5)
        with self.table(col_widths=tuple(widths) or None, borders_layout=TableBordersLayout.ALL, line_height=7, padding=1, text_align=tuple(aligns) or "JUSTIFY") as table:
            for cells in (head, *rows):
                line = table.row()
                for cell in cells:
                    line.cell(cell)
        self.ln(2)

    def signature(self, who: str, when: str, stamp: bytes | None = None) -> None:
        """Name and day at the right, the stamp laid over them."""
        if self.get_y() > self.h - MARGIN_MM - STAMP_MM:
            self.add_page()
        self.ln(8)
        top = self.get_y()
        self.set_font("cjk", size=12)
        self._line(who, 8, "R")
        self._line(when, 8, "R")
        if stamp:
            self.image(io.BytesIO(stamp), x=self.w - MARGIN_MM - STAMP_MM, y=max(MARGIN_MM, top - STAMP_MM / 2 + 8), w=STAMP_MM, h=STAMP_MM, keep_aspect_ratio=True)
        self.set_y(max(self.get_y(), top + STAMP_MM / 2 + 8))

    def code(self, address: str, text: str) -> None:
        """A QR code of an address, with what it is for beside it."""
        if self.get_y() > self.h - MARGIN_MM - 34:
            self.add_page()
        out = io.BytesIO()
        segno.make(address, error="m").save(out, kind="png", scale=6, border=2)
        top = self.get_y() + 4
        self.image(out, x=MARGIN_MM, y=top, w=28)
        self.set_xy(MARGIN_MM + 31, top + 4)
        self.set_font("cjk", size=9)
        self.multi_cell(0, 5, f"{text}\n{address}", align="L")

    def whole(self) -> bytes:
        return bytes(self.output())

    def _line(self, text: str, height: float, align: str = "L") -> None:
        self.multi_cell(0, height, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=WrapMode.CHAR if align == "L" else WrapMode.WORD)
