"""Whole numbers only: fen for money, basis points for ratios; every rounding is half-up and has a place of its own."""

from __future__ import annotations

import re
from decimal import Decimal

from yilianti.kernel.finding import Refused

#: A whole in basis points.
UNIT = 10_000
_WRITTEN = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,30}))?")


def half_up(top: int, bottom: int) -> int:
    """The quotient to the nearest whole number, a half away from zero."""
    found = (2 * abs(top) + bottom) // (2 * bottom)
    return -found if top < 0 else found


def part(fen: int, points: int) -> int:
    """So many basis points of an amount, half-up to the fen."""
    return half_up(fen * points, UNIT)


def fen(written: object, field: str) -> int:
    """元 as a policy or an input writes them, at most two decimals; raises Refused naming the field."""
    return _whole(written, 100, field, "元")


def points(written: object, field: str) -> int:
    """`95%` in basis points; raises Refused naming the field."""
    if not isinstance(written, str) or not written.endswith("%"):
        raise Refused("bad_number", f"{field} 为“{written}”：应写成带百分号的文字，例如 \"95%\"。", f"{field} must be text with a per cent sign.", field=field)
    return _whole(written[:-1], 100, field, "%")


def change(written: object, field: str) -> int:
    """A growth such as `5.5%` or `-2%` in basis points, never below −100 %; raises Refused naming the field."""
    falls = isinstance(written, str) and written.startswith("-")
    size = points(str(written)[1:] if falls else written, field)
    if falls and size > UNIT:
        raise Refused("bad_number", f"{field} 为“{written}”：不能低于 -100%。", f"{field} must not be below -100 %.", field=field)
    return -size if falls else size


def count(written: object, field: str) -> int:
    """A whole number that is not negative; raises Refused naming the field."""
    return _whole(written, 1, field, "")


def _whole(written: object, unit: int, field: str, named: str) -> int:
    """Digits with few decimals, as they stand: arithmetic of decimals would round what is longer than its precision."""
    if isinstance(written, bool) or not isinstance(written, str | int | Decimal):
        raise Refused("bad_number", f"{field} 为“{written}”：应是{named or '整'}数，写在引号里。", f"{field} is no exact number.", field=field)
    matched = _WRITTEN.fullmatch(str(written))
    decimals = len(str(unit)) - 1
    if matched is None or len((matched[2] or "").rstrip("0")) > decimals:
        raise Refused("bad_number", f"{field} 为“{str(written)[:40]}”：不是数，小数位数太多、为负或太大。", f"{field} is no number, has too many decimals, is negative or too large.", field=field)
    return int(matched[1]) * unit + int((matched[2] or "").rstrip("0").ljust(decimals, "0") or "0")


def yuan(amount: int) -> str:
    """12345 fen → 123.45"""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def percent(basis: int) -> str:
    """9550 → 95.50%"""
    return f"{yuan(basis)}%"
