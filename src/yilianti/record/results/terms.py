"""Results in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from yilianti.kernel.finding import Finding
from yilianti.kernel.terms import Term


class Category(Term):
    LABORATORY = "laboratory", "检验", "laboratory"
    IMAGING = "imaging", "影像", "imaging"
    ECG = "ecg", "心电", "electrocardiography"
    PATHOLOGY = "pathology", "病理", "pathology"
    OTHER = "other", "其他检查", "other"


class Status(Term):
    """HL7 table 0123 / FHIR DiagnosticReport.status, what a reader needs of it."""

    PRELIMINARY = "preliminary", "初步", "preliminary"
    FINAL = "final", "正式", "final"
    CORRECTED = "corrected", "更正", "corrected"
    CANCELLED = "cancelled", "作废", "cancelled"


class Flag(Term):
    """HL7 table 0078, the ones in use."""

    LOW = "L", "偏低", "low"
    HIGH = "H", "偏高", "high"
    CRITICAL_LOW = "LL", "危急低", "critically low"
    CRITICAL_HIGH = "HH", "危急高", "critically high"
    ABNORMAL = "A", "异常", "abnormal"
    CRITICAL = "AA", "危急异常", "critically abnormal"
    NORMAL = "N", "正常", "normal"


@dataclass(frozen=True)
class GivenObservation:
    """One line of a report as the sender gave it; `value` is always text."""

    name: str
    value: str = ""
    code: str = ""
    system: str = ""
    unit: str = ""
    reference_range: str = ""
    flag: str = ""


@dataclass(frozen=True)
class Filed:
    """What filing did. `is_new` is False when exactly this was there already; `supersedes` is the number it replaced."""

    id: int
    number: str
    is_new: bool
    supersedes: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class EarlierValue:
    """A former value of the same item of this resident."""

    at: datetime
    report: str
    institution: str
    value: str
    number: Decimal | None
    unit: str
    flag: str


@dataclass(frozen=True)
class Latest:
    """The newest value of one item, for a summary; icon, tone and label of its flag are "" without one."""

    report: str
    name: str
    value: str
    unit: str
    reference_range: str
    flag: str
    at: datetime
    institution: str
    code: str = ""
    icon: str = ""
    tone: str = ""
    label: str = ""


@dataclass(frozen=True)
class Measured:
    """The newest number of one item of one resident."""

    resident_id: int
    code: str
    value: Decimal
    unit: str
    at: datetime
    report: str


#: What each journal word of this room is called on pages.
JOURNAL = {
    "results.corrected": "更正结果", "results.filed": "结果归档",
}  # fmt: skip
