"""One cell as people and spreadsheet programs leave it → the word that is stored, or the sentence that says what to mend."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal

from yilianti.kernel.tables.layout import CellKind, Column

#: Excel's first day is 1899-12-31, with a 29 February 1900 that never was: from March 1900 on, counting starts here.
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(61, 73051)  # 1900-03-01 … 2099-12-31
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]+[\d:.]+)?")
_CLOCK = re.compile(r"(?:[ T]+)(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:\.\d+)?$")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
#: From here on a floating-point cell has lost digits.
_EXACT_UP_TO = 10**15
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
#: Kind → decimals that may stand; an amount is always written with both of them.
_DECIMALS = {CellKind.AMOUNT: 2, CellKind.QUANTITY: 4}
_FIGURE = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)")
_GROUPED = re.compile(r"-?[\d,.]*\d,\d[\d,.]*")
_POWER = re.compile(r"[-+]?[\d.]+E[-+]?\d+", re.IGNORECASE)
_MOST_WHOLE = 10**12
#: What a spreadsheet keeps of a number; 0.1 + 0.2 is 0.3 within it, and a real third decimal stays one.
_SPREADSHEET = Context(prec=15)


@dataclass(frozen=True)
class Formula:
    """A cell that would be reckoned: its result is not in the file for us to trust."""

    text: str

    def __str__(self) -> str:
        return self.text


class CellFault(ValueError):
    """A cell that cannot be taken; the message says what to mend."""


def read(column: Column, raw: object) -> str:
    """The stored word of a cell ("" for an empty one); raises CellFault."""
    if isinstance(raw, Formula):
        raise CellFault("这一格是公式；请复制这一列，用“选择性粘贴 → 数值”贴回后再上传。")
    if column.kind is CellKind.DAY:
        return _day(raw)
    if column.kind is CellKind.MOMENT:
        return _moment(raw)
    if column.kind in _DECIMALS:
        return _figure(column.kind, raw)
    text = plain(raw)
    if column.kind is CellKind.CODE:
        text = _code(raw, text)
    if text and column.choices:
        return _choice(column, text)
    if len(text) > column.longest:
        raise CellFault(f"超过 {column.longest} 个字；请缩短。")
    return text


def plain(raw: object) -> str:
    """The cell as text: whole numbers without a decimal point, no unseen characters, no space around."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < _EXACT_UP_TO:
        raw = int(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    return _UNSEEN.sub("", str(raw)).strip()


def _code(raw: object, text: str) -> str:
    lost = isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) >= _EXACT_UP_TO
    if lost or _EXPONENT.fullmatch(text):
        raise CellFault("被表格软件改成了科学计数，后几位数字已经丢失；请先把这一列设为“文本”格式，再从原始资料重新录入。")
    return "".join(unicodedata.normalize("NFKC", text).split())


def _choice(column: Column, text: str) -> str:
    if text in column.choices:
        return column.choices[text]
    if text in column.choices.values():
        return text
    raise CellFault(f"不在可选范围；请从下拉列表中选择：{'、'.join(list(column.choices)[:12])}。")


def _day(raw: object) -> str:
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    text = unicodedata.normalize("NFKC", plain(raw))
    if not text:
        return ""
    found = _DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text)
    if found:
        try:
            return date(*(int(part) for part in found.groups())).isoformat()
        except ValueError:
            raise CellFault("不是历法上的日子；请核对年月日。") from None
    if text.isascii() and text.isdigit() and int(text) in _SERIALS:
        return (_EXCEL_EPOCH + timedelta(days=int(text))).isoformat()
    raise CellFault("认不出的日期；请写成 2026-11-26（也可 2026/11/26、2026.11.26、2026年11月26日、20261126）。")


def _moment(raw: object) -> str:
    """A day with its time, "2026-11-26T08:30:00"; a day alone is its beginning."""
    if isinstance(raw, datetime):
        return raw.replace(tzinfo=None, microsecond=0).isoformat()
    text = unicodedata.normalize("NFKC", plain(raw))
    clock = _CLOCK.search(text)
    day = _day(raw if clock is None else text[: clock.start()])
    if not day:
        return ""
    hour, minute, second = (int(part) for part in clock.groups("0")) if clock else (0, 0, 0)
    try:
        return f"{day}T{time(hour, minute, second)}"
    except ValueError:
        raise CellFault("不是钟点；请写成 2026-11-26 08:30。") from None


def _figure(kind: CellKind, raw: object) -> str:
    """A number that is not negative, without exponent and separators: amounts as "12.50", quantities as "1.5"; never by way of a float."""
    if isinstance(raw, date):
        raise CellFault("被表格软件认成了日期；请把这一格设为“数值”格式，再重新填写。")
    said = unicodedata.normalize("NFKC", plain(raw))
    if not said:
        return ""
    told, places = f"“{said[:40]}”", _DECIMALS[kind]
    value = _SPREADSHEET.create_decimal(repr(raw)) if isinstance(raw, float) else _written(said, told)
    if not value.is_finite() or abs(value) >= _MOST_WHOLE:
        raise CellFault(f"{told}太大（整数部分至多 12 位）；请核对单位。")
    if value < 0:
        raise CellFault(f"{told}是负数；请填零或正数，冲减的请按原始单据另行办理。")
    if value != round(value, places):
        raise CellFault(f"{told}超过 {places} 位小数；请按原始单据核对，最多保留 {places} 位。")
    return f"{abs(value):.2f}" if kind is CellKind.AMOUNT else f"{abs(value).normalize():f}"


def _written(said: str, told: str) -> Decimal:
    """A number somebody typed as text."""
    if _FIGURE.fullmatch(said):
        return Decimal(said)
    if _GROUPED.fullmatch(said):
        raise CellFault(f"{told}带有千位分隔符；请只填数字和小数点，如 1234.5。")
    if _POWER.fullmatch(said):
        raise CellFault(f"{told}是科学计数；请写成普通数字，如 1234.5。")
    raise CellFault(f"{told}不是数字；请只填数字和小数点，不带单位和符号，如 1234.5。")
