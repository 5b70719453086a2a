"""The deductible of a stay: the line of its level, outside the area, on later stays, after a referral, within the year."""

from __future__ import annotations

import numpy as np

from yilianti.settlement.claims.pricing.benefits import Elsewhere, Inpatient
from yilianti.settlement.claims.pricing.block import Block, Chain, Fen, Flags, share_of
from yilianti.settlement.claims.pricing.part import Part
from yilianti.settlement.claims.pricing.terms import AREAS, ENDLESS, LEVELS, UNKNOWN, WAYS, WHOLE, Gap, OnReferral, Step

#: Higher and lower, for referrals: the two kinds of level 3 stand with level 3 and above it.
RANK = np.array([0, 1, 2, 3, 4, 4, 5])


def reckon(part: Part, rule: Inpatient) -> Fen:
    """The deductible really paid; keeps the line and what a chain of referred stays has paid."""
    found, claims, held = part.found, part.claims, part.held
    line = _line(part, rule)
    part.lack(Gap.NO_LEVEL, (line == UNKNOWN) & ~part.is_given)
    line = np.maximum(line, 0)
    due = _on_later_stays(part, rule, line)
    if part.before is not None:
        due = np.where(part.follows, _after_referral(part, part.before, rule, line, due), due)
    due = _within_the_year(part, rule, due)
    paid = part.or_given(np.minimum(due, found.in_scope), np.maximum(claims.given_deductible, 0))
    is_one_stay = part.follows & (rule.on_referral is OnReferral.CONTINUOUS)
    found.deductible[:] = paid
    if part.chain is not None:
        _carry_on(part, part.chain, line, paid, is_one_stay)
    held.stays[:] += ~is_one_stay & rule.later_levels[claims.level]
    held.deductible[:] += paid
    if rule.once_a_year:
        held.course[:] |= (claims.has(rule.once_a_year) & (paid > 0)).astype(np.int64)
    part.trace.say(Step.DEDUCTIBLE, paid, rule.ref, "起付线实付 {} 元（应付 {} 元，不超过范围内费用 {} 元）", paid, due, found.in_scope)
    return paid


def _carry_on(part: Part, chain: Chain, line: Fen, paid: Fen, is_one_stay: Flags) -> None:
    chain.line[:] = chain.highest[:] = line
    chain.paid[:] = paid
    if part.before is not None:
        chain.highest[:] = np.where(is_one_stay, np.maximum(line, part.before.highest), line)
        chain.paid[:] += np.where(part.follows, part.before.paid, 0)


def _line(part: Part, rule: Inpatient) -> Fen:
    claims, other = part.claims, part.benefit.elsewhere
    own = rule.line[claims.level]
    if part.trace.is_on and own[0] != UNKNOWN:
        part.trace.say(Step.DEDUCTIBLE, own, rule.ref, "{}机构的起付线 {} 元", LEVELS[int(claims.level[0])], own)
    if other is None:
        part.lack(Gap.NO_AREA, part.is_outside & ~part.is_given)
        return np.asarray(own)
    silent = part.is_outside & ~part.is_given
    silent[part.elsewhere] = False
    part.lack(Gap.NO_AREA, silent)
    line = np.array(own)
    line[part.elsewhere] = _line_elsewhere(own[part.elsewhere], claims.some(part.elsewhere), other)
    if part.trace.is_on and len(part.elsewhere):
        part.trace.say(Step.DEDUCTIBLE, line, other.ref, "{}、{}：起付线 {} 元", AREAS[int(claims.area[0])], WAYS[int(claims.way[0])], line)
    return line


def _line_elsewhere(own: Fen, claims: Block, other: Elsewhere) -> Fen:
    """A fixed line, else a share of the bill within limits, else a multiple of the own line, else the own line."""
    at = claims.area, claims.way
    fixed, times, percent = other.fixed[at], other.times[at], other.percent[at]
    of_bill = np.clip(share_of(claims.total, np.maximum(percent, 0)), np.maximum(other.least[at], 0), np.where(other.most[at] == UNKNOWN, ENDLESS, other.most[at]))
    multiplied = np.where(own == UNKNOWN, UNKNOWN, (own * times + 50) // 100)
    return np.where(fixed != UNKNOWN, fixed, np.where(percent != UNKNOWN, of_bill, np.where(times != UNKNOWN, multiplied, own)))


def _on_later_stays(part: Part, rule: Inpatient, line: Fen) -> Fen:
    """Second and further stays of the year pay a part of their own hospital's line, or so much less down to a floor."""
    if rule.later_percent == WHOLE and not rule.later_less:
        return line
    later = (part.held.stays > 0) & rule.later_levels[part.claims.level]
    reduced = np.maximum(share_of(line, rule.later_percent) - rule.later_less * part.held.stays, np.minimum(rule.later_floor, line))
    due = np.where(later, np.minimum(line, reduced), line)
    is_told = part.trace.is_on and (not part.follows[0] or rule.on_referral is OnReferral.SEPARATE)
    if is_told and later[0]:
        part.trace.say(Step.DEDUCTIBLE, due, rule.ref, "本年度第 {} 次住院：起付线 {} 元", int(part.held.stays[0]) + 1, due)
    return due


def _after_referral(part: Part, before: Chain, rule: Inpatient, line: Fen, by_itself: Fen) -> Fen:
    """The stay follows another by referral; `by_itself` is due where each hospital is counted separately."""
    if rule.on_referral is OnReferral.UNSTATED:
        part.lack(Gap.NO_REFERRAL_RULE, part.follows & ~part.is_given)
        return line
    if rule.on_referral is OnReferral.SEPARATE:
        due = by_itself
    elif rule.on_referral is OnReferral.DIFFERENCE:
        up = RANK[part.claims.level] > RANK[before.level]
        due = np.where(up, np.maximum(line - before.line, 0), 0)
    else:
        due = np.maximum(np.maximum(line, before.highest) - before.paid, 0)
    if part.trace.is_on and part.follows[0]:
        part.trace.say(Step.DEDUCTIBLE, due, rule.referral_ref, "转诊前的起付线 {} 元、已付 {} 元；{}：应付 {} 元", before.highest, before.paid, rule.on_referral, due)
    return np.asarray(due)


def _within_the_year(part: Part, rule: Inpatient, due: Fen) -> Fen:
    """None for those exempt, one a year for courses of treatment, and the most of a year."""
    if not rule.exempt and not rule.once_a_year and rule.yearly_deductible == ENDLESS:
        return due
    free = part.claims.has(rule.exempt) | (part.claims.has(rule.once_a_year) & (part.held.course > 0))
    left = np.maximum(rule.yearly_deductible - part.held.deductible, 0)
    limited = np.where(free, 0, np.minimum(due, left))
    if part.trace.is_on and free[0]:
        part.trace.say(Step.DEDUCTIBLE, limited, rule.ref, "按规定免起付线")
    elif part.trace.is_on and limited[0] < due[0]:
        part.trace.say(Step.DEDUCTIBLE, limited, rule.ref, "年度累计起付线最多 {} 元，还可计 {} 元", np.array([rule.yearly_deductible]), left)
    return np.asarray(limited)
