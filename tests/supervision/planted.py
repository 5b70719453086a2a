"""What is planted wrong, family by family, with what rules are known to miss: a date without time, another institution, another day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from tests.supervision.month import ILLNESSES, LEAD, TCM, WARDS, Month
from yilianti.settlement.supervision.terms import Family


def plant(month: Month, each: int) -> None:
    for story in (repeated, price, parts, split, hanging, limits, quantity, mismatch, card):
        for number in range(each):
            story(month, number)


def _at(month: Month, on: object) -> datetime:
    return datetime.combine(on, time(9)) + timedelta(minutes=month.chance.randint(1, 300))  # type: ignore[arg-type]


def repeated(month: Month, number: int) -> None:
    claim = month.visit(month.person(), month.someday(), codes=())
    at = _at(month, claim.admitted_on)
    if number % 6 == 5:
        at = datetime.combine(claim.admitted_on, time())
        story = "同日重复，收费只有日期（规则不问）"
        month.bill(claim, "YX-L01", at)
        month.bill(claim, "YX-L01", at)
    elif number % 2:
        story = "同一时刻收两次"
        code = month.chance.choice(("YX-L01", "YX-E01", "YX-E03"))
        month.bill(claim, code, at)
        month.bill(claim, code, at)
    else:
        story = "一天内次数超限"
        for hour in range(3):
            month.bill(claim, "YX-E01", at + timedelta(hours=hour))
    month.wrong(Family.REPEATED, claim, story)


def price(month: Month, number: int) -> None:
    claim = month.visit(month.person(), month.someday(), codes=())
    if number % 8 == 7:
        month.bill(claim, "YX-L01", _at(month, claim.admitted_on), price="20.01")
        return month.wrong(Family.PRICE, claim, "高出一分钱（规则当作四舍五入）")
    month.bill(claim, month.chance.choice(("YX-E02", "YX-E01")), _at(month, claim.admitted_on), price=month.chance.choice(("200", "198.5", "260")))
    return month.wrong(Family.PRICE, claim, "高于目录价格")


def parts(month: Month, number: int) -> None:
    nights = 4
    if number % 6 == 5:
        claim = month.stay(month.person(), month.someday(), nights, "K29.500", place=LEAD)
        month.bill(claim, "YX-L02", _at(month, claim.admitted_on))
        month.bill(claim, "YX-L03", _at(month, claim.admitted_on + timedelta(1)))
        return month.wrong(Family.PARTS, claim, "套餐里的一项挪到第二天收（规则不问）")
    claim = month.visit(month.person(), month.someday(), codes=())
    at = _at(month, claim.admitted_on)
    month.bill(claim, "YX-L02", at)
    month.bill(claim, month.chance.choice(("YX-L03", "YX-L04")), at + timedelta(minutes=2))
    return month.wrong(Family.PARTS, claim, "套餐和其中一项同收")


def split(month: Month, number: int) -> None:
    who, on, place, dx = month.person(), month.someday(4), month.chance.choice((LEAD, TCM)), month.chance.choice(ILLNESSES)
    month.stay(who, on, 4, dx, place=place)
    other = month.chance.choice([one for one in ILLNESSES if one[0] != dx[0]])
    if number % 6 == 5:
        again = month.stay(who, on + timedelta(6), 4, dx, place=3)
        return month.wrong(Family.SPLIT, again, "两天后在另一家同病再住院（默认只看同一家）")
    if number % 3 == 0:
        again = month.stay(who, on + timedelta(4 + month.chance.randint(1, 15)), 4, dx, place=place)
    elif number % 3 == 1:
        again = month.stay(who, on + timedelta(4), 3, other, place=place)
    else:
        again = month.stay(who, on + timedelta(4), 3, other, place=place, ward=WARDS[dx[0]])
    return month.wrong(Family.SPLIT, again, "拆成两次住院")


def hanging(month: Month, number: int) -> None:
    place = 8 if number % 6 == 5 else month.chance.choice((LEAD, TCM))
    if number % 2 or place == 8:
        claim = month.stay(month.person(), month.someday(), month.chance.randint(2, 6) if place != 8 else 2, month.chance.choice(ILLNESSES), place=place, treated=False)
    else:
        claim = month.stay(month.person(), month.someday(), month.chance.randint(3, 7), month.chance.choice(ILLNESSES), place=place, present=False)
    month.wrong(Family.HANGING, claim, "挂床" if place != 8 else "挂床，机构不报送痕迹（规则不问）")


def limits(month: Month, number: int) -> None:
    who, code = (month.person("M"), "YX-D05") if number % 3 == 0 else (month.person("F"), "YX-O09") if number % 3 == 1 else (month.person(age=40), "YX-D04")
    if number % 8 == 7:
        who = replace(who, sex="", record_sex="", age=None)
    claim = month.visit(who, month.someday(), codes=(code,))
    month.wrong(Family.LIMITS, claim, "与限制不符" if number % 8 != 7 else "档案无性别年龄（规则不问）")


def quantity(month: Month, number: int) -> None:
    who, on = month.person(), month.someday(8)
    if number % 4 == 0:
        first = month.visit(who, on, drug="YX-D01", days=28)
        claim = month.visit(who, on + timedelta(month.chance.randint(5, 15)), drug="YX-D01", days=28, place=first.institution)
    elif number % 4 == 1:
        claim = month.stay(who, on, 4, "J18.900")
        month.bill(claim, "YX-B01", _at(month, on), "2")
    elif number % 4 == 2:
        claim = month.stay(who, on, 5, "J18.900")
        month.bill(claim, "YX-D03", _at(month, on), "9", supply=1)
    else:
        first = month.visit(who, on, drug="YX-D02", days=28)
        claim = month.visit(month.person(), on + timedelta(2), drug="YX-D02", days=28, place=first.institution)
        if number % 8 == 7:
            return month.wrong(Family.QUANTITY, claim, "用家人的卡多开（规则看不出）")
        claim = month.visit(who, on + timedelta(2), drug="YX-D02", days=28)
    return month.wrong(Family.QUANTITY, claim, "超量")


def mismatch(month: Month, number: int) -> None:
    claim = month.visit(month.person(), month.someday(), codes=())
    at = _at(month, claim.admitted_on)
    if number % 4 == 0:
        month.bill(claim, "YX-E01", at, name="美容按摩")
    elif number % 4 == 1:
        month.bill(claim, "YX-D01", at, name="保健品礼盒")
    elif number % 4 == 2:
        month.bill(claim, "ZZ-999", at, name="理疗套盒", category="service")
    else:
        month.bill(claim, "YX-L05", at) if number % 8 == 7 else month.bill(claim, "YX-M01", at, category="service")
    month.wrong(Family.MISMATCH, claim, "串换" if number % 8 != 7 else "名称也一并改成目录名称（规则看不出）")


def card(month: Month, number: int) -> None:
    who, on = month.person(), month.someday()
    if number % 5 == 0:
        month.visit(who, on, at=120, place=3)
        claim = month.visit(who, on, at=128, place=9)
    elif number % 5 == 1:
        month.stay(who, on, 6, "J18.900", place=LEAD)
        claim = month.visit(who, on + timedelta(3), place=5)
    elif number % 5 == 2:
        claim = month.visit(replace(who, died_on=on - timedelta(30)), on)
    elif number % 5 == 3:
        claim = month.visit(replace(who, sex="M" if who.sex == "F" else "F"), on)
    else:
        claim = month.visit(who, on)
        return month.wrong(Family.CARD, claim, "借卡，时间地点都说得通（规则看不出）")
    return month.wrong(Family.CARD, claim, "冒名线索")
