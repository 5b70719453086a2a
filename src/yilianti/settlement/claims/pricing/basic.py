"""The basic fund: what is in scope, the ladder of a stay or the pool of outpatient care, the cap of the year."""

from __future__ import annotations

import numpy as np

from yilianti.settlement.claims.pricing import deducting
from yilianti.settlement.claims.pricing.benefits import Addition, Inpatient, Pool
from yilianti.settlement.claims.pricing.block import Fen, share_of
from yilianti.settlement.claims.pricing.part import Part
from yilianti.settlement.claims.pricing.terms import AREAS, ENDLESS, LEVELS, UNKNOWN, WAYS, WHOLE, Gap, Kind, Step
from yilianti.settlement.claims.pricing.trace import Percent


def scope(part: Part) -> None:
    claims = part.claims
    part.trace.say(Step.SCOPE, part.found.in_scope, "", "总费用 {} − 全自费 {} − 超限价自费 {} − 先行自付 {} − 医院负担 {} = {} 元",
                   claims.total, claims.fully_own, claims.over_limit, claims.first_self, claims.hospital, part.found.in_scope)  # fmt: skip


def fund(part: Part) -> None:
    """What the basic fund pays of each claim; what was settled before is taken as it is."""
    paid = {Kind.INPATIENT: _inpatient, Kind.OUTPATIENT: _outpatient, Kind.CHRONIC: _chronic}[part.kind](part)
    paid = part.or_given(_within_the_cap(part, paid), part.claims.given_basic)
    part.found.basic[:] = paid
    part.held.basic[:] += paid
    if part.trace.is_on and part.is_given[0]:
        part.trace.say(Step.GIVEN, paid, "", "基本医保已结算：统筹基金支付 {} 元，起付线 {} 元", paid, part.found.deductible)


def _inpatient(part: Part) -> Fen:
    rule = part.benefit.inpatient
    if rule is None:
        part.lack(Gap.NO_INPATIENT, ~part.is_given)
        part.found.deductible[:] = np.maximum(part.claims.given_deductible, 0) * part.is_given
        part.held.stays[:] += 1
        return np.zeros(len(part.claims), np.int64)
    deductible = deducting.reckon(part, rule)
    points = _points(part, rule)
    end = part.found.in_scope - deductible if rule.from_deductible else part.found.in_scope
    start = end * 0 if rule.from_deductible else deductible
    paid = _by_bands(part, rule, start, end, points)
    for addition in rule.additions:
        paid = _add(part, rule, addition, paid, end - start)
    return paid


def _points(part: Part, rule: Inpatient) -> Fen:
    """Points on the ratio: for groups, and off it outside the area."""
    points = np.zeros(len(part.claims), np.int64)
    for one in rule.additions:
        belongs = part.belongs(one.group)
        part.lack(Gap.NO_ADDITION, belongs & (part.found.in_scope > one.known_to) & ~part.is_given)
        if one.most == ENDLESS:
            points += np.where(belongs, one.points, 0)
            if part.trace.is_on and belongs[0]:
                part.trace.say(Step.ADDITION, 0, rule.ref, "{}：比例增加 {}", one.group, Percent(one.points))
    other = part.benefit.elsewhere
    if other is not None:
        area, way = part.claims.area[part.elsewhere], part.claims.way[part.elsewhere]
        change = other.points[area, way]
        unknown = np.zeros(len(points), bool)
        unknown[part.elsewhere] = change == UNKNOWN
        part.lack(Gap.NO_AREA, unknown & part.is_outside & ~part.is_given)
        points[part.elsewhere] += np.where(change == UNKNOWN, 0, change)
        if part.trace.is_on and len(change) and change[0] not in (UNKNOWN, 0):
            part.trace.say(Step.RATIO, 0, other.ref, "{}、{}：比例变动 {}", AREAS[int(area[0])], WAYS[int(way[0])], Percent(change))
    return points


def _by_bands(part: Part, rule: Inpatient, start: Fen, end: Fen, points: Fen) -> Fen:
    paid, level = np.zeros(len(end), np.int64), part.claims.level
    part.lack(Gap.NO_LEVEL, ~rule.ladder.known[level] & ~part.is_given)
    for lower, upper, ratio in rule.ladder.steps(level) if not part.is_given.all() else ():
        low = np.maximum(start, lower)
        portion = np.maximum(np.minimum(end, upper) - low, 0)
        part.lack(Gap.NO_RATIO, (ratio == UNKNOWN) & (portion > 0) & ~part.is_given)
        rate = np.clip(ratio + points, 0, WHOLE)  # where it is not known, 0
        share = share_of(portion, rate)
        paid += share
        if part.trace.is_on and portion[0] > 0 and ratio[0] != UNKNOWN:
            part.trace.say(Step.BAND, share, rule.ref, "{}，{} 元以上的部分 {} 元 × {} = {} 元（四舍五入到分）", LEVELS[int(level[0])], low, portion, Percent(rate), share)
    return paid


