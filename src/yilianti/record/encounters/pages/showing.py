"""How an encounter, its diagnoses and the changes between its versions are put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from yilianti.record.encounters.models import Encounter
from yilianti.record.encounters.terms import Change, DiagnosisKind, Kind, State

LABELS = {
    "resident": "居民", "kind": "类别", "state": "状态", "opened_at": "开始", "closed_at": "结束", "outcome": "离院方式", "department": "科室",
    "ward": "病区", "bed": "床号", "doctor": "接诊医生", "reason": "就诊原因", "diagnoses": "诊断", "details": "其他内容",
}
DETAILS = {
    "referring_doctor": "转诊医生", "consulting_doctor": "会诊医生", "admitting_doctor": "收治医生", "admission_type": "入院类型",
    "prior_location": "原科室床位", "admit_source": "入院途径", "disposition": "离院去向", "next_of_kin": "联系人", "allergies": "过敏",
    "insurance": "参保信息", "observations": "随就诊发来的观察值", "procedures": "手术与操作", "guarantors": "担保人", "visit_more": "就诊补充信息",
    "patient_more": "居民补充信息", "other_segments": "其他原始内容",
}
_ICONS = {
    Change.OPENED: ("login", "ok"), Change.TRANSFERRED: ("arrows-exchange", "ok"), Change.AMENDED: ("pencil", "idle"), Change.CLOSED: ("logout", "ok"),
    Change.CANCELLED: ("ban", "bad"), Change.REOPENED: ("arrow-back-up", "warn"),
}
_TONES = {State.OPEN: "info", State.CLOSED: "ok", State.CANCELLED: "idle"}


def facts(encounter: Encounter) -> list[dict[str, Any]]:
    """The pairs at the head of the page; what was not told is left out."""
    told = [
        ("就诊编号", encounter.number), ("院内就诊号", encounter.visit_number), ("科室", encounter.department), ("病区", encounter.ward),
        ("床号", encounter.bed), ("接诊医生", encounter.doctor), ("开始", moment(encounter.opened_at)),
        ("结束", moment(encounter.closed_at)), ("离院方式", encounter.outcome), ("就诊原因", encounter.reason),
    ]
    return [{"label": label, "value": value} for label, value in told if value]


def tone(encounter: Encounter) -> str:
    return _TONES[State(encounter.state)]


def diagnoses(rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Code, name, kind in words, moment."""
    return [
        {"code": row.get("code", ""), "name": row.get("name", "") or row.get("code", ""), "system": row.get("system", ""),
         "kind": DiagnosisKind.label(row.get("kind", "")), "at": parse_datetime(row["at"]) if row.get("at") else None}
        for row in rows
    ]


def details(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What else the sender gave: {label, lines, raw}."""
    return [
        {"label": DETAILS.get(key, key), "lines": _lines(value), "raw": key == "other_segments"} for key, value in sorted(given.items(), key=_known_first)
    ]


def _known_first(item: tuple[str, Any]) -> tuple[bool, str]:
    return item[0] == "other_segments", item[0]


def _lines(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [" · ".join(str(part) for part in value.values() if part)]
    if isinstance(value, list | tuple):
        return [line for part in value for line in _lines(part)]
    return [str(value)] if value else []


def steps(history: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The versions as timeline lines, newest first, with what changed."""
    return [_step(entry["version"], entry["changed"]) for entry in history]


def _step(version: Any, changed: Sequence[tuple[str, Any, Any]]) -> dict[str, Any]:
    change = Change(version.change)
    icon, mark = _ICONS[change]
    return {
        "title": change.zh, "icon": icon, "tone": mark, "at": version.at, "recorded_at": version.recorded_at, "version": version.version,
        "source": source(version.source), "changes": [_change(*one) for one in changed],
    }


def _change(name: str, old: Any, new: Any) -> dict[str, str]:
    """One changed field; of a list only what left and what came."""
    if name in ("diagnoses", "details"):
        kept = [part for part in _parts(old) if part in _parts(new)]
        old, new = ([part for part in _parts(value) if part not in kept] for value in (old, new))
        if name == "details":
            old, new = ({key: 1 for key, _ in value} for value in (old, new))
    return {"label": LABELS.get(name, name), "old": said(name, old), "new": said(name, new)}


def _parts(value: Any) -> list[Any]:
    return list(value.items()) if isinstance(value, Mapping) else list(value or [])


def source(given: str) -> str:
    """`hl7v2:123` → 接口消息 123."""
    system, _, number = given.partition(":")
    return f"接口消息 {number}" if system == "hl7v2" and number else given


def said(name: str, value: Any) -> str:
    """One stored value as a person reads it; "" for nothing."""
    if name in ("opened_at", "closed_at"):
        return moment(parse_datetime(value)) if value else ""
    if name == "kind":
        return Kind.label(value)
    if name == "state":
        return State.label(value)
    if name == "diagnoses":
        return "、".join(f"{row['name']}（{row['kind']}）" if row["kind"] else row["name"] for row in diagnoses(value or []))
    if name == "details":
        return "、".join(DETAILS.get(key, key) for key in (value or {}))
    return str(value or "")


def moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
