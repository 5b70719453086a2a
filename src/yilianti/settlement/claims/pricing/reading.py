"""Claims written as JSON, checked field by field before anything is reckoned."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from yilianti.kernel.terms import Term
from yilianti.policybook.places import Place
from yilianti.settlement.claims.pricing.claim import Claim, ClaimsRefused, together
from yilianti.settlement.claims.pricing.terms import NOT_GIVEN, Area, Group, Kind, Level, Way

AMOUNTS = ("total", "fully_own", "over_limit", "first_self", "hospital")
SETTLED = ("deductible", "basic", "catastrophic")
#: The same amounts by the names of the national settlement interface.
NATIONAL = {"medfee_sumamt": "total", "fulamt_ownpay_amt": "fully_own", "overlmt_selfpay": "over_limit", "preselfpay_amt": "first_self", "hosp_part_amt": "hospital",
            "act_pay_dedc": "deductible", "hifp_pay": "basic", "hifmi_pay": "catastrophic"}  # fmt: skip
FIELDS = {"id", "person", "region", "consortium", "hospital_region", "admitted_on", "discharged_on", "kind", "level", "area", "referral", "follows", "groups", "grade", "signed",
          "diseases", "settled", "earlier", "note", *AMOUNTS, *(name for name, ours in NATIONAL.items() if ours in AMOUNTS)}  # fmt: skip
#: A bill of more than a hundred million yuan is a mistake.
MOST = 10_000_000_000
_AREA_CODE = re.compile(r"[1-8]\d{5}")
_CONSORTIUM = re.compile(r"[a-z][a-z0-9_-]*")
_WRITTEN = re.compile(r"(-?)(\d{1,30})(?:\.(\d{1,30}))?")
T = TypeVar("T", bound=Term)


def read(text: str) -> list[Claim]:
    """One claim, a list, or {"claims": [...]}; raises ClaimsRefused with every fault."""
    try:
        given = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as trouble:
        raise ClaimsRefused([f"不是有效的 JSON：{trouble}。"]) from None
    rows = given.get("claims", given) if isinstance(given, dict) else given
    rows = [rows] if isinstance(rows, dict) else rows
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise ClaimsRefused(['应是一笔费用（对象）、若干笔的列表，或 {"claims": [...]}，至少一笔。'])
    reader = _Reader()
    claims = [claim for number, row in enumerate(rows, 1) for claim in reader.with_earlier(row, number)]
    faults = reader.faults or together(claims)
    if faults:
        raise ClaimsRefused(faults)
    return claims


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} 不是数")


class _Reader:
    def __init__(self) -> None:
        self.faults: list[str] = []
        self.where = ""

    def with_earlier(self, row: dict[str, Any], number: int) -> Iterable[Claim]:
        """The earlier claims of the year that a claim brings along, then the claim itself."""
        earlier = row.get("earlier", [])
        if not isinstance(earlier, list) or not all(isinstance(one, dict) for one in earlier):
            self.where = f"第 {number} 笔"
            self.fault("earlier", earlier, "应是费用的列表")
            earlier = []
        shared: dict[str, Any] = {key: row[key] for key in ("person", "region", "consortium", "groups", "grade", "signed") if key in row}
        for place, one in enumerate(earlier, 1):
            yield replace(self.claim({"id": f"{row.get('id', number)}/{place}", **shared, **one}, f"第 {number} 笔之前的第 {place} 笔"), is_earlier=True)
        yield self.claim({"id": str(number), **row}, f"第 {number} 笔")

    def claim(self, row: dict[str, Any], where: str) -> Claim:
        self.where = f"{where}（{str(row['id'])[:40]}）"
        for name in sorted(set(row) - FIELDS):
            self.fault(name, row[name], f"不认识的字段；可用：{'、'.join(sorted(FIELDS))}")
        discharged = self.day(row, "discharged_on")
        admitted = self.day(row, "admitted_on") if "admitted_on" in row else discharged
        if admitted > discharged:
            self.fault("discharged_on", discharged, f"早于入院日期 {admitted}")
        kind, region, groups = self.term(row, "kind", Kind, Kind.INPATIENT), self.region(row, "region"), row.get("groups", [])
        if kind is Kind.INPATIENT and "admitted_on" not in row:
            self.fault("admitted_on", "", "住院要有入院日期")
        if not isinstance(groups, list):
            self.fault("groups", groups, "应是列表")
            groups = []
        way = self.term(row, "referral", Way, Way.DIRECT)
        amounts, settled = self.money(row)
        return Claim(
            id=self.text(row, "id"), person=self.text(row, "person"), place=self.place(row, region), admitted_on=admitted, discharged_on=discharged, kind=kind,
            level=self.term(row, "level", Level), area=self.area(row, region), way=way, groups=tuple(self.term({"groups": one}, "groups", Group) for one in groups),
            grade=self.count(row, "grade", 0, 9), signed=self.yes(row, "signed"), diseases=self.count(row, "diseases", 1, 20), follows=self.text(row, "follows") if "follows" in row else "",
            amounts=amounts, settled=settled,
        )  # fmt: skip

    def fault(self, field: str, value: Any, because: str) -> None:
        self.faults.append(f"{self.where}的 {field} 为“{str(value)[:40]}”：{because}。")

    def text(self, row: Mapping[str, Any], field: str) -> str:
        value = row.get(field, "")
        if not isinstance(value, str | Decimal) or not str(value).strip():
            self.fault(field, value, "不能为空")
        elif not str(value).isprintable():
            self.fault(field, value, "有不能显示的字符")
        return str(value).strip()

    def day(self, row: Mapping[str, Any], field: str) -> date:
        try:
            return date.fromisoformat(str(row.get(field, "")))
        except ValueError:
            self.fault(field, row.get(field, ""), "应为日期，如 2025-03-01")
            return date(2000, 1, 1)

    def term(self, row: Mapping[str, Any], field: str, kind: type[T], usual: T | None = None) -> T:
        value = row.get(field, usual)
        try:
            return kind(value)
        except ValueError:
            self.fault(field, "" if value is None else value, f"不认识；可用：{'、'.join(f'{one.value}（{one.zh}）' for one in kind)}")
            return usual or list(kind)[0]

    def count(self, row: Mapping[str, Any], field: str, least: int, most: int) -> int:
        value = row.get(field, Decimal(least))
        if not isinstance(value, Decimal) or value != value.to_integral_value() or not least <= value <= most:
            self.fault(field, value, f"应是 {least} 到 {most} 的整数")
            return least
        return int(value)

    def yes(self, row: Mapping[str, Any], field: str) -> bool:
        if not isinstance(row.get(field, False), bool):
            self.fault(field, row[field], "应为 true 或 false")
        return row.get(field, False) is True

    def region(self, row: Mapping[str, Any], field: str) -> str:
        value = str(row.get(field, ""))
        if value and not _AREA_CODE.fullmatch(value):
            self.fault(field, value, "应是六位行政区划代码")
        return value

    def place(self, row: Mapping[str, Any], region: str) -> Place:
        consortium = str(row.get("consortium", ""))
        if consortium and not _CONSORTIUM.fullmatch(consortium):
            self.fault("consortium", consortium, "应是医共体代码")
        if not consortium and not region:
            self.fault("region", "", "要有参保地的行政区划代码，或医共体代码 consortium")
        return Place(consortium, region)

    def area(self, row: Mapping[str, Any], region: str) -> Area:
        """As given, or by comparing the hospital's area code with the insured person's."""
        if "area" in row or "hospital_region" not in row:
            return self.term(row, "area", Area, Area.HERE)
        there = self.region(row, "hospital_region")
        if not region:
            self.fault("hospital_region", there, "没有参保地的区划代码，无从比较；请写 area")
        return Area.HERE if there[:4] == region[:4] else Area.OTHER_CITY if there[:2] == region[:2] else Area.OTHER_PROVINCE

    def money(self, row: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, int]]:
        settled = row.get("settled", {})
        if not isinstance(settled, dict):
            self.fault("settled", settled, "应是对象")
            settled = {}
        known = {*SETTLED, *(name for name, ours in NATIONAL.items() if ours in SETTLED)}
        for name in sorted(set(settled) - known):
            self.fault(f"settled.{name}", settled[name], f"不认识的字段；可用：{'、'.join(sorted(known))}")
        amounts = {name: self.amount(row, name, 0) for name in AMOUNTS}
        before = {name: self.amount(settled, name, NOT_GIVEN) for name in SETTLED}
        if "total" not in row and "medfee_sumamt" not in row:
            self.fault("total", "", "要有总费用")
        left = amounts["total"] - sum(amounts[name] for name in AMOUNTS[1:])
        if left < 0:
            self.fault("total", amounts["total"] / Decimal(100), "小于全自费、超限价自费、先行自付与医院负担之和")
        elif max(before["basic"], 0) + max(before["catastrophic"], 0) + (max(before["deductible"], 0) if before["basic"] > 0 else 0) > left:
            self.fault("settled", settled, f"已结算之和大于政策范围内费用 {left / Decimal(100)}")
        elif before["catastrophic"] >= 0 and before["basic"] < 0:
            self.fault("settled.basic", "", "大病保险已结算的，基本医保的支付也要写")
        return amounts, before

    def amount(self, row: Mapping[str, Any], name: str, absent: int) -> int:
        """Yuan with at most two decimals as fen, under our name or that of the national interface."""
        theirs = next((national for national, ours in NATIONAL.items() if ours == name), name)
        field = theirs if theirs in row else name
        if theirs in row and name in row:
            self.fault(theirs, row[theirs], f"与 {name} 是同一项，只写一个")
        if field not in row:
            return absent
        value = row[field]
        written = _WRITTEN.fullmatch(_plain(value))
        if written is None:
            self.fault(field, value, "应是以元为单位的金额，如 1234.50")
            return 0
        fraction = (written[3] or "").rstrip("0")
        fen = int(written[2] + fraction[:2].ljust(2, "0"))
        because = "金额不能为负" if written[1] and fen + len(fraction) else "金额最多两位小数" if len(fraction) > 2 else "金额过大" if fen > MOST else ""
        if because:
            self.fault(field, value, because)
            return 0
        return fen


def _plain(value: Any) -> str:
    """A number as it would be written without an exponent; what is no number stays as it is, and is refused."""
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < 30 else str(value)
    return value.strip() if isinstance(value, str) else ""
