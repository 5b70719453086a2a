"""The reading desk: measurements to correct, statements to choose, a conclusion to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from yilianti.care.diagnosis import actions, library, queries, waiting
from yilianti.care.diagnosis.ecg import MEASURES
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.pages import views
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, done, looked_at, page
from yilianti.policybook import initials
from yilianti.registry.residents import api as residents


def statements(exam: Exam, at: datetime, chosen: Sequence[str]) -> list[dict[str, str]]:
    """The statement library of that day, in the order of its groups; after it what was chosen under an earlier edition and is no longer in it."""
    found = [{**row, "initials": initials.of(row["zh"])} for row in library.rows(exam.modality, exam.centre_id, at)]
    if gone := [code for code in chosen if code not in {row["code"] for row in found}]:
        then = library.names(exam.modality, exam.centre_id, exam.written_at or exam.concluded_at or at)
        found += [{"code": code, "zh": then.get(code, code), "group": "已不在现行语句库", "initials": initials.of(then.get(code, code))} for code in gone]
    return found


def groups(rows: Sequence[Mapping[str, str]], chosen: Sequence[str]) -> list[dict[str, Any]]:
    """The library by group, chosen ones marked."""
    ordered = sorted(rows, key=lambda row: list(dict.fromkeys(one["group"] for one in rows)).index(row["group"]))
    return [{"name": name, "rows": [{**row, "chosen": row["code"] in chosen} for row in some]} for name, some in groupby(ordered, key=lambda row: row["group"])]


def desk(exam: Exam, actor: Actor, now: datetime, action: str, blind: bool = False) -> dict[str, Any]:
    """What the form of a reading shows: the last words where there are some, else the machine's suggestions, unticked."""
    values = {} if blind else (exam.measurements or exam.measured)
    chosen = [] if blind else exam.statements
    listed = statements(exam, now, chosen)
    names = {row["code"]: row["zh"] for row in listed}
    return {
        "action": action, "blind": blind, "signs": action in ("issue", "decide", "amend"), "groups": groups(listed, chosen), "conclusion": "" if blind else exam.conclusion, "chosen": chosen,
        "suggested": [] if blind else [{"code": code, "zh": names.get(code, code)} for code in exam.suggested],
        "measures": [{"measure": one, "value": f"{values[one.code]:.{one.decimals}f}" if one.code in values else "", "machine": f"{exam.measured[one.code]:.{one.decimals}f}" if one.code in exam.measured and not blind else ""} for one in MEASURES],
    }  # fmt: skip


def given(post: QueryDict) -> dict[str, Any]:
    """The form's content; a measurement that is no number, or none a heart could have, is refused by its name."""
    measured: dict[str, float] = {}
    for one in MEASURES:
        text = post.get(f"measure-{one.code}", "").strip()
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        low, high = one.plausible
        if not low <= value <= high:
            raise Refused("measure_implausible", f"{one.zh} 应在 {low:g} 至 {high:g} {one.unit} 之间；请核对“{text[:12]}”。", f"{one.en} is not plausible", field=f"measure-{one.code}")
        measured[one.code] = value
    return {"statements": [code[:24] for code in post.getlist("statements")][:40], "conclusion": post.get("conclusion", "")[:4000], "measurements": measured}


@page("diagnosis.read_again", methods=("GET", "POST"))
def read_again(request: Request, number: str) -> HttpResponse:
    """A blinded second reading: the tracing, and nothing that anybody said of it."""
    exam, now = views.visible_or_404(request, number), timezone.now()
    looked_at(request, exam.resident_id, f"{waiting.READ_AGAIN} {number}")
    if request.method == "POST":
        said = given(request.POST)
        actions.read_again(actor=request.actor, number=number, statements=said["statements"], conclusion=said["conclusion"], at=now)
        return done(request, "/diagnosis/?box=second", f"检查 {number} 的复阅已记录。")
    if not waiting.awaits_second(request.actor, exam, now):
        raise Refused("not_sampled", "这份检查不在您的双盲复阅之列（看过报告的人也不能复阅）；请从“待复阅”中选取。", "not sampled")
    return render(request, "diagnosis/read_again.html", {"exam": exam, "desk": desk(exam, request.actor, now, "read_again", blind=True), "banner": residents.banner(exam.resident, timezone.localdate()), "comparable": queries.comparable(request.actor, exam)})
