"""Between members: experts at primary units, remote services, recognised results. What one gets another pays: each step sums to zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.distribution import reading
from yilianti.settlement.distribution.course import Course
from yilianti.settlement.distribution.rules import Fee, FeeRule
from yilianti.settlement.distribution.terms import Line, Side
from yilianti.settlement.fund.api import part, percent, said, split


def expert(course: Course) -> None:
    """Income of experts at primary units, by ratio: the unit that collected it pays the upper hospital's part."""
    given = course.inputs.expert
    found = course.section("distribution.expert", bool(given), "expert")
    if found is None:
        return _absent(course, "distribution.expert", "专家下沉")
    ratio, here = reading.experts(found)
    sums = _pairs(course, ((one.sender, one.at, one.amount) for one in given), "expert")
    moved = {}
    for (sender, at), amount in sums.items():
        parts = split(amount, ratio.weights, ratio.rest_to)
        moved[sender, at] = amount - parts[here]
        course.working.amounts(f"{_name(course, sender)} 专家在 {_name(course, at)}", f"收入 × 比例；{said(ratio.rest_to)}", parts, ratio.policy_ref, 收入=Money(amount))
    return _move(course, Line.EXPERT, moved)


def remote(course: Course) -> None:
    """Fees of remote services: the one that bills pays the other its share. The fee may depend on the level of the hospital that bills."""
    given = course.inputs.remote
    found = course.section("distribution.remote", bool(given), "remote")
    if found is None:
        return _absent(course, "distribution.remote", "远程服务费")
    rule = reading.fees(found)
    if rule.billed_by is Side.BY:
        raise Refused("bad_policy", f"{rule.policy_ref} 的 billed_by 应是 at 或 from。", "billed_by must be at or from.", field="billed_by")
    moved: dict[tuple[str, str], int] = {}
    for (sender, at, kind), number in _counted((one.sender, one.at, one.kind, one.count) for one in given).items():
        _pairs(course, [(sender, at, number)], "remote")
        bills = at if rule.billed_by is Side.AT else sender
        fee = _fee(rule, kind, course.member(bills, "remote").level)
        whole = fee.fee * number
        own = part(whole, fee.share)
        course.working.amounts(f"{_name(course, sender)} 为 {_name(course, at)}：{kind}", "次数 × 收费，按比例分；收费按开单医院所在一级", {sender: own, at: whole - own}, rule.policy_ref, 次数=number, 收费=Money(fee.fee), 提供方=percent(fee.share), 开单=_name(course, bills))
        moved[sender, at] = moved.get((sender, at), 0) + (own if bills == at else own - whole)
    return _move(course, Line.REMOTE, moved)


def recognition(course: Course) -> None:
    """Credits for results that were recognised instead of repeated."""
    given = course.inputs.recognition
    found = course.section("distribution.recognition", bool(given), "recognition")
    if found is None:
        return _absent(course, "distribution.recognition", "结果互认")
    rule = reading.credits(found)
    if rule.paid_by is Side.SENDER:
        raise Refused("bad_policy", f"{rule.policy_ref} 的 paid_by 应是 at 或 by。", "paid_by must be at or by.", field="paid_by")
    moved: dict[tuple[str, str], int] = {}
    for (at, by, kind), number in _counted((one.at, one.by, one.kind, one.count) for one in given).items():
        _pairs(course, [(by, at, number)], "recognition")
        if kind not in rule.credits:
            raise Refused("unknown_item", f"recognition.kind 为“{kind}”：{rule.policy_ref} 没有这一项；有：{'、'.join(rule.credits)}。", "A kind has no credit.", field="recognition.kind")
        credit = rule.credits[kind] * number
        gets, pays = (by, at) if rule.paid_by is Side.AT else (at, by)
        course.working.amounts(f"{_name(course, at)} 认可 {_name(course, by)}：{kind}", "份数 × 每份；付的一方由政策定", {gets: credit, pays: -credit}, rule.policy_ref, 份数=number, 每份=Money(rule.credits[kind]))
        moved[gets, pays] = moved.get((gets, pays), 0) + credit
    return _move(course, Line.RECOGNITION, moved)


def _absent(course: Course, name: str, shown: str) -> None:
    """A section without inputs is said; where neither stands there is nothing to say."""
    if course.scheme.get(name) is not None:
        course.skip(shown, "没有给出这一年的数，不计算")


def _pairs(course: Course, rows: Iterable[tuple[str, str, int]], field: str) -> dict[tuple[str, str], int]:
    """Sums by the two parties, both of them members and not the same."""
    sums: dict[tuple[str, str], int] = {}
    for first, second, amount in rows:
        course.member(first, f"{field} 的一方")
        course.member(second, f"{field} 的一方")
        if first == second:
            raise Refused("same_party", f"{field} 的双方都是“{first}”：同一机构之间不结算。", "Both parties are the same.", field=field)
        sums[first, second] = sums.get((first, second), 0) + amount
    return dict(sorted(sums.items()))


def _counted(rows: Iterable[tuple[str, str, str, int]]) -> dict[tuple[str, str, str], int]:
    sums: dict[tuple[str, str, str], int] = {}
    for first, second, kind, number in rows:
        sums[first, second, kind] = sums.get((first, second, kind), 0) + number
    return dict(sorted(sums.items()))


def _move(course: Course, line: Line, moved: Mapping[tuple[str, str], int]) -> None:
    """From the second of each pair to the first."""
    ends: dict[str, int] = {}
    for (gets, pays), amount in moved.items():
        ends[gets] = ends.get(gets, 0) + amount
        ends[pays] = ends.get(pays, 0) - amount
    course.give(line, ends)
    course.working.amounts(f"{line.zh}：各成员收付", "收为正、付为负，合计为 0", dict(sorted(ends.items())))


def _fee(rule: FeeRule, kind: str, level: str) -> Fee:
    """The fee of that level, else the one for any."""
    held = {one.level: one for one in rule.fees.get(kind, ())}
    if level not in held and "" not in held:
        raise Refused("unknown_item", f"remote.kind 为“{kind}”、开单医院为“{level}”：{rule.policy_ref} 没有这一项收费；有：{'、'.join(rule.fees)}。", "A kind has no fee at that level.", field="remote.kind")
    return held.get(level, held.get("", held[next(iter(held))]))


def _name(course: Course, code: str) -> str:
    return course.member(code, "members").name
