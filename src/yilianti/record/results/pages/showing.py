"""How the lines of a report are put on the page: flags as sign and word, former values beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yilianti.record.results import rules
from yilianti.record.results.models import Observation, Report
from yilianti.record.results.terms import Category, EarlierValue, Status

_TREND_SIGNS = {"up": ("trending-up", "升高"), "down": ("trending-down", "降低"), "same": ("arrow-right", "持平")}
STATUS_TONES = {Status.PRELIMINARY: "wait", Status.FINAL: "ok", Status.CORRECTED: "info", Status.CANCELLED: "idle"}
ICONS = {Category.LABORATORY: "test-pipe", Category.IMAGING: "photo-scan", Category.ECG: "activity-heartbeat", Category.PATHOLOGY: "microscope",
         Category.OTHER: "report-medical"}


def lines(observations: Sequence[Observation], former: Mapping[int, Sequence[EarlierValue]]) -> list[dict[str, Any]]:
    """The rows of the table; long texts are marked so that they take the whole width."""
    return [_line(line, former.get(line.id, ())) for line in observations]


def _line(line: Observation, former: Sequence[EarlierValue]) -> dict[str, Any]:
    previous = next((value for value in former if value.unit == line.unit), None)
    direction = rules.trend(previous.number if previous else None, line.value_number)
    icon, word = _TREND_SIGNS.get(direction, ("", ""))
    sign = rules.sign(line.flag)
    return {
        "name": line.name or line.code, "code": line.code, "value": line.value, "unit": line.unit, "range": line.reference_range,
        "flag": {"icon": sign[0], "tone": sign[1], "label": sign[2]} if sign[2] else None, "is_long": len(line.value) > 40 or "\n" in line.value, "previous": former[0] if former else None,
        "former": former, "trend_icon": icon, "trend": word,
    }


def banner_of_chain(report: Report) -> dict[str, str]:
    """The line above a report that is not the one to read: {text, number, label}; {} for the current one."""
    newer = getattr(report, "superseded_by", None) or report.overtaken_by
    if newer is not None:
        word = "作废" if newer.status == Status.CANCELLED else "更正"
        return {"text": f"这份报告已被{word}，请以新报告为准。", "number": newer.number, "label": "查看新报告"}
    if report.status == Status.CANCELLED:
        return {"text": "这份报告已由发出机构作废，不得作为诊疗依据。", "number": report.supersedes.number if report.supersedes else "", "label": "查看原报告"}
    if report.status == Status.PRELIMINARY:
        return {"text": "这是初步报告，正式报告发出后会替换它。", "number": "", "label": ""}
    return {}
