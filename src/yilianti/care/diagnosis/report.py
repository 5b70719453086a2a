"""The report of a resting ECG as PDF: A4 across, the tracing on a millimetre grid at 25 mm/s and 10 mm/mV, true to scale when printed at 100 %."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import numpy as np
from django.utils import timezone

from yilianti.care.diagnosis import strips
from yilianti.care.diagnosis.ecg import MEASURES
from yilianti.care.diagnosis.models import Exam
from yilianti.kernel.papers import signing as papers
from yilianti.kernel.papers.drawing import Paper
from yilianti.record.recordings.api import Filters, Tracing, twelve
from yilianti.registry.residents import api as residents

MM_PER_SECOND, MM_PER_MV = 25.0, 10.0
#: The grid: a place for the calibration pulse, then ten seconds and half a second of grace.
LEFT_MM, TOP_MM, WIDTH_MM, PULSE_MM = 16.0, 47.0, 265.0, 10.0
HEIGHT_MM, TALLEST_LANE_MM = 108.0, 27.0
#: Further pages have no measurements and no conclusion: the grid begins higher and reaches lower.
LATER_TOP_MM, LATER_LANE_MM = 28.0, 26.0
#: Where the level of a lead lies in its lane: R waves reach higher than S waves go down.
LEVEL = 0.55
SAID_LINES, SAID_MM = 5, 5.2
#: From this difference on, the time in the file is told beside the time at which it came.
APART = timedelta(minutes=10)
_THIN, _THICK = (255, 214, 214), (245, 160, 160)


@dataclass(frozen=True)
class Head:
    """What stands above and below the tracing."""

    institution: str
    centre: str
    name: str
    sex: str
    age: str
    number: str
    ordered: str
    complaint: str
    acquired_at: str
    reader: str
    auditor: str
    issued_at: str
    conclusion: str
    because: str = ""
    signed: str = ""


def head_of(exam: Exam, because: str = "") -> Head:
    """The words of an exam's report."""
    banner = residents.banner(exam.resident, timezone.localdate(exam.issued_at or exam.ordered_at))
    return Head(
        exam.institution.name, exam.centre.name, exam.resident.name, banner.gender, str(banner.age or ""), exam.number, exam.placer_number, exam.complaint, _moment(exam.acquired_at),
        exam.concluded_by.name if exam.concluded_by else "", exam.issued_by.name if exam.issued_by else "", _moment(exam.issued_at), exam.conclusion, because, _signatories(exam),
    )  # fmt: skip


def _signatories(exam: Exam) -> str:
    """Whose electronic signatures stand beside this report."""
    who = [("诊断", exam.concluded_by), ("审核", exam.issued_by)]
    return "　".join(f"{word} {person.name}（{person.number}）" for word, person in who if person)


def draw(exam: Exam, tracing: Tracing | None, because: str = "") -> bytes:
    """The report as PDF bytes; without samples (a PDF or an image of a cart) the grid is left out."""
    head = head_of(exam, because)
    return sheet(replace(head, acquired_at=head.acquired_at + _by_the_device(exam.acquired_at, tracing)), exam.measurements, tracing, exam.issued_at or exam.ordered_at)


def _by_the_device(received: datetime | None, tracing: Tracing | None) -> str:
    """When the file says that it was recorded, where that is another time than the one at which it came; empty where both agree."""
    told = tracing.started_at if tracing is not None else None
    if told is None or received is None:
        return ""
    at = told if timezone.is_aware(told) else timezone.make_aware(told)
    return f"（文件内时间 {timezone.localtime(at):%Y-%m-%d %H:%M}）" if abs(received - at) >= APART else ""


def sheet(head: Head, measurements: Mapping[str, float], tracing: Tracing | None, at: datetime) -> bytes:
    """The same from its words, measurements and samples alone."""
    whole = twelve(tracing) if tracing is not None else None
    layout = strips.plan(whole) if whole is not None else strips.Plan(((),))
    paper = _Sheet(head, at, whole, len(layout.pages))
    paper.front(measurements, layout.pages[0])
    for rows in layout.pages[1:]:
        paper.later(rows)
    paper.end(layout.unprinted_from)
    return paper.whole()


