"""The shared centres in words: an examination on its way from a member to an issued report, and a critical value until it is resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from yilianti.kernel.terms import Term


class Modality(Term):
    """What a shared centre reads; each has its limits, statements and critical values in policies."""

    ECG = "ecg", "心电图", "ECG"


class State(Term):
    ORDERED = "ordered", "已登记", "ordered"
    ACQUIRED = "acquired", "已采集", "acquired"
    QUEUED = "queued", "待诊断", "waiting to be read"
    READING = "reading", "诊断中", "being read"
    CONCLUDED = "concluded", "待审核", "waiting for audit"
    CONFERENCE = "conference", "疑难会诊", "in conference"
    ISSUED = "issued", "已报告", "report issued"
    REJECTED = "rejected", "退回重采", "to be recorded again"
    CANCELLED = "cancelled", "已取消", "cancelled"


#: Still somebody's work.
OPEN = (State.ORDERED, State.ACQUIRED, State.QUEUED, State.READING, State.CONCLUDED, State.CONFERENCE, State.REJECTED)
#: The centre owes something.
OWED = (State.QUEUED, State.READING, State.CONCLUDED, State.CONFERENCE)


class Verb(Term):
    ACQUIRE = "acquire", "采集", "acquire"
    SEND = "send", "发送", "send"
    CANCEL = "cancel", "取消", "cancel"
    REVISE = "revise", "更改申请", "revise the order"
    CLAIM = "claim", "开始诊断", "claim"
    RELEASE = "release", "放回队列", "release"
    REJECT = "reject", "退回重采", "reject"
    CONCLUDE = "conclude", "提交诊断", "conclude"
    REFER_BACK = "refer_back", "退回修改", "refer back to a reader"
    ISSUE = "issue", "审核签发", "issue"
    CONVENE = "convene", "提请会诊", "convene a conference"
    DECIDE = "decide", "会诊定论并签发", "decide and issue"
    AMEND = "amend", "更正报告", "amend"


class Former(Term):
    """Why a recording is no longer the one of its examination."""

    REPLACED = "replaced", "已被后来的记录代替", "replaced by a later recording"
    CANCELLED = "cancelled", "检查已取消", "the examination was cancelled"


class Owner(Term):
    """Who takes a step: the member who records, or the centre that reads."""

    RECORDER = "recorder", "申请机构", "recording member"
    READER = "reader", "诊断医师", "reading physician"
    AUDITOR = "auditor", "审核医师", "auditing physician"
    HEAD = "head", "中心主任", "head of the centre"
    SYSTEM = "system", "平台", "the platform"


class Urgency(Term):
    ROUTINE = "routine", "常规", "routine"
    EMERGENCY = "emergency", "急诊", "emergency"
    CHEST_PAIN = "chest_pain", "胸痛", "chest pain"


class CriticalState(Term):
    NOTIFIED = "notified", "已通知待确认", "notified"
    ACKNOWLEDGED = "acknowledged", "已复述确认", "acknowledged with read-back"
    RESOLVED = "resolved", "已处置", "resolved"
    CORRECTED = "corrected", "已更正", "replaced by a corrected value"


class CriticalVerb(Term):
    NOTE_UNREACHABLE = "note_unreachable", "无人应答，通知下一人", "note unreachable"
    ACKNOWLEDGE = "acknowledge", "复述确认", "acknowledge"
    RESOLVE = "resolve", "登记处置", "resolve"
    CORRECT = "correct", "更正危急值", "correct"


class Door(Term):
    """Through which door an order came."""

    PAGE = "page", "网页登记", "entered on a page"
    HL7V2 = "hl7v2", "医院系统申请（HL7）", "order of a hospital system (HL7)"

    @classmethod
    def of(cls, source: str) -> str:
        """The label of the door that `Order.source` names."""
        return cls.label(source.partition(":")[0] or cls.PAGE.value)


class ReadingKind(Term):
    """As what a physician said something of an exam."""

    FIRST = "first", "初诊", "first reading"
    AUDIT = "audit", "审核", "audit"
    SECOND = "second", "双盲复阅", "blinded second reading"
    OPINION = "opinion", "会诊意见", "opinion"
    DECISION = "decision", "会诊定论", "decision"
    AMENDMENT = "amendment", "更正", "amendment"


class ChargeKind(Term):
    """What the member's cashier did."""

    CHARGED = "charged", "收费", "charged"
    WAIVED = "waived", "免收", "waived"
    REFUNDED = "refunded", "退费", "refunded"


