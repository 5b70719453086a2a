"""A year asked in JSON: package, advance, months, sharing and inner split under the policies of a place and day; answers with the steps, writes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.policybook.places import Place
from yilianti.settlement.distribution import inner, rules, sharing
from yilianti.settlement.fund import api as fund
from yilianti.settlement.fund.api import Facts, Spending, Working

_FIELDS = {"consortium", "region", "on", "facts", "spending", "months", "score", "members"}
_RATIOS = {"growth", "fund_growth"}
_LISTS = {"paid", "own", "everybody"}


@dataclass(frozen=True)
class Asked:
    """What the file asks, in whole numbers. `members`: level → member → score in hundredths."""

    place: Place
    on: date
    facts: Facts
    spending: Spending | None = None
    months: tuple[int, ...] = ()
    score: int | None = None
    members: Mapping[str, Mapping[str, int]] | None = None


def work(text: str) -> Working:
    """The steps of the year that `text` asks for; raises Refused naming the field."""
    asked, working = read(text), Working()
    package = fund.reckon(fund.base_rule(asked.place, asked.on), asked.facts, working)
    _advance(package, asked, working)
    if asked.months:
        path = fund.path_rule(asked.place, asked.on)
        fund.months(package, asked.months, path, working)
        fund.forecast(package, asked.months, path, working)
    if asked.spending is not None:
        _share(package, asked.spending, asked, working)
    return working


def read(text: str) -> Asked:
    """The JSON checked field by field; numbers as text or as JSON numbers, which are read as decimals."""
    try:
        given = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as trouble:
        raise Refused("bad_json", f"不是有效的 JSON：{trouble}。", f"No valid JSON: {trouble}.", field="inputs") from None
    given = _known(given, _FIELDS, "inputs")
    if not {"on", "facts"} <= given.keys():
        raise Refused("missing", "应给出 on（日期）和 facts（总额的各项）。", "on and facts are needed.", field="on")
    return Asked(
        _place(given), _day(given["on"]), _facts(given["facts"]), _spending(given["spending"]) if "spending" in given else None,
        tuple(_fen_list(given.get("months", []), "months")), fund.points(f"{given['score']}%", "score") if "score" in given else None, _members(given["members"]) if "members" in given else None,
    )  # fmt: skip


def _advance(package: int, asked: Asked, working: Working) -> None:
    try:
        rule = fund.advance_rule(asked.place, asked.on)
    except Refused as silence:
        if silence.code != "no_policy":
            raise
        working.note("预付", "本地没有预付的政策，不计算", "不计算")
        return
    fund.instalments(package, rule, asked.on.year, asked.place, working)


def _share(package: int, spending: Spending, asked: Asked, working: Working) -> None:
    change: int | None = 0
    if asked.score is not None:
        grades, ref = rules.assessment(asked.place, asked.on)
        change = sharing.change_for(asked.score, grades, ref, working)
    found = sharing.shared(package, fund.charged(spending, working), rules.sharing(asked.place, asked.on), change, working)
    ratio = rules.ratio("inner", asked.place, asked.on)
    if asked.members is None or found.consortium < 0:
        inner.by_ratio(found.consortium, ratio, working)
        if asked.members is not None:
            working.note("成员间分担", "超支不按得分分到成员；怎样分由本地决定", "不计算")
        return
    if unknown := sorted(set(asked.members) - set(ratio.weights)):
        raise Refused("unknown_party", f"members 中的“{unknown[0]}”不是分配的一方；可用：{'、'.join(ratio.weights)}。", "A level is no party of the split.", field="members")
    inner.levels_then_members(found.consortium, ratio, asked.members, working)


def _facts(given: Any) -> Facts:
    row = _known(given, {one.name for one in fields(Facts)}, "facts")
    if "persons" not in row:
        raise Refused("missing", "没有给出 facts.persons：参保人数。", "facts.persons is needed.", field="facts.persons")
    found: dict[str, Any] = {}
    for name, one in row.items():
        field = f"facts.{name}"
        if name == "persons":
            found[name] = fund.count(one, field)
        elif name in _RATIOS:
            found[name] = fund.change(one, field)
        elif name in _LISTS:
            found[name] = tuple(_fen_list(one, field))
        elif name == "excluded":
            found[name] = {who: fund.fen(amount, f"{field}.{who}") for who, amount in _object(one, field).items()}
        else:
            found[name] = fund.fen(one, field)
    return Facts(**found)


def _spending(given: Any) -> Spending:
    row = _known(given, {one.name for one in fields(Spending)}, "spending")
    if "members" not in row:
        raise Refused("missing", "没有给出 spending.members：成员机构的支出。", "spending.members is needed.", field="spending.members")
    return Spending(**{name: fund.fen(one, f"spending.{name}") for name, one in row.items()})


def _members(given: Any) -> dict[str, dict[str, int]]:
    return {level: {who: fund.points(f"{score}%", f"members.{level}.{who}") for who, score in _object(own, f"members.{level}").items()} for level, own in _object(given, "members").items()}


def _place(given: Mapping[str, Any]) -> Place:
    consortium, region = given.get("consortium", ""), given.get("region", "")
    if not (isinstance(consortium, str) and isinstance(region, str)) or not (consortium or region) or (region and not re.fullmatch(r"[1-8]\d{5}", region)):
        raise Refused("bad_place", f"consortium 为“{consortium}”、region 为“{region}”：至少写一个，region 是 6 位区划代码，写在引号里。", "Name a consortium or a region of six digits.", field="region")
    return Place(consortium, region)


def _day(given: Any) -> date:
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise Refused("bad_day", f"on 为“{given}”：应写成 2026-12-31。", "on must be written like 2026-12-31.", field="on") from None


def _fen_list(given: Any, field: str) -> list[int]:
    if not isinstance(given, list):
        raise Refused("bad_list", f"{field} 应是列表。", f"{field} must be a list.", field=field)
    return [fund.fen(one, f"{field}[{number}]") for number, one in enumerate(given)]


def _object(given: Any, field: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Refused("bad_object", f"{field} 应是对象（花括号）。", f"{field} must be an object.", field=field)
    return given


def _known(given: Any, names: set[str], field: str) -> dict[str, Any]:
    row = _object(given, field)
    if unknown := sorted(set(row) - names):
        raise Refused("unknown_field", f"{field} 中的“{unknown[0]}”不认识；可用：{'、'.join(sorted(names))}。", f"{field} has an unknown field.", field=f"{field}.{unknown[0]}")
    return row


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("同一个名称写了两次")
    return found


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} 不是数")
