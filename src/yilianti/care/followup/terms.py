"""Words and small values of follow-up: what is asked about a visit, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yilianti.kernel.finding import Finding
from yilianti.kernel.terms import Term


class Kind(Term):
    """How a field of a form is filled in."""

    NUMBER = "number", "数值", "number"
    COUNT = "count", "整数", "whole number"
    CHOICE = "choice", "单选", "one of"
    CHOICES = "choices", "多选", "some of"
    FLAG = "flag", "是否", "yes or no"
    TEXT = "text", "文字", "text"
    DAY = "day", "日期", "day"


class Refer(Term):
    """Whether the flow sends the patient up; a later one outweighs an earlier."""

    NONE = "none", "不转诊", "no referral"
    ORDINARY = "ordinary", "转诊", "referral"
    URGENT = "urgent", "紧急转诊", "urgent referral"

    @property
    def weight(self) -> int:
        return list(Refer).index(self)


class Screened(Term):
    """What a screening found; it enrols nobody."""

    NOT_ASKED = "not_asked", "不在筛查人群", "outside the group that is screened"
    UNKNOWN = "unknown", "缺值，不能判断", "values are missing"
    NORMAL = "normal", "未见升高", "not raised"
    MARKED = "marked", "高危", "at high risk"
    RAISED = "raised", "升高，须复测", "raised, to be measured again"
    CONFIRMED = "confirmed", "多日升高，考虑诊断", "raised on as many days as a diagnosis takes"


class Ended(Term):
    """Why somebody is no longer followed."""

    DEATH = "death", "死亡", "death"
    MOVED = "moved", "迁出", "moved away"
    REFUSED = "refused", "拒绝", "refusal"
    LOST = "lost", "失访", "lost to follow-up"


class Became(Term):
    """How somebody enrolled stands when a rate looks."""

    CONTROLLED = "controlled", "达标", "at target"
    NOT_CONTROLLED = "not_controlled", "未达标", "not at target"
    UNMEASURED = "unmeasured", "最近一次没有测量", "not measured at the latest visit"
    LOST = "lost", "失访", "lost to follow-up"
    DEATH = "death", "死亡", "death"
    MOVED = "moved", "迁出", "moved away"
    REFUSED = "refused", "拒绝", "refusal"


@dataclass(frozen=True)
class Enrolment:
    """Since when somebody is followed; what is not known is None."""

    on: date | None = None
    born_on: date | None = None
    last_check_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True)
class Visit:
    """A visit's day and what its form holds, by field: numbers, option codes, lists of them, true or false, days."""

    on: date
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Earlier:
    """An earlier visit: which classes held then (None where it could not be classed), and the goals agreed, by field."""

    on: date
    classes: frozenset[str] | None = None
    goals: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What the flow says of a visit; `class_` is None where values are missing, `step` the first row of the flow that holds."""

    class_: str | None
    classes: frozenset[str]
    step: str | None
    findings: tuple[Finding, ...]
    prompts: tuple[Finding, ...]
    refer: Refer
    reasons: tuple[Finding, ...]
    next_on: date | None
    check_by: date | None
    adjust: bool
    missing: tuple[str, ...]
    policy_refs: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """Plain values for JSON and for the journal."""
        told = {name: [finding.as_facts() for finding in getattr(self, name)] for name in ("findings", "reasons", "prompts")}
        return {
            "class": self.class_, "classes": sorted(self.classes), "step": self.step, "refer": self.refer.value, "adjust": self.adjust,
            "next_on": self.next_on.isoformat() if self.next_on else None, "check_by": self.check_by.isoformat() if self.check_by else None,
            "missing": list(self.missing), **told, "policy_refs": list(self.policy_refs),
        }  # fmt: skip
