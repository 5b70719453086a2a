"""Words of DIP grouping, and the unit of its scores."""

from __future__ import annotations

from enum import StrEnum

#: A score is a whole number of ten-thousandths of a point; so is a factor of one.
UNIT = 10_000


class Status(StrEnum):
    """What became of a case; the value is what stands in files."""

    CORE = "核心病种"
    COMPOSITE = "综合病种"
    NO_DIAGNOSIS = "主要诊断为空"
    UNKNOWN_DIAGNOSIS = "主要诊断不在编码表"
    NOWHERE = "没有对应的病种"


class Treatment(StrEnum):
    """How a stay was treated: the highest class among its operations that the scheme counts."""

    CONSERVATIVE = "conservative"
    DIAGNOSTIC = "diagnostic"
    THERAPEUTIC = "therapeutic"
    SURGICAL = "surgical"


TREATMENTS_ZH = {Treatment.CONSERVATIVE: "保守治疗", Treatment.DIAGNOSTIC: "诊断性操作", Treatment.THERAPEUTIC: "治疗性操作", Treatment.SURGICAL: "手术"}


class Preference(StrEnum):
    """What decides between several core groups that a case fits; the scheme says in which order."""

    OPERATIONS = "operations"
    DIAGNOSIS = "diagnosis"
    SCORE = "score"


class Auxiliary(StrEnum):
    """How auxiliary lines that hold together count: only the one with the highest result, or all in the order of the table."""

    HIGHEST = "highest"
    ALL = "all"
