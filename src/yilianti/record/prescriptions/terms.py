"""Medicines and allergies in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilianti.kernel.terms import Term


class State(Term):
    ACTIVE = "active", "使用中", "active"
    ENDED = "ended", "已停用", "discontinued"
    CANCELLED = "cancelled", "已作废", "cancelled"


class AllergyKind(Term):
    """AL1-2 (HL7 table 0127) [FHIR AllergyIntolerance.category]; NONE is an answer: no known allergy."""

    DRUG = "drug", "药物", "drug"
    FOOD = "food", "食物", "food"
    ENVIRONMENT = "environment", "环境", "environment"
    OTHER = "other", "其他", "other"
    NONE = "none", "无已知过敏", "no known allergy"


class Severity(Term):
    """AL1-4 (HL7 table 0128)."""

    SEVERE = "severe", "严重", "severe"
    MODERATE = "moderate", "中等", "moderate"
    MILD = "mild", "轻微", "mild"
    UNKNOWN = "unknown", "未说明", "unknown"


class Standing(Term):
    """What is held of an allergy now [FHIR clinicalStatus, verificationStatus]."""

    OPEN = "open", "有效", "active"
    REFUTED = "refuted", "已排除", "refuted"
    WITHDRAWN = "withdrawn", "录入有误", "entered in error"


@dataclass(frozen=True)
class Medicine:
    """One drug of an order, as the sender wrote it; empty means not said."""

    drug: str
    code: str = ""
    system: str = ""
    dose: str = ""
    route: str = ""
    frequency: str = ""
    days: str = ""
    instructions: str = ""
    prescriber: str = ""


@dataclass(frozen=True)
class Intolerance:
    """What somebody does not tolerate; kind NONE without a substance says that nothing is known after asking."""

    kind: str
    substance: str = ""
    code: str = ""
    severity: str = Severity.UNKNOWN.value
    reaction: str = ""
    noticed: str = ""


@dataclass(frozen=True)
class Filed:
    """What an action did; `changed` is False when exactly this was known."""

    number: str
    changed: bool


@dataclass(frozen=True)
class OrderSaid:
    """An order as a message speaks of it: the sender's number, its state, and when."""

    order_number: str
    state: str
    ordered_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Carried:
    """A medicine in use, or an allergy that stands, in words: for a form that goes through them one by one."""

    number: str
    name: str
    how: str


#: What each journal word of this room is called on pages.
JOURNAL = {
    "prescriptions.filed": "开具用药", "prescriptions.amended": "更正用药", "prescriptions.ended": "停用药物",
    "prescriptions.allergy_recorded": "记录过敏", "prescriptions.allergy_amended": "更正过敏", "prescriptions.allergy_refuted": "排除过敏",
    "prescriptions.allergy_withdrawn": "撤销误录的过敏",
}  # fmt: skip
