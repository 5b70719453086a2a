"""Kinds of questions."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a question is about; the value is what stands in files."""

    MAPPED = "编码对照"
    UNKNOWN = "编码不认识"
    REPEATED = "编码重复"
    RESOURCES = "资源消耗"
    OPERATION = "手术与主要诊断"
    UNCOUNTED = "并发症未计"
    UNSPECIFIC = "诊断未特指"
    ALONE = "一项决定轻重"
    STATUS = "不能入组"
