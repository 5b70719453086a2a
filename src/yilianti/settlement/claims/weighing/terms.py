"""Words of payment by groups."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """How a case is paid; the value is what stands in files."""

    BY_GROUP = "按组付费"
    INCOMPLETE = "住院不完整"
    BED_DAY = "床日"
    PANEL = "特病单议"
    PANEL_DECIDED = "特病单议已定"
    EXCLUDED = "不按组付费"


class Method(StrEnum):
    """Points or DIP scores share a budget; a rate is paid for each unit of weight. The value is the last word of the policy's code."""

    POINTS = "points"
    RATE = "rate"
    SCORES = "dip"


class Incomplete(StrEnum):
    """How a stay that was not carried through is pointed."""

    WITH_COEFFICIENT = "with_coefficient"
    WITHOUT_COEFFICIENT = "without_coefficient"


class Because(StrEnum):
    """Why a case is not simply paid by its group."""

    NONE = ""
    UNGROUPED = "没有分组"
    FEW = "本组病例数少于规定"
    EXTREME = "费用超过规定的倍数"
    NO_WEIGHT = "本组没有权重"
    SHORT = "住院天数不超过规定"
    LONG = "住院天数达到规定"
    BED_DAY = "床日病例"
    NO_BED_DAY_RATE = "费率法没有床日标准"
    NO_INCOMPLETE_RATE = "费率法没有住院不完整的标准"
    UNLISTED = "机构不在按组付费的名单里"
