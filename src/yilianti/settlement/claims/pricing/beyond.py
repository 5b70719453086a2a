"""After the basic fund: catastrophic insurance on the self-pay of the year, then medical aid on what is left."""

from __future__ import annotations

import numpy as np

from yilianti.settlement.claims.pricing.benefits import AidRow, Bands, Catastrophic
from yilianti.settlement.claims.pricing.block import Fen, Where, share_of
from yilianti.settlement.claims.pricing.part import Part
from yilianti.settlement.claims.pricing.terms import BIT, ENDLESS, Gap, Group, Kind, Step
from yilianti.settlement.claims.pricing.trace import Percent


def insure(part: Part) -> None:
    """Catastrophic insurance: what the year's self-pay gains by this claim."""
    claims, found, held, rule = part.claims, part.found, part.held, part.benefit.catastrophic
    is_given = claims.given_catastrophic >= 0
    paid = np.zeros(len(claims), np.int64)
    if rule is not None and part.is_kind(*rule.kinds):
        paid = _insured(part, rule, is_given)
    if is_given.any():
        paid = np.where(is_given, claims.given_catastrophic, paid)
    found.catastrophic[:] = paid
    held.catastrophic[:] += paid
    if part.trace.is_on and is_given[0]:
        part.trace.say(Step.GIVEN, paid, "", "大病保险已结算：支付 {} 元", paid)
    elif part.trace.is_on and rule is None:
        part.trace.say(Step.LEFT_OUT, 0, "", "大病保险：本地没有生效的政策，没有计入")


def _insured(part: Part, rule: Catastrophic, is_given: np.ndarray) -> Fen:
    held, is_poor = part.held, part.belongs(Group.POOR)
    before = held.counted.copy()
    after = before + part.found.in_scope - part.found.basic
    held.counted[:] = after
    line = np.where(is_poor, rule.poor_line, rule.line)
    part.trace.say(Step.CATASTROPHIC, 0, rule.ref, "本年度累计自付 {} 元（本次前 {} 元），起付线 {} 元", after, before, line)
    if rule.bands is None or rule.poor_bands is None:
        part.lack(Gap.NO_CATASTROPHIC, (after > line) & ~is_given)
        return np.zeros(len(after), np.int64)
    paid = np.zeros(len(after), np.int64)
    for bands, start, cap, theirs in ((rule.bands, rule.line, rule.cap, ~is_poor), (rule.poor_bands, rule.poor_line, rule.poor_cap, is_poor)):
        if len(some := np.flatnonzero(theirs & (after > start))):  # most people never come to the line
            gained = _gained(part, rule, bands, start, before[some], after[some])
            left = np.maximum(cap - held.catastrophic[some], 0)
            paid[some] = np.minimum(gained, left)
            if part.trace.is_on and paid[0] < gained[0]:
                part.trace.say(Step.CATASTROPHIC, paid, rule.ref, "大病保险年度限额还有 {} 元：支付 {} 元", left, paid)
    return paid


def _gained(part: Part, rule: Catastrophic, bands: Bands, line: int, before: Fen, after: Fen) -> Fen:
    """Band by band, what lies between the sums before and after this claim; rounded on the sums, so that parts add up."""
    gained = np.zeros(len(after), np.int64)
    for lower, upper, ratio in bands.edges():
        low, high = (line + lower, line + upper) if rule.from_line else (max(lower, line), upper)
        now, then = (np.maximum(np.minimum(one, high) - low, 0) for one in (after, before))
        share = share_of(now, ratio) - share_of(then, ratio)
        gained += share
        if part.trace.is_on and now[0] > then[0]:
            part.trace.say(Step.CATASTROPHIC, share, rule.ref, "累计自付 {} 元以上的部分 {} 元 × {}，减此前 {} 元 × {} = {} 元", np.array([low]), now, Percent(ratio), then, Percent(ratio), share)
    return gained


def aid(part: Part) -> None:
    """Medical aid for the first group that fits, on what basic fund and catastrophic insurance have left in scope."""
    claims, found, held, rule = part.claims, part.found, part.held, part.benefit.aid
    rest = found.in_scope - found.basic - found.catastrophic
    is_outpatient = part.is_kind(Kind.OUTPATIENT)
    left, used = (held.left_outpatient, held.aid_outpatient) if is_outpatient else (held.left, held.aid)
    before = left.copy()
    left += rest
    taken = np.zeros(len(claims), bool)
    for row in rule.rows if rule is not None else ():
        fits = claims.has(BIT[row.group]) & ~taken
        if not len(some := np.flatnonzero(fits)):
            continue
        taken |= fits
        cap = _cap(part, row, some, is_outpatient)
        line = max(row.line, 0)
        gained = share_of(np.maximum(left[some] - line, 0), row.ratio) - share_of(np.maximum(before[some] - line, 0), row.ratio)
        paid = np.minimum(gained, np.maximum(cap - used[some], 0))
        found.aid[some] = paid
        used[some] += paid
        if part.trace.is_on and rule is not None:
            part.trace.say(Step.AID, paid, rule.ref, "{}：累计负担 {} 元（本次前 {} 元），{} 元以上 × {}，限额 {} 元：救助 {} 元",
                           row.group, left, before, np.array([line]), Percent(row.ratio), _spelled(cap), paid)  # fmt: skip
    if part.trace.is_on and rule is None and claims.groups[0]:
        part.trace.say(Step.LEFT_OUT, 0, "", "医疗救助：本地没有生效的政策，没有计入")


def _cap(part: Part, row: AidRow, some: Where, is_outpatient: bool) -> Fen:
    if is_outpatient:
        return np.full(len(some), max(row.outpatient_cap, 0), np.int64)
    if row.cap != row.cap_above and part.benefit.catastrophic is None:
        silent = np.zeros(len(part.claims), bool)
        silent[some] = part.claims.given_catastrophic[some] < 0
        part.lack(Gap.NO_OUTCOME, silent)
    return np.where(part.held.catastrophic[some] > 0, row.cap_above, row.cap)


def _spelled(cap: Fen) -> object:
    return "不限" if cap[0] >= ENDLESS else cap