def _add(part: Part, rule: Inpatient, one: Addition, paid: Fen, most: Fen) -> Fen:
    """A benefit on the first so many yuan above the deductible; never more than the whole."""
    if one.most == ENDLESS:
        return paid
    belongs = part.belongs(one.group)
    portion = np.minimum(np.maximum(most, 0), one.most)
    more = np.where(belongs, np.minimum(share_of(portion, one.points), np.maximum(most, 0) - paid), 0)
    if part.trace.is_on and belongs[0]:
        part.trace.say(Step.ADDITION, more, rule.ref, "{}：{} 元 × {} = {} 元", one.group, portion, Percent(one.points), more)
    return np.asarray(paid + more)


def _outpatient(part: Part) -> Fen:
    return _pool(part, part.benefit.outpatient, Gap.NO_OUTPATIENT, part.held.outpatient, part.held.outpatient_deductible)


def _chronic(part: Part) -> Fen:
    return _pool(part, part.benefit.chronic, Gap.NO_CHRONIC, part.held.chronic, np.zeros(len(part.claims), np.int64))


def _pool(part: Part, rule: Pool | None, gap: Gap, used: Fen, deducted: Fen) -> Fen:
    """A yearly deductible, a ratio, and a yearly cap that `used` fills."""
    claims, found = part.claims, part.found
    found.deductible[:] = np.where(part.is_given, np.maximum(claims.given_deductible, 0), 0)
    if rule is None:
        part.lack(gap, ~part.is_given)
        used += np.where(part.is_given, claims.given_basic, 0)
        return np.zeros(len(claims), np.int64)
    at = np.minimum(claims.grade, len(rule.line) - 1), claims.level
    line, ratio = rule.line[at], rule.ratio[at]
    stated = (line != UNKNOWN) & (ratio != UNKNOWN) & (claims.grade < len(rule.line))
    part.lack(gap, ~stated & ~part.is_given)
    part.lack(Gap.NO_AREA, part.is_outside & ~part.is_given)
    deductible = np.where(part.is_given, found.deductible, np.minimum(np.maximum(line - deducted, 0), found.in_scope))
    share = share_of(found.in_scope - deductible, np.maximum(ratio, 0))
    cap = np.where(claims.signed > 0, rule.signed_cap[at], rule.cap[at])
    cap = np.minimum(np.where(cap == UNKNOWN, ENDLESS, cap) + rule.further * np.maximum(claims.diseases - 1, 0), rule.most)
    left = np.maximum(cap - used, 0)
    paid = np.where(part.is_given, claims.given_basic, np.minimum(share, left))
    found.deductible[:] = deductible
    deducted += deductible
    used += paid
    if part.trace.is_on and not part.is_given[0] and stated[0]:
        part.trace.say(Step.DEDUCTIBLE, deductible, rule.ref, "年度起付线 {} 元，本次付 {} 元", line, deductible)
        part.trace.say(Step.BAND, share, rule.ref, "（{} − {}）元 × {} = {} 元（四舍五入到分）", found.in_scope, deductible, Percent(ratio), share)
        part.trace.say(Step.POOL, paid, rule.ref, "年度限额 {} 元，还有 {} 元：支付 {} 元", cap, left, paid)
    return np.asarray(paid)


def _within_the_cap(part: Part, paid: Fen) -> Fen:
    rule = part.benefit.inpatient
    if rule is None or rule.yearly_most == UNKNOWN:
        if part.trace.is_on and not part.is_given[0]:
            part.trace.say(Step.LEFT_OUT, 0, rule.ref if rule else "", "基本医保年度封顶线：政策没有写，没有计入")
        return paid
    left = np.maximum(rule.yearly_most - part.held.basic, 0)
    limited = np.minimum(paid, left)
    if part.trace.is_on and not part.is_given[0]:
        part.trace.say(Step.CAP, limited, rule.ref, "年度封顶线 {} 元，还有 {} 元：支付 {} 元", np.array([rule.yearly_most]), left, limited)
    return np.asarray(limited)
