"""Whether values look measured: their last digits, and how many lie just under a threshold. A question with its numbers, never a verdict.

**Last digits**: chi-square against even odds, over ten digits for a device that shows each, over the five even ones for a column read in twos. The
probability is the closed form of the chi-square tail for 9 or 4 degrees of freedom.
**Just under a threshold** t: counts of four neighbouring bands of one width, [t-2w, t-w) … [t+w, t+2w). For a bell-shaped spread (any density whose logarithm
is a parabola) ln(inner below ÷ inner above) is a third of ln(outer below ÷ outer above); the difference over its standard error (counts as Poisson, half a
count added to each) is compared with the normal tail. A width of ten has every last digit once in each band, so rounding does not look like heaping.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from yilianti.kernel.finding import Finding, Severity
from yilianti.policybook import Edition


@dataclass(frozen=True)
class Digits:
    """How often each last digit occurs, what was to be expected of those that may, and how likely such a spread is by chance."""

    counts: tuple[int, ...]
    expected: float
    odd: int
    chi_square: float
    probability: float

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class Under:
    """Counts of the four bands, what the outer two lead one to expect just under the threshold, and how likely so many are by chance."""

    threshold: int
    width: int
    bands: tuple[int, int, int, int]
    expected: float
    z: float
    probability: float

    @property
    def excess(self) -> float:
        return self.bands[1] - self.expected


def last_digits(values: Iterable[int], by: int = 1) -> Digits:
    """Last digits of whole numbers; `by` = 2 where the instrument is read in twos: odd readings are then counted apart."""
    counts = [0] * 10
    for value in values:
        counts[abs(value) % 10] += 1
    fair = counts[::by]
    total = sum(fair)
    expected = total / len(fair)
    chi = sum((count - expected) ** 2 for count in fair) / expected if total else 0.0
    return Digits(tuple(counts), expected, sum(counts) - total if by == 2 else 0, chi, _tail(chi, len(fair) - 1))


def _tail(chi: float, degrees: int) -> float:
    """Probability of at least this chi-square: closed forms for even and for odd degrees of freedom."""
    half = chi / 2
    if degrees % 2 == 0:
        return math.exp(-half) * sum(half**k / math.factorial(k) for k in range(degrees // 2))
    return math.erfc(math.sqrt(half)) + math.exp(-half) * sum(half ** (k + 0.5) / math.gamma(k + 1.5) for k in range(degrees // 2))


def just_under(values: Iterable[int], threshold: int, width: int) -> Under:
    """How many values lie just under the threshold beside what their neighbours lead one to expect."""
    bands = [0, 0, 0, 0]
    for value in values:
        place = (value - threshold) // width + 2
        if 0 <= place < 4:
            bands[place] += 1
    outer_below, inner_below, inner_above, outer_above = (count + 0.5 for count in bands)
    ratio = (outer_below / outer_above) ** (1 / 3)
    error = math.sqrt(1 / inner_below + 1 / inner_above + (1 / outer_below + 1 / outer_above) / 9)
    z = (math.log(inner_below / inner_above) - math.log(ratio)) / error
    expected = (bands[1] + bands[2]) * ratio / (1 + ratio)
    return Under(threshold, width, (bands[0], bands[1], bands[2], bands[3]), expected, z, math.erfc(z / math.sqrt(2)) / 2)


def asked(values: Iterable[int], threshold: int, policy: Edition, by: int = 1) -> list[Finding]:
    """Questions for the supervisor about one person's values; none where they are too few to ask."""
    own = list(values)
    digits, under = last_digits(own, by), just_under(own, threshold, policy.width)
    limit = float(policy.probability)
    found = []
    if digits.total >= policy.least and digits.probability < limit:
        most = max(range(10), key=lambda digit: digits.counts[digit])
        found.append(_question(policy, "last_digits", f"{digits.total} 个值的末位数字不像随机：{most} 出现 {digits.counts[most]} 次，预期 {digits.expected:.1f} 次（卡方 {digits.chi_square:.1f}）；怎样量、怎样记，请了解。",
                               f"last digits are uneven: {most} stands {digits.counts[most]} times, {digits.expected:.1f} expected"))  # fmt: skip
    if digits.total >= policy.least and digits.odd:
        found.append(_question(policy, "odd", f"按 2 mmHg 读数的血压计有 {digits.odd} 个奇数；用的是哪种血压计，请了解。", f"{digits.odd} odd readings of an instrument read in twos"))
    if sum(under.bands) >= policy.least and under.excess > 0 and under.probability < limit:
        found.append(_question(policy, "just_under", f"{threshold - policy.width}～{threshold - 1} 有 {under.bands[1]} 个值，按相邻各段预期 {under.expected:.1f} 个，多 {under.excess:.1f} 个；请了解。",
                               f"{under.bands[1]} values just under {threshold}, {under.expected:.1f} expected"))  # fmt: skip
    return found


def _question(policy: Edition, code: str, zh: str, en: str) -> Finding:
    return Finding(f"heaping.{code}", zh, "", policy.policy_ref, Severity.INFO, en)
