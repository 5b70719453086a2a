"""The report of a resting ECG as PDF: A4 across, the tracing on a millimetre grid at 25 mm/s and 10 mm/mV, true to scale when printed at 100 %."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.utils import timezone

from yilianti.care.diagnosis.ecg import MEASURES
from yilianti.care.diagnosis.models import Exam
from yilianti.kernel.papers.drawing import Paper
from yilianti.record.recordings.api import Lead, Tracing, twelve
from yilianti.registry.residents import api as residents

MM_PER_SECOND, MM_PER_MV = 25.0, 10.0
WIDTH_MM, LANE_MM, LANES = 250.0, 27.0, 4
LEFT_MM, TOP_MM = 23.5, 47.0
#: three rows of four leads for 2.5 s each, then one lead for ten seconds
LAYOUT = (("I", "aVR", "V1", "V4"), ("II", "aVL", "V2", "V5"), ("III", "aVF", "V3", "V6"))
RHYTHM = "II"
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
    paper = _Sheet("心电图报告单", exam.issued_at or exam.ordered_at, head)
    paper.header_lines(exam.measurements)
    if tracing is not None:
        paper.strip(twelve(tracing))
    paper.foot()
    return paper.whole()


class _Sheet(Paper):
    """One landscape page."""

    def __init__(self, title: str, at: datetime, head: Head) -> None:
        super().__init__(title, at, "本报告仅供临床医师参考，请结合临床。", across=True)
        self.head = head
        self.set_auto_page_break(False)

    def header_lines(self, measurements: Mapping[str, float]) -> None:
        head = self.head
        self.set_xy(LEFT_MM, 8)
        self.set_font("cjk", "B", 15)
        self.cell(WIDTH_MM, 8, f"{head.institution}　心电图报告单", align="C")
        self._row(17, f"姓名：{head.name}　性别：{head.sex}　年龄：{head.age}　检查号：{head.number}　申请单号：{head.ordered or '—'}　采集时间：{head.acquired_at}")
        self._row(22.5, f"主诉：{head.complaint or '—'}")
        said = [f"{one.zh} {measurements[one.code]:.{one.decimals}f} {one.unit}" for one in MEASURES if one.code in measurements]
        for index in range(0, min(len(said), 16), 8):
            self._row(28.5 + index / 8 * 5.5, "　".join(said[index : index + 8]))
        self._row(40.5, f"{MM_PER_SECOND:g} mm/s　{MM_PER_MV:g} mm/mV")

    def strip(self, tracing: Tracing) -> None:
        self._grid()
        for lane, names in enumerate(LAYOUT):
            for column, name in enumerate(names):
                self._trace(tracing.lead(name), tracing.rate, name, lane, column * 2.5, column * 2.5 + 2.5)
        self._trace(tracing.lead(RHYTHM), tracing.rate, RHYTHM, LANES - 1, 0.0, WIDTH_MM / MM_PER_SECOND)

    def _grid(self) -> None:
        bottom, right = TOP_MM + LANE_MM * LANES, LEFT_MM + WIDTH_MM
        for thick, colour, width in ((False, _THIN, 0.08), (True, _THICK, 0.18)):
            self.set_draw_color(*colour)
            self.set_line_width(width)
            for mm in range(int(WIDTH_MM) + 1):
                if (mm % 5 == 0) is thick:
                    self.line(LEFT_MM + mm, TOP_MM, LEFT_MM + mm, bottom)
            for mm in range(int(LANE_MM * LANES) + 1):
                if (mm % 5 == 0) is thick:
                    self.line(LEFT_MM, TOP_MM + mm, right, TOP_MM + mm)

    def _trace(self, lead: Lead | None, rate: float, name: str, lane: int, start: float, end: float) -> None:
        """The part of a lead from `start` to `end` seconds, its middle on the middle of the lane."""
        base, left = TOP_MM + LANE_MM * (lane + 0.5), LEFT_MM + start * MM_PER_SECOND
        self.set_draw_color(0, 0, 0)
        self.set_text_color(0, 0, 0)
        self.set_font("cjk", size=8)
        self.text(left + 1, TOP_MM + LANE_MM * lane + 4, name)
        if lead is None:
            return
        values = lead.microvolts()
        part = values[int(start * rate) : int(end * rate)] - np.median(values)
        self.set_line_width(0.2)
        points = [(left + n / rate * MM_PER_SECOND, base - float(value) / 1000 * MM_PER_MV) for n, value in enumerate(part)]
        with self.rect_clip(left, TOP_MM, (end - start) * MM_PER_SECOND, LANE_MM * LANES):
            if len(points) > 1:
                self.polyline(points)

    def foot(self) -> None:
        head = self.head
        y = TOP_MM + LANE_MM * LANES + 3
        self.set_xy(LEFT_MM, y)
        self.set_font("cjk", "B", 11)
        self.multi_cell(WIDTH_MM, 5.5, f"诊断：{head.conclusion}" + (f"\n更正原因：{head.because}" if head.because else ""), align="L")
        self._row(187.5, f"电子签名（SM2）：{head.signed}")
        self._row(192, f"诊断中心：{head.centre}　诊断医师：{head.reader or '会诊'}　审核医师：{head.auditor}　审核时间：{head.issued_at}")

    def footer(self) -> None:
        self.set_y(-10)
        self.set_font("cjk", size=8)
        self.cell(0, 5, self.footer_text, align="C")

    def _row(self, y: float, text: str) -> None:
        self.set_xy(LEFT_MM, y)
        self.set_font("cjk", size=10)
        self.cell(WIDTH_MM, 5, text)


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""
