"""Policies in words a manager reads: values, tables, the permission matrix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yilianti.policybook import Edition, Standing, access, places

FOLDERS = {
    "access": "登录与权限",
    "governance": "治理",
    "catalogues": "目录",
    "clinical": "诊疗协同",
    "capacity": "号源与床位",
    "privacy": "个人信息保护",
    "inbox": "待办与通知",
    "calendar": "工作日历",
    "exchange": "信息交换",
    "operations": "运行保障",
    "contracts": "签约",
    "settlement": "结算",
    "indicators": "指标",
}


@dataclass(frozen=True)
class Line:
    """One policy in the list."""

    code: str
    title: str
    summary: str
    place: str
    edition: Edition | None
    overdue: bool
    corrected: bool
    authority: Any = None


def refs(standings: Iterable[Standing]) -> list[str]:
    """Every edition shown, by its reference: to ask which resolutions stand behind them."""
    return [edition.policy_ref for standing in standings for edition in standing.history]


def groups(standings: Iterable[Standing], day: date, q: str, status: str, authorities: Mapping[str, Any]) -> list[tuple[str, list[Line]]]:
    """Lines by folder, filtered by words and by status."""
    found: dict[str, list[Line]] = {}
    for standing in standings:
        edition = standing.in_force
        if status and (edition is None or edition.status != status):
            continue
        line = _line(standing, day, authorities)
        if q and q.casefold() not in _haystack(standing, line):
            continue
        folder = standing.code.partition(".")[0]
        found.setdefault(FOLDERS.get(folder, folder), []).append(line)
    return list(found.items())


def _line(standing: Standing, day: date, authorities: Mapping[str, Any] | None = None) -> Line:
    edition = standing.in_force
    told = edition or standing.history[0]
    return Line(
        code=standing.code,
        title=told.title,
        summary=summary(edition) if edition else f"{day.isoformat()} 没有生效的版本",
        place=places.label(told.place),
        edition=edition,
        overdue=told.head.next_review < day,
        corrected=edition is not None and any(other.corrects == edition.policy_ref for other in standing.history),
        authority=(authorities or {}).get(edition.policy_ref) if edition else None,
    )


def _haystack(standing: Standing, line: Line) -> str:
    told = standing.in_force or standing.history[0]
    return f"{line.code} {line.title} {line.summary} {told.head.why} {told.source}".casefold()


def summary(edition: Edition) -> str:
    """The values on one line."""
    if edition.repealed:
        return "本级废止，从上一级"
    if edition.code == access.CODE:
        return f"{len(edition['roles'])} 个岗位，{len(edition.table or ())} 项权限"
    parts = [f"{label} {text}" for label, text in values(edition)]
    if edition.table is not None:
        parts.append(f"共 {len(edition.table)} 条")
    return " · ".join(parts)


def values(edition: Edition) -> list[tuple[str, str]]:
    """(Chinese label, value with unit) of every value; the file's own labels name them."""
    labels: Mapping[str, str] = edition.head.labels
    unit = edition.head.unit if edition.head.unit in ("分钟", "小时", "天", "次", "元", "%", "mmol/L") else ""
    return [(labels.get(key, key), _words(value, labels, unit)) for key, value in edition.items()]


def _words(value: Any, labels: Mapping[str, str], unit: str) -> str:
    if isinstance(value, Mapping):
        if "zh" in value:
            return str(value["zh"])
        if all(isinstance(inner, Mapping | str) for inner in value.values()):
            return "；".join(_words(inner, labels, unit) for inner in value.values())
        return "，".join(f"{labels.get(key, key)} {_words(inner, labels, unit)}" for key, inner in value.items())
    if isinstance(value, tuple):
        return "、".join(_words(inner, labels, "") for inner in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value} {unit}".strip() if isinstance(value, int | float) else str(value)


@dataclass(frozen=True)
class Dated:
    """One edition on the timeline."""

    edition: Edition
    place: str
    tone: str
    state: str
    values: list[tuple[str, str]]
    corrected_by: str
    authority: Any = None


def timeline(standing: Standing, day: date, authorities: Mapping[str, Any]) -> list[Dated]:
    """Every edition that concerns this scope, narrowest place first, newest first."""
    corrected = {edition.corrects: edition.policy_ref for edition in standing.history if edition.corrects}
    return [
        Dated(
            edition,
            places.label(edition.place),
            *_state(edition, standing, day),
            values(edition) if edition.code != access.CODE else [],
            corrected.get(edition.policy_ref, ""),
            authorities.get(edition.policy_ref),
        )
        for edition in standing.history
    ]


def _state(edition: Edition, standing: Standing, day: date) -> tuple[str, str]:
    if edition is standing.in_force:
        return "ok", "适用"
    if any(edition is other for other in standing.overridden):
        return "info", "被更近一级覆盖"
    if edition.effective_from > day:
        return "wait", "尚未生效"
    return "idle", "废止" if edition.repealed else "已被替代"


@dataclass(frozen=True)
class MatrixRow:
    permission: str
    name: str
    cells: tuple[tuple[str, str, str], ...]


def matrix(edition: Edition) -> tuple[list[str], list[tuple[str, list[MatrixRow]]]]:
    """Role names, then per room the rows permission × role with (role name, reach, Chinese reach)."""
    named: Mapping[str, str] = edition["roles"]
    granted = access.of(edition)
    assert edition.table is not None
    roles = edition.table.columns[2:]
    rooms: dict[str, list[MatrixRow]] = {}
    for permission, name, *_ in edition.table.rows:
        cells = tuple((named[role], *_reach(granted[role].get(permission))) for role in roles)
        rooms.setdefault(permission.partition(".")[0], []).append(MatrixRow(permission, name, cells))
    return [named[role] for role in roles], list(rooms.items())


def _reach(reach: access.Reach | None) -> tuple[str, str]:
    return (str(reach), reach.zh) if reach else ("", "")


def export_rows(standings: Iterable[Standing], day: date) -> Iterator[tuple[str, ...]]:
    """The list as rows for CSV; the first is the header."""
    yield ("代码", "名称", "值", "范围", "生效日期", "依据类别", "依据文件", "条款", "备注", "下次复核", "版本")
    for standing in standings:
        line = _line(standing, day)
        edition = line.edition
        if edition is None:
            yield (line.code, line.title, line.summary, line.place, "", "", "", "", "", "", "")
            continue
        source = edition.source
        yield (
            line.code, line.title, line.summary, line.place, edition.effective_from.isoformat(), edition.status.zh,
            source.document, source.clause, source.note, edition.head.next_review.isoformat(), edition.policy_ref,
        )  # fmt: skip
