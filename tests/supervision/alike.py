"""What only looks wrong: courses, twins, dialysis, two sides, referrals, day surgery; and, at the end of each, what a rule cannot tell from a fault and people must clear."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from tests.supervision.month import DAY, LEAD, TCM, Month
from yilianti.settlement.supervision.terms import Family, Sign, Trace


def plant(month: Month, each: int) -> None:
    for story in (chemotherapy, twins, dialysis, two_sides, referral, day_surgery, birth, leave, festival, brand, afar, second_eye, lost_drugs, sent_out, rehabilitation):
        for number in range(each):
            story(month, number)


def chemotherapy(month: Month, number: int) -> None:
    who, on = month.person(), month.someday(2)
    for course in range(3):
        claim = month.stay(who, on + timedelta(course * 7), 3, "Z51.103", place=LEAD)
        month.bill(claim, "YX-D07", datetime.combine(claim.admitted_on, time(10, 30)))
        month.looks(Family.SPLIT, claim, "计划化疗，每七天一次")


def twins(month: Month, number: int) -> None:
    on, one = month.someday(), month.person(age=0)
    other = replace(month.person(age=0), sex=one.sex, record_sex=one.sex, born_on=one.born_on)
    for child in (one, other):
        month.looks(Family.CARD, month.visit(child, on, at=60, place=LEAD, codes=("YX-L01", "YX-O08")), "双胞胎同时就诊")


def dialysis(month: Month, number: int) -> None:
    who = replace(month.person(), diagnoses=("N18.500",), kind="chronic")
    for day in (0, 2, 4, 7, 9, 11):
        claim = month.visit(who, DAY + timedelta(day), place=TCM, codes=("YX-O04",))
        month.looks(Family.REPEATED, claim, "血透一周三次")


def two_sides(month: Month, number: int) -> None:
    claim = month.stay(month.person(), month.someday(), 8, "M17.900", place=LEAD)
    at = datetime.combine(claim.admitted_on + timedelta(1), time(9, 30))
    if number % 2:
        month.bill(claim, "YX-O02", at, name="人工膝关节置换术（样例）左")
        month.bill(claim, "YX-O02", at, name="人工膝关节置换术（样例）右")
    else:
        month.bill(claim, "YX-O02", at)
        month.bill(claim, "YX-O02", at)
    month.bill(claim, "YX-M02", at, "2")
    month.looks(Family.REPEATED, claim, "双侧手术")
    month.looks(Family.QUANTITY, claim, "双侧假体")


def referral(month: Month, number: int) -> None:
    who, on = month.person(), month.someday()
    month.stay(who, on, 2, "I63.900", place=3, leaving="2")
    up = month.stay(who, on + timedelta(2), 7, "I63.900", place=LEAD, referred=True)
    home = month.stay(who, on + timedelta(9), 5, "I69.300", place=3, ward="康复科", referred=True)
    for claim in (up, home):
        month.looks(Family.SPLIT, claim, "转诊上下转")
        month.looks(Family.CARD, claim, "转诊当天出入院")


def day_surgery(month: Month, number: int) -> None:
    claim = month.stay(month.person(), month.someday(), number % 2, "K35.900", place=LEAD, ward="日间手术中心")
    month.bill(claim, "YX-O01", datetime.combine(claim.admitted_on, time(11, 10)))
    month.looks(Family.HANGING, claim, "日间手术")
    month.looks(Family.QUANTITY, claim, "当天出院收一天床位")


def birth(month: Month, number: int) -> None:
    claim = month.stay(month.person("F", 28), month.someday(), 3, "O80.000", place=LEAD)
    for day in range(3):
        month.bill(claim, "YX-O08", datetime.combine(claim.admitted_on + timedelta(day), time(9)))
    month.looks(Family.LIMITS, claim, "新生儿费用记在母亲名下")


def leave(month: Month, number: int) -> None:
    claim = month.stay(month.person(), month.someday(), 6, "F20.900", place=TCM)
    gone = {claim.admitted_on + timedelta(day) for day in (2, 3, 4)}
    month.signs = [sign for sign in month.signs if not (sign.claim == claim.number and sign.kind == Trace.PRESENCE and sign.on in gone)]
    month.signs += [Sign(claim.number, str(Trace.LEAVE), day) for day in sorted(gone)]
    month.looks(Family.HANGING, claim, "有请假条")


def festival(month: Month, number: int) -> None:
    who, on = month.person(), month.someday(3)
    month.visit(who, on, drug="YX-D01", days=14, place=4)
    month.looks(Family.QUANTITY, month.visit(who, on + timedelta(10), drug="YX-D01", days=14, place=4), "节前提前四天续方")


def brand(month: Month, number: int) -> None:
    claim = month.visit(month.person(), month.someday(), codes=())
    month.bill(claim, "YX-D01", datetime.combine(claim.admitted_on, time(9, 1)), name="降压片甲(样例)［安康牌］")
    month.looks(Family.MISMATCH, claim, "带商品名")


def afar(month: Month, number: int) -> None:
    who, on = month.person(), month.someday()
    month.visit(who, on, at=100, place=6)
    far = month.add(replace(who, institution=LEAD, kind="outpatient", admitted_on=on, discharged_on=on, diagnoses=("I49.900",), department="心电中心"))
    month.bill(far, "YX-C03", datetime.combine(on, time(9, 50)))
    month.looks(Family.CARD, far, "远程心电在上级收费")


def second_eye(month: Month, number: int) -> None:
    who, on = month.person(age=71), month.someday(5)
    for eye in range(2):
        claim = month.stay(who, on + timedelta(eye * 8), 2, "H25.900", place=LEAD)
        month.bill(claim, "YX-O03", datetime.combine(claim.admitted_on, time(10, 5)))
    month.looks(Family.SPLIT, claim, "另一只眼的白内障（规则分不出，须由人核销）")


def lost_drugs(month: Month, number: int) -> None:
    if number % 3:
        return
    who, on = month.person(), month.someday(8)
    month.visit(who, on, drug="YX-D02", days=28, place=4)
    month.looks(Family.QUANTITY, month.visit(who, on + timedelta(9), drug="YX-D02", days=28, place=4), "药遗失后重开（规则分不出，须由人核销）")


def sent_out(month: Month, number: int) -> None:
    if number % 3:
        return
    who, on = month.person(), month.someday()
    month.stay(who, on, 6, "I63.900", place=TCM)
    month.looks(Family.CARD, month.visit(who, on + timedelta(2), place=LEAD, codes=("YX-E02",)), "住院期间外送检查（规则分不出，须由人核销）")


def rehabilitation(month: Month, number: int) -> None:
    if number % 3:
        return
    claim = month.stay(month.person(), month.someday(), 7, "F06.900", place=7, treated=False)
    for day in (0, 3):
        month.bill(claim, "YX-O06", datetime.combine(claim.admitted_on + timedelta(day), time(10)), "2")
    month.looks(Family.HANGING, claim, "康复隔日治疗（规则分不出，须由人核销）")
