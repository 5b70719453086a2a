"""「可回乡」: who lies in our beds and could be at home, what is still missing, and who there can take them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.care.referral import actions, housed
from yilianti.care.referral.housed import Line
from yilianti.care.referral.rules.coming_home import Readiness
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, looked_at, page
from yilianti.kernel.tables.sheets import streamed
from yilianti.registry.residents import api as residents

HERE = "/referrals/ready/"
PAGE = 50
_LOOKED = "核对可回乡的患者"
_TONES = {"ready": "ok", "nearly": "wait", "not_yet": "idle"}
_ORDER = tuple(str(one.value) for one in Readiness)
_OFFERED = "offered"
_SHOWN = {"": "全部在院", **dict(Readiness.choices()), _OFFERED: "已发下转单"}


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to."""

    text: str = ""
    department: str = ""
    shown: str = ""
    mine: bool = False
    page: int = 1

    def url(self, **changes: Any) -> str:
        now = replace(self, page=1, **changes) if "page" not in changes else replace(self, **changes)
        told = {"text": now.text, "department": now.department, "shown": now.shown, "mine": "1" if now.mine else "", "page": now.page if now.page > 1 else ""}
        return f"?{urlencode({name: value for name, value in told.items() if value})}"


def asked(request: Request) -> Asked:
    given = request.GET
    number = given.get("page", "")
    shown = given.get("shown", "")
    return Asked(given.get("text", "").strip()[:40], given.get("department", "").strip()[:64], shown if shown in _SHOWN else "", bool(given.get("mine")),
                 max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 5 else 1)  # fmt: skip


@page("referral.offer_home")
def ready(request: Request) -> HttpResponse:
    """Every in-patient of the county's own, the ready ones first; seventeen statements whatever their number."""
    actor, now, chosen = request.actor, timezone.now(), asked(request)
    everybody = housed.lines(actor, actor.reaches("referral.offer_home"), now)
    narrowed = [line for line in everybody if _fits(line, chosen, actor)]
    found = in_order(narrowed, chosen.shown)
    shown = found[(chosen.page - 1) * PAGE : chosen.page * PAGE]
    for line in shown:
        looked_at(request, line.bed.resident_id, _LOOKED)
    return render(request, "referral/ready.html", {
        "rows": [row(line, actor) for line in shown], "tabs": _tabs(narrowed, chosen), "chosen": chosen, "departments": sorted({line.bed.department for line in everybody if line.bed.department}),
        "query": chosen.url(page=1), "total": len(everybody), "is_narrowed": bool(chosen.text or chosen.department or chosen.mine or chosen.shown),
        "previous_url": chosen.url(page=chosen.page - 1) if chosen.page > 1 else "", "next_url": chosen.url(page=chosen.page + 1) if len(found) > chosen.page * PAGE else "",
        "shown": f"共 {len(found)} 位" if len(found) > PAGE else "", "now": now,
    })  # fmt: skip


def in_order(lines: Sequence[Line], shown: str) -> list[Line]:
    """Of one standing or of all; who is ready first, then whoever lies longest; what is under way already last."""
    kept = [line for line in lines if not shown or (bool(line.way_home) if shown == _OFFERED else line.review.readiness == shown and not line.way_home)]
    return sorted(kept, key=lambda line: (bool(line.way_home), _ORDER.index(str(line.review.readiness)), line.bed.since))


def _fits(line: Line, chosen: Asked, actor: Actor) -> bool:
    bed = line.bed
    if chosen.department and bed.department != chosen.department:
        return False
    if chosen.mine and bed.doctor != actor.name and not (bed.referral and actor.person in (bed.referral.to_practitioner_id, bed.referral.decided_by_id)):
        return False
    return not chosen.text or any(chosen.text in told for told in (line.resident.name, bed.diagnosis, bed.code, bed.bed, bed.doctor, line.home))


def _tabs(lines: Sequence[Line], chosen: Asked) -> list[dict[str, Any]]:
    counted = Counter(_OFFERED if line.way_home else str(line.review.readiness) for line in lines)
    counted[""] = len(lines)
    return [{"label": said, "url": chosen.url(shown=name), "active": name == chosen.shown, "count": counted[name] or None} for name, said in _SHOWN.items()]


