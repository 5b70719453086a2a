"""JSON read field by field: no binary fraction, nothing twice, nothing unknown; each refusal names the field."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.settlement.fund import api as fund


def parsed(text: str) -> dict[str, Any]:
    """The object the text holds, its numbers as decimals; raises Refused."""
    try:
        found = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as trouble:
        raise Refused("bad_json", f"不是有效的 JSON：{trouble}。", f"No valid JSON: {trouble}.", field="inputs") from None
    return an_object(found, "inputs")


def an_object(given: Any, field: str) -> dict[str, Any]:
    """Braces."""
    if not isinstance(given, dict):
        raise Refused("bad_object", f"{field} 应是对象（花括号）。", f"{field} must be an object.", field=field)
    return given


def a_list(given: Any, field: str) -> list[Any]:
    """Brackets."""
    if not isinstance(given, list | tuple):
        raise Refused("bad_list", f"{field} 应是列表。", f"{field} must be a list.", field=field)
    return list(given)


def known(given: Any, names: Iterable[str], field: str, needed: Iterable[str] = ()) -> dict[str, Any]:
    """An object with no other names than these, and with those that are needed."""
    row, names = an_object(given, field), set(names)
    if unknown := sorted(set(row) - names):
        raise Refused("unknown_field", f"{field} 中的“{unknown[0]}”不认识；可用：{'、'.join(sorted(names))}。", f"{field} has an unknown field.", field=f"{field}.{unknown[0]}")
    for name in needed:
        if name not in row:
            raise Refused("missing", f"没有给出 {field}.{name}。", f"{field}.{name} is needed.", field=f"{field}.{name}")
    return row


def text(given: Any, field: str) -> str:
    """Text that is not empty."""
    if not isinstance(given, str) or not given.strip():
        raise Refused("bad_text", f"{field} 为“{given}”：应是不空的文字，写在引号里。", f"{field} must be text.", field=field)
    return given


def score(given: Any, field: str) -> int:
    """A score between 0 and 100 in hundredths."""
    found = fund.points(f"{given}%", field)
    if found > 100 * 100:
        raise Refused("bad_score", f"{field} 为“{given}”：应在 0 和 100 之间。", f"{field} must lie between 0 and 100.", field=field)
    return found


def signed(given: Any, field: str) -> int:
    """元 that may be below zero."""
    falls = isinstance(given, str | Decimal) and str(given).startswith("-")
    size = fund.fen(str(given)[1:] if falls else given, field)
    return -size if falls else size


def fens(given: Any, field: str) -> tuple[int, ...]:
    """A list of 元."""
    return tuple(fund.fen(one, f"{field}[{number}]") for number, one in enumerate(a_list(given, field)))


def counts(given: Any, field: str) -> dict[str, int]:
    """Name → whole number."""
    return {who: fund.count(one, f"{field}.{who}") for who, one in an_object(given, field).items()}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"“{next(name for name in names if names.count(name) > 1)}”写了两次")
    return found


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} 不是数")
