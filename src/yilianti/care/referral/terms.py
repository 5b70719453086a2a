"""Referral in words."""

from dataclasses import dataclass

from yilianti.kernel.terms import Term


class State(Term):
    DRAFT = "draft", "草稿", "draft"
    SUBMITTED = "submitted", "已提交", "submitted"
    RETURNED = "returned", "已退回", "returned for completion"
    ACCEPTED = "accepted", "已接收", "accepted"
    DECLINED = "declined", "已谢绝", "declined"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    ARRIVED = "arrived", "已到院", "arrived"
    DISCHARGED = "discharged", "已出院", "discharged"
    CONCLUDED = "concluded", "已办结", "concluded"
    LAPSED = "lapsed", "逾期未到", "lapsed"


#: Still somebody's work.
OPEN = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.ACCEPTED, State.ARRIVED, State.DISCHARGED)


class Verb(Term):
    SUBMIT = "submit", "提交", "submit"
    SEND_BACK = "send_back", "退回补充", "send back"
    ACCEPT = "accept", "接收", "accept"
    DECLINE = "decline", "谢绝", "decline"
    WITHDRAW = "withdraw", "撤回", "withdraw"
    REDIRECT = "redirect", "改转", "redirect"
    ARRIVE = "arrive", "登记到院", "register arrival"
    UNDO_ARRIVAL = "undo_arrival", "撤销到院", "undo arrival"
    DISCHARGE = "discharge", "登记出院", "register discharge"
    UNDO_DISCHARGE = "undo_discharge", "撤销出院", "undo discharge"
    OFFER_HOME = "offer_home", "发起下转", "offer the way home"
    FOLLOW_UP = "follow_up", "确认首次随访", "confirm first follow-up"
    CONCLUDE = "conclude", "办结", "conclude"
    LAPSE = "lapse", "逾期关闭", "lapse"


class Owner(Term):
    """Who takes a step: the sender's side or the receiver's side, or the platform."""

    REFERRING_DOCTOR = "referring_doctor", "转出医生", "referring doctor"
    REFERRAL_OFFICE = "referral_office", "接收方转诊办", "receiving referral office"
    RECEIVING_DESK = "receiving_desk", "接收方接诊台", "receiving desk"
    RECEIVING_DOCTOR = "receiving_doctor", "接收方医生", "receiving doctor"
    SYSTEM = "system", "系统", "system"


class Urgency(Term):
    ELECTIVE = "elective", "择期", "elective"
    URGENT = "urgent", "紧急", "urgent"
    EMERGENCY = "emergency", "急诊", "emergency"


class Service(Term):
    OUTPATIENT = "outpatient", "门诊", "out-patient"
    INPATIENT = "inpatient", "住院", "in-patient"
    EXAMINATION = "examination", "检查", "examination only"
    REHABILITATION = "rehabilitation", "康复与随访", "rehabilitation and follow-up"


class Direction(Term):
    """From the levels of the two institutions; never stored."""

    UP = "up", "上转", "up"
    DOWN = "down", "下转", "down"
    SIDEWAYS = "sideways", "平转", "sideways"


class DeclineReason(Term):
    NO_BED = "no_bed", "暂无床位", "no bed"
    NO_SPECIALTY = "no_specialty", "本院无相应专科", "no such specialty"
    KEEP_LOCAL = "keep_local", "符合基层诊治条件，建议就地诊治", "can be treated locally"
    WRONG_RECEIVER = "wrong_receiver", "应转往其他机构", "another institution is right"
    PATIENT_REFUSES = "patient_refuses", "患者不同意", "patient does not agree"
    OTHER = "other", "其他", "other"


class ArrivalSource(Term):
    HIS = "his", "医院信息系统", "hospital information system"
    DESK = "desk", "人工登记", "registered by hand"


class Side(Term):
    """Which end of the referral an owner stands at."""

    SENDER = "sender", "转出方", "sender"
    RECEIVER = "receiver", "接收方", "receiver"


#: Steps are taken at one end or the other; the platform's own steps at neither.
SIDE_OF = {
    Owner.REFERRING_DOCTOR: Side.SENDER,
    Owner.REFERRAL_OFFICE: Side.RECEIVER,
    Owner.RECEIVING_DESK: Side.RECEIVER,
    Owner.RECEIVING_DOCTOR: Side.RECEIVER,
}


@dataclass(frozen=True)
class Application:
    """What the referring doctor asks: the clinical form, free of tables."""

    to_institution: int
    diagnosis_code: str
    diagnosis_name: str
    reason: str
    urgency: str
    service: str
    summary: str
    to_department: int | None = None
    treatment: str = ""
    notes: str = ""
    evidence: tuple[str, ...] = ()

#: What each journal word of this room is called on pages.
JOURNAL = {
    "referral.drafted": "起草", "referral.submitted": "提交", "referral.sent_back": "退回补充", "referral.accepted": "接收",
    "referral.declined": "谢绝", "referral.redirected": "改转", "referral.withdrawn": "撤回", "referral.arrived": "到院",
    "referral.arrival_undone": "撤销到院", "referral.arrival_questioned": "到院待核对", "referral.arrival_answered": "核对到院",
    "referral.lapsed": "逾期关闭", "referral.discharged": "出院", "referral.discharge_undone": "撤销出院",
    "referral.summary_received": "收到出院小结", "referral.offered_home": "发起下转", "referral.followed_up": "首次随访",
    "referral.discharge_disputed": "出院有异议", "referral.concluded": "办结", "referral.reminded": "催办",
    "referral.escalated": "超时上报", "referral.certified": "导出签名件", "referral.appointment_noted": "院方预约",
}  # fmt: skip