def row(line: Line, actor: Actor) -> dict[str, Any]:
    """What the page shows of one patient."""
    bed, day = line.bed, timezone.localdate()
    return {
        "line": line, "bed": bed, "name": line.resident.name or "（未留姓名）", "sex": residents.Sex.label(line.resident.sex),
        "age": residents.age_on(line.resident.born_on, day), "state": Readiness.label(line.review.readiness), "tone": _TONES[line.review.readiness],
        "found": _by_day(line.values), "missing": "、".join(value.label for value in line.values if value.value is None),
        "ticked": set(line.judged.signs) if line.judged else set(), "best": line.proposals[0] if line.proposals else None, "others": line.proposals[1:],
        "url": f"{HERE}{bed.key}/bring_home" if bed.referral is None else f"/referrals/{bed.referral.number}/offer_home",
        "may_send": actor.may("referral.submit", bed.institution_id) and not line.way_home,
    }  # fmt: skip


def _by_day(values: Sequence[housed.Value]) -> list[tuple[date, list[tuple[str, str]]]]:
    """Day → what was measured on it, the newest day first."""
    found: dict[date, list[tuple[str, str]]] = {}
    for value in values:
        if value.value is not None and value.at is not None:
            found.setdefault(timezone.localdate(value.at), []).append((value.label, f"{value.value.normalize():f} {value.unit}"))
    return sorted(found.items(), reverse=True)


@page("referral.offer_home", methods=("POST",))
def judge(request: Request, stay: str) -> HttpResponse:
    """「核对」: which conditions hold; answered with the patient's line as it now stands."""
    actor, now = request.actor, timezone.now()
    if housed.one(actor, stay, now) is None:
        raise Http404("这位患者已不在院，或您无权查看。")
    actions.judge(actor=actor, stay=stay, signs=request.POST.getlist("sign"), at=now)
    line = housed.one(actor, stay, now)
    assert line is not None  # it was there when it was judged
    looked_at(request, line.bed.resident_id, _LOOKED)
    if not getattr(request, "htmx", False):
        messages.success(request, "下转条件已核对。")
        return redirect(HERE)
    return render(request, "referral/_ready_row.html", {"row": row(line, actor)})


_HEADINGS = ("科室", "床号", "经治医生", "患者", "性别", "年龄", "家乡", "诊断编码", "诊断", "入院", "在院天数", "下转", "已具备", "还缺", "不宜回乡的原因", "检查值", "需要", "推荐接收", "空床", "路程（分钟）", "转诊单", "下转单")


@page("referral.offer_home")
def export(request: Request) -> FileResponse:
    """The narrowed list as Excel; each patient's access log says who took it out."""
    actor, now, chosen = request.actor, timezone.now(), asked(request)
    everybody = housed.lines(actor, actor.reaches("referral.offer_home"), now)
    found = in_order([line for line in everybody if _fits(line, chosen, actor)], chosen.shown)
    for line in found:
        looked_at(request, line.bed.resident_id, "导出可回乡的患者")
    return streamed(f"可回乡的患者-{timezone.localdate(now):%Y%m%d}.xlsx", [("在院患者", _rows(found, now))])


def _rows(lines: Sequence[Line], now: datetime) -> Iterator[list[object]]:
    yield list(_HEADINGS)
    for line in lines:
        bed, review, best = line.bed, line.review, line.proposals[0] if line.proposals else None
        yield [
            bed.department, bed.bed, bed.doctor, line.resident.name, residents.Sex.label(line.resident.sex), residents.age_on(line.resident.born_on, timezone.localdate(now)),
            line.home, bed.code, bed.diagnosis, bed.since, line.days, "已发下转单" if line.way_home else Readiness.label(review.readiness),
            "；".join(one.zh for one in review.conditions if one.is_met), "；".join(one.zh for one in review.conditions if not one.is_met and one.is_needed),
            "；".join(review.against), "；".join(_told(value) for value in line.values), "、".join(line.needs), best.home.name if best else "",
            best.home.free if best else None, best.home.minutes if best else None, bed.referral.number if bed.referral else "", line.way_home,
        ]  # fmt: skip


def _told(value: housed.Value) -> str:
    if value.value is None or value.at is None:
        return f"{value.label} 未查到"
    return f"{value.label} {value.value.normalize():f} {value.unit}（{timezone.localtime(value.at):%m-%d}）"
