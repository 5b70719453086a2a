"""A visit read from a JSON file, asked of its programme; what the file may hold is in docs/how-to/add_a_programme.md."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yilianti.care.followup.parts import Programme
    from yilianti.care.followup.terms import Earlier
    from yilianti.policybook.places import Place

KEYS = {"on", "visit", "earlier", "born_on", "enrolled_on", "ended_on", "last_check_on"}
EARLIER = {"on", "classes", "visit", "goals"}


def asked(args: argparse.Namespace) -> dict[str, Any]:
    """The answer as plain values; raises Refused for a file, a field or a day that cannot be used."""
    from yilianti.care.followup import flow
    from yilianti.care.followup.terms import Enrolment, Visit

    given = _file(args)
    _known("文件", given, KEYS)
    on = _day(given, "on")
    if on is None:
        raise _refused("on", "缺少 on；请写随访日期，如 2026-11-01。")
    programme, place = _programme(args, on), _place(args)
    visit = _visit(programme, given)
    born_on = _day(given, "born_on")
    before = [_earlier(args.programme, one, place, born_on) for one in _list(given)]
    enrolment = Enrolment(_day(given, "enrolled_on"), born_on, _day(given, "last_check_on"), _day(given, "ended_on"))
    return flow.ask(programme, Visit(on, visit), before, enrolment).as_data()


def form(args: argparse.Namespace) -> dict[str, Any]:
    """The form in force on a day, as data."""
    programme = _programme(args, args.on)
    return {"programme": programme.code, "zh": programme.zh, "is_sample": programme.is_sample, "says": programme.says, "sections": programme.form.as_data(), "policy_refs": list(programme.policy_refs)}


def _place(args: argparse.Namespace) -> Place:
    from yilianti.policybook.places import Place

    return Place(args.consortium, args.region)


def _programme(args: argparse.Namespace, on: date) -> Programme:
    from yilianti.care.followup import programme

    held = programme.codes(on, _place(args))
    if args.programme not in held:
        raise _refused("programme", f"{on} 没有随访项目“{args.programme}”；这一天有 {'、'.join(held) or '零个项目'}。")
    return programme.in_force(args.programme, on, _place(args))


def _file(args: argparse.Namespace) -> dict[str, Any]:
    text = sys.stdin.read() if str(args.inputs) == "-" else args.inputs.read_text(encoding="utf-8-sig")
    try:
        given = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as fault:
        raise _refused("inputs", f"文件不是有效的 JSON（第 {fault.lineno} 行第 {fault.colno} 列）；请改正。") from None
    if not isinstance(given, dict):
        raise _refused("inputs", "文件应是一个对象：{ \"on\": …, \"visit\": { … } }。")
    return given


def _visit(programme: Programme, given: Mapping[str, Any]) -> dict[str, Any]:
    visit = given.get("visit", {})
    if not isinstance(visit, dict):
        raise _refused("visit", "visit 应是一个对象，如 { \"sbp\": 138, \"dbp\": 86 }。")
    _known("visit ", visit, programme.form.fields.keys())
    return visit


def _list(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    earlier = given.get("earlier", [])
    if not isinstance(earlier, list) or not all(isinstance(one, dict) for one in earlier):
        raise _refused("earlier", "earlier 应是一列对象，如 [{ \"on\": \"2026-08-01\", \"classes\": [\"unsatisfied\"] }]。")
    return earlier


def _earlier(code: str, one: dict[str, Any], place: Place, born_on: date | None) -> Earlier:
    """An earlier visit with its classes told, or worked out from its values by the programme of its day."""
    from yilianti.care.followup import flow, programme
    from yilianti.care.followup.terms import Earlier, Enrolment, Visit

    _known("earlier ", one, EARLIER)
    on = _day(one, "on")
    if on is None:
        raise _refused("earlier", "earlier 的每一次都要有 on；请写日期。")
    of_the_day = programme.in_force(code, on, place)
    goals = one.get("goals", {})
    if not isinstance(goals, dict):
        raise _refused("goals", "goals 应是一个对象，如 { \"weight_goal\": 65 }。")
    if "visit" in one:
        answer = flow.ask(of_the_day, Visit(on, _visit(of_the_day, one)), (), Enrolment(born_on=born_on))
        return Earlier(on, None if answer.class_ is None else answer.classes, goals)
    classes = one.get("classes")
    known = {row.code for row in of_the_day.classes}
    if classes is not None and (not isinstance(classes, list) or not set(map(str, classes)) <= known):
        raise _refused("classes", f"classes 应是一列分类，从 {'、'.join(sorted(known))} 中选；没有分类写 null。")
    return Earlier(on, None if classes is None else frozenset(classes), goals)


def _day(given: Mapping[str, Any], key: str) -> date | None:
    raw = given.get(key)
    if raw is None:
        return None
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise _refused(key, f"{key}“{raw}”应写成日期，如 2026-11-01。") from None


def _known(where: str, given: Mapping[str, Any], known: Any) -> None:
    strange = [key for key in given if key not in known]
    if strange:
        raise _refused(strange[0], f"{where}里没有“{strange[0]}”这一项；可以写 {'、'.join(sorted(known))}。")


def _refused(field: str, zh: str) -> Exception:
    from yilianti.kernel.finding import Refused

    return Refused("not_usable", zh, field=field)
