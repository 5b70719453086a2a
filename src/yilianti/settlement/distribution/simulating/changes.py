"""One named change put into a year: any value of the scheme or of the inputs by its path, and the few that are more than one value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.sections import KEYS
from yilianti.settlement.distribution.simulating import paths, spending
from yilianti.settlement.distribution.simulating.assumptions import Assumed
from yilianti.settlement.distribution.simulating.terms import Place, Special
from yilianti.settlement.distribution.simulating.year import Year
from yilianti.settlement.fund import api as fund

#: Changes of benefits need the year's bills; they are reckoned beforehand (`repriced.py`).
BENEFIT = "settlement.benefit."
_MONEY = re.compile(r"-?\d+\.\d{2}")


@dataclass(frozen=True)
class Change:
    """What somebody wants otherwise: a path and what is to stand there, as text."""

    path: str
    value: str

    @classmethod
    def of(cls, written: str) -> Change:
        """`distribution.inner.weights.县级=5`; raises Refused."""
        path, equals, value = written.partition("=")
        if not equals or not path.strip() or not value.strip():
            raise Refused("bad_change", f"“{written}”应写成 名称=值，例如 distribution.inner.weights.县级=5 或 outside_share=-2。", "A change is written name=value.", field="change")
        return cls(path.strip(), value.strip())


@dataclass(frozen=True)
class Made:
    """A change that was made: what stood there, what stands there now, and what it does in a sentence."""

    path: str
    before: str
    after: str
    says: str

    def plain(self) -> dict[str, str]:
        return {"path": self.path, "before": self.before, "after": self.after, "says": self.says}


def apply(year: Year, change: Change, changes: Mapping[str, str], assumed: Assumed) -> tuple[Year, Made]:
    """The year with one change; `changes` are all of them by path. Raises Refused naming the field and the way out."""
    if (special := _SPECIAL.get(change.path)) is not None:
        return special(year, change.value, changes, assumed)
    if ".".join(change.path.split(".")[:2]) in KEYS:
        return _of_scheme(year, change)
    head, _, place = change.path.partition(".")
    if head == "spending" and place in {str(one) for one in Place}:
        return _spending(year, place, change.value)
    if (matched := re.fullmatch(r"members\.(.+)\.charged", change.path)) is not None:
        return _charged(year, matched[1], change.value)
    return _of_inputs(year, change)


def _of_scheme(year: Year, change: Change) -> tuple[Year, Made]:
    path = change.path
    before = paths.at({"values": {**_section(year, path)}}, ".".join(["values", *path.split(".")[2:]])) if path.count(".") > 1 else None
    value = _like(before, change.value, path)
    if before is not None and value == before:
        return year, _made(path, before, value, "与原来相同，没有改动")
    try:
        found = replace(year, scheme=year.scheme.with_(path, value))
    except Refused as refusal:
        raise paths.unknown(path, year) if refusal.code == "unknown_path" else refusal from None
    return found, _made(path, before, value)


def _section(year: Year, path: str) -> dict[str, Any]:
    held = year.scheme.get(".".join(path.split(".")[:2]))
    if held is None:
        return {}
    plain = held.plain()
    return {**plain["values"], "rows": plain.get("rows", [])}


def _of_inputs(year: Year, change: Change) -> tuple[Year, Made]:
    path, before = change.path, paths.at(year.inputs, change.path)
    if isinstance(before, Mapping | list) or path.partition(".")[0] not in (*year.inputs, "score", "facts"):
        raise paths.unknown(path, year)
    value = change.value
    if isinstance(before, str) and _MONEY.fullmatch(before) and _relative(value):
        value = fund.yuan(grown(fund.fen(before, path), value, path))
    try:
        changed = year.given(paths.put(year.inputs, path.split("."), value))
    except KeyError:
        raise paths.unknown(path, year) from None
    except Refused as refusal:
        raise paths.unknown(path, year) if refusal.code == "unknown_field" else refusal from None
    if path.startswith("members.") and path.split(".")[1] not in year.inputs.get("members", {}):
        raise paths.unknown(path, year)
    after = paths.at(changed.inputs, path)
    return changed, _made(path, before, after, "与原来相同，没有改动" if after == before else "")


def _spending(year: Year, place: str, value: str) -> tuple[Year, Made]:
    spent = year.spent()
    before = spent.spending.get(place, 0)
    after = grown(before, value, f"spending.{place}") if _relative(value) else fund.fen(value, f"spending.{place}")
    spent.add(place, after - before)
    shared = "；各成员按原有费用分摊" if place == Place.MEMBERS and spent.charged else ""
    return year.spending(spent), _made(f"spending.{place}", fund.yuan(before), fund.yuan(after), f"{Place.label(place)}的支出改为 {fund.yuan(after)} 元，例数不变{shared}")


def _charged(year: Year, code: str, value: str) -> tuple[Year, Made]:
    spent, path = year.spent(), f"members.{code}.charged"
    if code not in spent.charged:
        raise paths.unknown(path, year)
    before = spent.charged[code]
    after = grown(before, value, path) if _relative(value) else fund.fen(value, path)
    spent.add(Place.MEMBERS, after - before, to=code)
    return year.spending(spent), _made(path, fund.yuan(before), fund.yuan(after), "这家机构的费用改变，成员机构支出合计随之改变，例数不变")


def _funding_per_head(year: Year, value: str, changes: Mapping[str, str], assumed: Assumed) -> tuple[Year, Made]:
    facts = year.inputs.get("facts", {})
    if "funding" not in facts:
        raise Refused("no_funding", f"这一年的总额不按筹资计算（facts 没有 funding），人均筹资改不了它；可改：{'、'.join(f'facts.{name}' for name in facts) or '没有'}。", "The package does not rest on funding.", field=str(Special.FUNDING_PER_HEAD))
    each, persons = fund.fen(value, str(Special.FUNDING_PER_HEAD)), fund.count(facts["persons"], "facts.persons")
    after = fund.yuan(each * persons)
    changed = year.given(paths.put(year.inputs, ["facts", "funding"], after))
    return changed, _made("facts.funding", facts["funding"], after, f"筹资 = {persons} 人 × {fund.yuan(each)} 元")


def _to(year: Year, value: str, changes: Mapping[str, str], assumed: Assumed) -> tuple[Year, Made]:
    if str(Special.OUTSIDE_SHARE) not in changes and not assumed.moved:
        raise Refused("not_used", "outside_to 只说明回到县内的病人归哪家机构；请同时给出 outside_share，或去掉它。", "outside_to needs outside_share.", field=str(Special.OUTSIDE_TO))
    name = year.inputs["members"][value]["name"] if value in year.inputs.get("members", {}) else value
    return year, _made(str(Special.OUTSIDE_TO), "按成员原有费用分摊", value, f"回到县内的病人全部归{name}")


def _share(year: Year, value: str, changes: Mapping[str, str], assumed: Assumed) -> tuple[Year, Made]:
    found, before, after, says = spending.share_moved(year, value, changes.get(str(Special.OUTSIDE_TO), ""), assumed)
    return found, _made(str(Special.OUTSIDE_SHARE), before, after, says)


_SPECIAL: Mapping[str, Callable[[Year, str, Mapping[str, str], Assumed], tuple[Year, Made]]] = {
    str(Special.FUNDING_PER_HEAD): _funding_per_head, str(Special.OUTSIDE_SHARE): _share, str(Special.OUTSIDE_TO): _to,
}  # fmt: skip


def _relative(value: str) -> bool:
    return value[:1] in "+-" and value.endswith("%")


def grown(fen: int, value: str, field: str) -> int:
    """An amount after `+3%` or `-3%`; raises Refused."""
    points = fund.change(value.removeprefix("+"), field)
    return fen + fund.part(fen, points)


def _like(before: Any, value: str, path: str) -> Any:
    """Text read as what stood there: a number stays a number, a ratio keeps its per cent sign, lists and objects are JSON."""
    if isinstance(before, bool):
        return {"true": True, "是": True, "false": False, "否": False}.get(value.lower(), value)
    if isinstance(before, int) and re.fullmatch(r"\d+", value):
        return int(value)
    if isinstance(before, str) and before.endswith("%") and not value.endswith("%"):
        raise Refused("bad_number", f"{path} 为“{value}”：原来是 {before}，应写成带百分号的文字，例如 {before}。", "A ratio needs its per cent sign.", field=path)
    if isinstance(before, Mapping | list) or (before is None and value[:1] in "[{"):
        return _json(value, path)
    return value


def _json(value: str, path: str) -> Any:
    try:
        return json.loads(value, parse_float=Decimal, parse_constant=lambda word: word)
    except ValueError:
        raise Refused("bad_json", f"{path} 原来是一组值，“{value}”不是 JSON；请把整组写成 JSON，或只改其中一个值（如 {path}.0）。", "The value must be JSON.", field=path) from None


def _made(path: str, before: Any, after: Any, says: str = "") -> Made:
    return Made(path, shown(before), shown(after), says)


def shown(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return "（没有）"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