def sealed(exam: Exam, *, keys: Path, tracing: Tracing | None, because: str = "") -> bytes:
    """The report as it leaves: drawn, and with the centre's seal inside that any PDF reader verifies."""
    drawn = draw(exam, tracing, because)
    assert exam.issued_at is not None
    return papers.sign(drawn, keys=keys, whose=exam.centre.code, name=exam.centre.name, reason=f"签发报告 {exam.number}", at=exam.issued_at)[0]


class _Sheet(Paper):
    """The first page with head, grid and conclusion, and further ones for what lasts longer."""

    def __init__(self, head: Head, at: datetime, tracing: Tracing | None, pages: int) -> None:
        self.head, self.tracing = head, tracing
        super().__init__("心电图报告单", at, "本报告仅供临床医师参考，请结合临床。", across=True)
        self.set_auto_page_break(False)
        said = f"诊断：{head.conclusion}" + (f"\n更正原因：{head.because}" if head.because else "")
        self.set_font("cjk", "B", 11)
        self.lines: list[str] = cast("list[str]", self.multi_cell(WIDTH_MM, SAID_MM, said, align="L", dry_run=True, output="LINES"))
        self.pages_in_all = pages + (len(self.lines) > SAID_LINES)

    def front(self, measurements: Mapping[str, float], rows: Sequence[strips.Row]) -> None:
        head = self.head
        self._title(8)
        self._patient(17)
        self._row(22.5, f"主诉：{head.complaint or '—'}　申请单号：{head.ordered or '—'}")
        said = "　".join(f"{one.zh}\u00a0{measurements[one.code]:.{one.decimals}f}\u00a0{one.unit}" for one in MEASURES if one.code in measurements)
        self.set_xy(LEFT_MM, 28)
        self.set_font("cjk", size=9)
        self.multi_cell(WIDTH_MM, 4.5, said, align="L")
        self._row(42, self._scale(), 9)
        self._strip(rows, TOP_MM, min(TALLEST_LANE_MM, HEIGHT_MM / max(len(rows), 1)))
        self._said(TOP_MM + HEIGHT_MM + 2, self.lines[:SAID_LINES])
        self._row(187.5, f"电子签名（SM2）：{head.signed}")
        self._row(192, f"诊断中心：{head.centre}　诊断医师：{head.reader or '会诊'}　审核医师：{head.auditor}　审核时间：{head.issued_at}")

    def later(self, rows: Sequence[strips.Row]) -> None:
        """A further page of the recording, with the patient on it: pages get parted."""
        self.add_page()
        self._title(8)
        self._patient(17)
        self._row(22.5, f"续图：第 {rows[0][0].start:g} 秒起　{self._scale()}", 9)
        self._strip(rows, LATER_TOP_MM, LATER_LANE_MM)

    def end(self, unprinted_from: float) -> None:
        """What the pages so far had no room for."""
        if unprinted_from and self.tracing is not None:
            self._row(192, f"第 {unprinted_from:g} 秒至第 {self.tracing.seconds:.0f} 秒没有打印；请在屏幕上查看。")
        if len(self.lines) > SAID_LINES:
            self.add_page()
            self._title(8)
            self._patient(17)
            self._said(28, ["诊断（续）：", *self.lines[SAID_LINES:]])

    def _title(self, y: float) -> None:
        self.set_xy(LEFT_MM, y)
        self._fitting(f"{self.head.institution}　心电图报告单", 15, "B")
        self.cell(WIDTH_MM, 8, f"{self.head.institution}　心电图报告单", align="C")

    def _patient(self, y: float) -> None:
        head = self.head
        self._row(y, f"姓名：{head.name}　性别：{head.sex}　年龄：{head.age}　检查号：{head.number}　采集时间：{head.acquired_at}")

    def _scale(self) -> str:
        if self.tracing is None:
            return ""
        return f"{MM_PER_SECOND:g} mm/s　{MM_PER_MV:g} mm/mV　定标 1 mV、200 ms　采样 {self.tracing.rate:g} Hz　采集滤波：{_filters(self.tracing.filters)}　打印未加滤波"

    def _said(self, y: float, lines: Sequence[str]) -> None:
        self.set_xy(LEFT_MM, y)
        self.set_font("cjk", "B", 11)
        self.multi_cell(WIDTH_MM, SAID_MM, "\n".join(lines) + ("（续后页）" if lines and y > LATER_TOP_MM and len(self.lines) > SAID_LINES else ""), align="L")

    def _strip(self, rows: Sequence[strips.Row], top: float, lane: float) -> None:
        if self.tracing is None or not rows:
            return
        self._grid(top, lane * len(rows))
        for number, row in enumerate(rows):
            base = top + lane * (number + LEVEL)
            self._pulse(base)
            for piece in row:
                self._piece(piece, row[0].start, base, (top, lane * len(rows)), base - lane * LEVEL)

    def _grid(self, top: float, height: float) -> None:
        bottom, right = top + height, LEFT_MM + WIDTH_MM
        for thick, colour, width in ((False, _THIN, 0.08), (True, _THICK, 0.18)):
            self.set_draw_color(*colour)
            self.set_line_width(width)
            for mm in range(int(WIDTH_MM) + 1):
                if (mm % 5 == 0) is thick:
                    self.line(LEFT_MM + mm, top, LEFT_MM + mm, bottom)
            for mm in range(int(height) + 1):
                if (mm % 5 == 0) is thick:
                    self.line(LEFT_MM, top + mm, right, top + mm)

    def _pulse(self, base: float) -> None:
        """One millivolt for 200 ms, so that paper printed at another size is found out."""
        left, right = LEFT_MM + 2.5, LEFT_MM + 2.5 + 0.2 * MM_PER_SECOND
        self.set_draw_color(0, 0, 0)
        self.set_line_width(0.2)
        self.polyline([(left - 1.5, base), (left, base), (left, base - MM_PER_MV), (right, base - MM_PER_MV), (right, base), (right + 1.5, base)])

    def _piece(self, piece: strips.Piece, since: float, base: float, clip: tuple[float, float], ceiling: float) -> None:
        """A lead from one second to another, its level on the middle of the lane; a derived one tells its formula."""
        tracing = self.tracing
        lead = tracing.lead(piece.lead) if tracing is not None else None
        if tracing is None or lead is None:
            return
        left, rate = LEFT_MM + PULSE_MM + (piece.start - since) * MM_PER_SECOND, tracing.rate
        values = lead.microvolts()
        first = round(piece.start * rate)
        part = np.nan_to_num(values[first : round(piece.end * rate) + 1] - np.median(values))
        points = [(left + ((first + n) / rate - piece.start) * MM_PER_SECOND, base - float(value) / 1000 * MM_PER_MV) for n, value in enumerate(part)]
        self.set_draw_color(0, 0, 0)
        self.set_line_width(0.2)
        with self.rect_clip(left, clip[0], (piece.end - piece.start) * MM_PER_SECOND, clip[1]):
            if len(points) > 1:
                self.polyline(points)
        self.set_font("cjk", "B", 8)
        self.text(left + 1, ceiling + 4, lead.name)
        if lead.derived:
            after = left + 2 + self.get_string_width(lead.name)
            self.set_font("cjk", size=6)
            self.text(after, ceiling + 4, f"= {lead.derived}")

    def footer(self) -> None:
        self.set_xy(LEFT_MM, -10)
        self.set_font("cjk", size=8)
        self.cell(WIDTH_MM, 5, self.footer_text, align="C")
        self.set_xy(LEFT_MM, -10)
        self.cell(WIDTH_MM, 5, f"第 {self.page_no()} 页，共 {self.pages_in_all} 页", align="R")

    def _row(self, y: float, text: str, size: float = 10) -> None:
        self.set_xy(LEFT_MM, y)
        self._fitting(text, size)
        self.cell(WIDTH_MM, 5, text)

    def _fitting(self, text: str, size: float, style: str = "") -> None:
        """The font in which a text fits into its line."""
        self.set_font("cjk", style, size)
        while size > 5 and self.get_string_width(text) > WIDTH_MM - 2:
            size -= 0.5
            self.set_font("cjk", style, size)


def _filters(told: Filters) -> str:
    """What the device had filtered, as its file says."""
    said = (("高通", told.high_pass), ("低通", told.low_pass), ("陷波", told.notch))
    return "，".join(f"{word} {hertz:g} Hz" for word, hertz in said if hertz is not None) or "文件未注明"


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""