class RejectReason(Term):
    LEAD_OFF = "lead_off", "导联脱落", "lead off"
    REVERSED = "reversed", "导联接反或错位", "electrodes reversed"
    ARTEFACT = "artefact", "干扰或基线漂移", "artefact"
    TOO_SHORT = "too_short", "记录时间不足", "too short"
    WRONG_PATIENT = "wrong_patient", "患者信息不符", "wrong patient"
    OTHER = "other", "其他", "other"


@dataclass(frozen=True)
class Order:
    """What a member asks for. `placer_number` is the number of its own system, `source` the door with its own reference ("" for a page), `orderer` who asked
    where that is nobody's account; `fee` in fen, as the member's own system
    charged it; else `is_charged` at the price in force, or `waived` with its reason, or neither: later."""

    modality: str = Modality.ECG.value
    urgency: str = Urgency.ROUTINE.value
    complaint: str = ""
    impression: str = ""
    placer_number: str = ""
    bed: str = ""
    fee: int | None = None
    is_charged: bool = False
    waived: str = ""
    #: the institution that hosts a branch centre; None for the main one
    centre: int | None = None
    source: str = ""
    orderer: str = ""


@dataclass(frozen=True)
class Reported:
    """One version of an issued report, for who hands it on. `statements` are (code, Chinese name, AHA/SCP code), `measurements` (code, name, value, unit), `critical` (code, sentence)."""

    number: str
    version: int
    modality: str
    institution: int
    resident: int
    placer_number: str
    orderer: str
    complaint: str
    urgency: str
    ordered_at: datetime
    acquired_at: datetime | None
    sent_at: datetime | None
    issued_at: datetime
    reader: str
    auditor: str
    conclusion: str
    because: str
    statements: tuple[tuple[str, str, str], ...]
    measurements: tuple[tuple[str, str, str, str], ...]
    critical: tuple[tuple[str, str], ...]
    pdf: bytes = b""


@dataclass(frozen=True)
class Case:
    """What the rules of critical values look at: measurements by code in their units, the statements chosen, and those of earlier reports."""

    measurements: Mapping[str, float] = field(default_factory=dict)
    statements: tuple[str, ...] = ()
    urgency: str = Urgency.ROUTINE.value
    known: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Limits:
    """By when an exam sent at a moment is to be written and audited, and the editions that say so."""

    written_due_at: datetime
    audited_due_at: datetime
    policy_refs: tuple[str, ...]


#: What each journal word of this room is called on pages.
JOURNAL = {
    "diagnosis.ordered": "登记检查", "diagnosis.acquired": "采集", "diagnosis.sent": "发送诊断", "diagnosis.cancelled": "取消检查", "diagnosis.claimed": "开始诊断",
    "diagnosis.released": "放回队列", "diagnosis.rejected": "退回重采", "diagnosis.concluded": "提交诊断", "diagnosis.referred_back": "退回修改", "diagnosis.issued": "签发报告",
    "diagnosis.convened": "提请会诊", "diagnosis.opined": "会诊意见", "diagnosis.amended": "更正报告", "diagnosis.critical_found": "发现危急值", "diagnosis.critical_changed": "危急值有更正",
    "diagnosis.critical_unreachable": "危急值通知无人应答", "diagnosis.critical_acknowledged": "危急值复述确认", "diagnosis.critical_resolved": "危急值处置", "diagnosis.read_again": "双盲复阅",
    "diagnosis.reminded": "诊断时限提醒", "diagnosis.charged": "登记收费", "diagnosis.waived": "免收检查费", "diagnosis.refunded": "退检查费", "diagnosis.signer_retired": "停用签名密钥", "diagnosis.template_kept": "存为报告模板",
    "diagnosis.template_dropped": "删除报告模板", "diagnosis.delegated": "授权会诊定论", "diagnosis.delegation_ended": "结束会诊定论授权", "diagnosis.revised": "更改申请",
}  # fmt: skip
