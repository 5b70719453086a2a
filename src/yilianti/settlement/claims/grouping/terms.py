"""Words of grouping: what becomes of a case, and how a line of the rule tables is read."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What became of a case; the value is what stands in files, as grouping software in China writes it."""

    GROUPED = "分组成功"
    AMBIGUOUS = "歧义病案"
    NO_DIAGNOSIS = "主要诊断为空"
    UNKNOWN_DIAGNOSIS = "主要诊断不在编码表"
    NO_SEX = "性别不详"
    WRONG_SEX = "性别与主要诊断不符"
    NO_AGE = "年龄不详"
    UNGROUPABLE = "无法入组"


class Severity(StrEnum):
    """What a group asks of the secondary diagnoses; the first group of an ADRG whose condition holds is taken."""

    MCC = "mcc"
    MCC_OR_CC = "mcc_or_cc"
    ANY = "any"


MALE, FEMALE, UNKNOWN_SEX = 1, 2, 0
#: Days of age up to which a child counts as newborn (CHS-DRG: less than 29 days).
NEWBORN_DAYS = 28
NOT_GIVEN = -1
