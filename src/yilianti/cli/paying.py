"""`drg pay` and `dip pay`: their arguments and what they print."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from yilianti.cli import schemes

if TYPE_CHECKING:
    from yilianti.settlement.claims.weighing.rules import Rules
    from yilianti.settlement.claims.weighing.settling import Settled


def arguments(pay: argparse.ArgumentParser) -> None:
    """What both commands ask."""
    pay.add_argument("--out", dest="target", type=Path, required=True, metavar="付费.csv")
    pay.add_argument("--place", required=True, metavar="地区", help="GB/T 2260 代码（浙江 33、金华 3307……）或医共体代码；决定用哪里的政策")
    pay.add_argument("--consortium", default="", metavar="医共体", help="本地另有政策时，医共体的代码")
    pay.add_argument("--date", dest="day", type=date.fromisoformat, required=True, metavar="日期", help="用哪一天有效的政策，如 2026-11-30")
    pay.add_argument("--institutions", type=Path, metavar="机构.csv", help="列：institution,level；不给就用政策里的机构表")


def rules_of(args: argparse.Namespace, method: str | None) -> Rules:
    """The rules of the place; raises Refused."""
    from yilianti import policybook
    from yilianti.cli import home
    from yilianti.kernel.finding import Refused
    from yilianti.settlement.claims.weighing import rules
    from yilianti.settlement.claims.weighing.terms import Method

    policybook.open_at(home.current().path)
    region, consortium = (args.place, args.consortium) if args.place.isdecimal() else ("", args.consortium or args.place)
    if region and len(region) not in (2, 4, 6):
        raise Refused("bad_place", f"--place “{region}”应是 2、4 或 6 位的行政区划代码。", "The place should be a code of 2, 4 or 6 digits.", field="place")
    return rules.of_place(policybook.places.Place(consortium, region), args.day, Method(method) if method else None)


def pay_drg(args: argparse.Namespace) -> int:
    from yilianti.settlement.claims import grouping
    from yilianti.settlement.claims.weighing import settling

    schemes.apart(args.source, args.target, args.index)
    codes = grouping.Engine(grouping.opened(schemes.folder("drg"), args.scheme)).drg_codes
    done = settling.settled(args.source, rules_of(args, args.method), codes, base=args.base, institutions=args.institutions)
    steps = done.working_of(args.id) if args.id else []
    settling.write(done, args.target, args.index)
    _tell(done, args.target)
    for step in steps:
        print(f"  {step.name}：{step.said}{f'（{step.policy_ref}）' if step.policy_ref else ''}")
    return 0


def _tell(done: Settled, target: Path) -> None:
    from yilianti.kernel.money import Money
    from yilianti.settlement.claims.weighing.working import value_shown

    rules, paid = done.rules, done.paid
    print(f"✓ {target}：{len(done.cases)} 份病案，" + "，".join(f"{name} {count}" for name, count in done.counts().items()))
    if paid.value is not None and rules.budget is not None:
        print(f"  点值 {value_shown(paid.value)} 元；预算 {Money(rules.budget)} − 风险金 {Money(rules.reserve)} = 付费 {Money(int(paid.pay[paid.pay >= 0].sum()))} + 尾差 {Money(paid.left)}")
    elif rules.rate is None:
        print("  本地没有总额预算（settlement.payment.budget），只算点数，不算付费。")
    if rules.return_days is not None:
        print(f"  再次入院减点 {int(paid.returned.sum())} 例；没有人的编号、不能判断 {int((done.cases.person < 0).sum())} 例")
    if rules.fewest_cases is None:
        print("  本地没有规定一组至少多少例，未按例数列入特病单议。")
    if rules.extreme_times is None:
        print("  本地没有规定费用极端的倍数，未判断费用极端的病例。")
    for said in rules.says:
        print(f"  待核对：{said}")
    print("  依据：" + "、".join(rules.refs.values()))


def pay_dip(args: argparse.Namespace) -> int:
    from yilianti.kernel.money import Money
    from yilianti.settlement.claims.weighing import dip, formulas, settling
    from yilianti.settlement.claims.weighing.working import value_shown

    schemes.apart(args.source, args.target)
    rules = rules_of(args, "dip")
    codes = dip.Engine(dip.opened(schemes.folder("dip"), args.scheme)).codes
    value, total, left = settling.scores_paid(args.source, args.target, rules, codes, args.institutions)
    print(f"✓ {args.target}：总分值 {total // formulas.UNIT}.{total % formulas.UNIT:04d}，结算点值 {value_shown(value)} 元，尾差 {Money(left)} 元")
    if rules.past_years:
        print(f"  预算点值（前 {len(rules.past_years)} 年）{value_shown(formulas.budget_point_value(list(rules.past_years)))} 元")
    print("  依据：" + "、".join(rules.refs.values()))
    return 0
