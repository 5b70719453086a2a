"""Indicators in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilianti.kernel.terms import Term


class Statistic(Term):
    """What a figure is made of."""

    SHARE = "share", "占比", "share"
    MEDIAN = "median", "中位数", "median"
    P90 = "p90", "第 90 百分位", "90th percentile"
    COUNT = "count", "例数", "count"


class Better(Term):
    """Which way a figure should move."""

    HIGHER = "better", "越高越好", "higher is better"
    LOWER = "worse", "越低越好", "lower is better"
    NEITHER = "neutral", "只监测", "watched only"


class By(Term):
    """For whom a figure is computed."""

    INSTITUTION = "institution", "机构", "institution"
    CONSORTIUM = "consortium", "医共体", "consortium"
    PAIR = "pair", "转出与接收", "sender and receiver"


class Part(Term):
    """Which of the rows behind a figure."""

    ALL = "all", "全部（分母）", "all"
    COUNTED = "counted", "计入分子", "in the numerator"
    MISSING = "missing", "未计入分子", "not in the numerator"


@dataclass(frozen=True)
class Total:
    """What a measure gave for one institution, consortium or pair (`sender` is its other end); `measured` only for statistics that are no quotient."""

    place: int
    numerator: int
    denominator: int
    measured: Decimal | None
    sender: int = 0


@dataclass(frozen=True)
class Computed:
    """The totals of one card, by one of its editions, in one month; `where` are all places for which that edition holds."""

    card: str
    policy_ref: str
    by: By
    month: date
    where: frozenset[int]
    totals: tuple[Total, ...]
