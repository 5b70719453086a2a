"""Words of the fund package."""

from __future__ import annotations

from yilianti.kernel.terms import Term


class Base(Term):
    """What the package of a year is reckoned from."""

    REMAINDER = "remainder", "筹资扣除风险基金、大病保险后的一个比例", "a share of funding less risk fund and catastrophic insurance"
    DEDUCTION = "deduction", "筹资的一个比例，风险基金、大病保险在其余部分内", "a share of funding, risk fund and catastrophic insurance inside the rest"
    RESERVES = "reserves", "筹资扣除按比例的风险、减贫基金，加历年结余，减调剂额度", "funding less reserves by ratio, plus carry-over, less adjustment"
    INCOME = "income", "基金收入的一个比例", "a share of the fund's income"
    MEAN = "mean", "前几年支出的平均数×（1＋增长率）", "mean of past years, with growth"
    LAST = "last", "上年总额×（1＋增长率），增长率不超过基金增长率", "last year's total, with capped growth"
    WEIGHTED = "weighted", "前几年支出占比的加权平均数×总额×（1＋增长率）", "weighted share of past years, with growth"
    COHORT = "cohort", "签约居民上年的基金支出", "last year's spending of the signed cohort"
    TOLD = "told", "区域点数法总额内分给本医共体的数额", "the sum told inside a regional point budget"


class Remainder(Term):
    """Who gets the fen that rounding down leaves."""

    LARGEST = "largest", "舍去的分依余数从大到小各得一分，相同的依名称", "one fen each to the largest remainders, equal ones by name"
    NAMED = "named", "舍去的分全归指定的一方", "all to the party named"


class Pace(Term):
    """How often the advance is paid."""

    QUARTER = "quarter", "按季", "quarterly"
    MONTH = "month", "按月", "monthly"
