"""Referral in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from yilianti.kernel.terms import Term


class State(Term):
    DRAFT = "draft", "草稿", "draft"
    PENDING = "pending", "待本方审批", "waiting for the sender's approval"
    SUBMITTED = "submitted", "已提交", "submitted"
    ASSIGNED = "assigned", "待科室答复", "with a department"
    REROUTING = "rerouting", "待患者同意改转", "redirection proposed"
    ADVISED = "advised", "已给出意见", "advised"
    RETURNED = "returned", "已退回", "returned for completion"
    ACCEPTED = "accepted", "已接收", "accepted"
    DECLINED = "declined", "已谢绝", "declined"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    ARRIVED = "arrived", "已到院", "arrived"
    DISCHARGED = "discharged", "已出院", "discharged"
    CONCLUDED = "concluded", "已办结", "concluded"
    LAPSED = "lapsed", "逾期未到", "lapsed"
    SENT_OUT = "sent_out", "已转往网外", "sent outside the network"
    RECALLED = "recalled", "已再次上转", "sent up again"


#: Still somebody's work.
OPEN = (
    State.DRAFT, State.PENDING, State.SUBMITTED, State.ASSIGNED, State.REROUTING, State.ADVISED, State.RETURNED, State.ACCEPTED, State.ARRIVED,
    State.DISCHARGED, State.SENT_OUT,
)  # fmt: skip
#: The receiver owes an answer.
UNANSWERED = (State.SUBMITTED, State.ASSIGNED)


class Verb(Term):
    SUBMIT = "submit", "提交", "submit"
    ASK_APPROVAL = "ask_approval", "报本方审批", "ask for approval"
    APPROVE = "approve", "同意转出", "approve"
    APPROVE_OUT = "approve_out", "同意转往网外", "approve sending outside"
    DISAPPROVE = "disapprove", "不同意转出", "disapprove"
    SEND_BACK = "send_back", "退回补充", "send back"
    ASSIGN = "assign", "交科室", "assign to a department"
    TAKE = "take", "科室接收", "take"
    HAND_BACK = "hand_back", "退回转诊办", "hand back"
    ACCEPT = "accept", "接收", "accept"
    DECLINE = "decline", "谢绝", "decline"
    WITHDRAW = "withdraw", "撤回", "withdraw"
    REDIRECT = "redirect", "改转", "redirect"
    PROPOSE_REDIRECT = "propose_redirect", "建议改转", "propose a redirection"
    AGREE_REDIRECT = "agree_redirect", "患者同意改转", "agree to the redirection"
    REFUSE_REDIRECT = "refuse_redirect", "患者不同意改转", "refuse the redirection"
    ADVISE = "advise", "给出意见", "advise"
    ADOPT = "adopt", "采纳意见并办结", "adopt the advice"
    CONVERT = "convert", "改为转诊", "convert into a referral"
    SEND_OUT = "send_out", "转往网外", "send outside"
    NOTE_OUTCOME = "note_outcome", "登记去向结果", "note the outcome"
    ARRIVE = "arrive", "登记到院", "register arrival"
    UNDO_ARRIVAL = "undo_arrival", "撤销到院", "undo arrival"
    DISCHARGE = "discharge", "登记出院", "register discharge"
    UNDO_DISCHARGE = "undo_discharge", "撤销出院", "undo discharge"
    OFFER_HOME = "offer_home", "发起下转", "offer the way home"
    FOLLOW_UP = "follow_up", "确认首次随访", "confirm first follow-up"
    RECALL = "recall", "再次上转", "send up again"
    CONCLUDE = "conclude", "办结", "conclude"
    LAPSE = "lapse", "逾期关闭", "lapse"


class Owner(Term):
    """Who takes a step: the sender's side or the receiver's side, or the platform."""

    REFERRING_DOCTOR = "referring_doctor", "转出医生", "referring doctor"
    SENDING_OFFICE = "sending_office", "转出方审批人", "sending office"
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
    ADVICE = "advice", "意见咨询", "advice and guidance"


class Channel(Term):
    """Why this patient goes this way: a green channel is never made to wait."""

    ORDINARY = "ordinary", "普通", "ordinary"
    CHEST_PAIN = "chest_pain", "胸痛绿色通道", "chest-pain green channel"
    STROKE = "stroke", "卒中绿色通道", "stroke green channel"
    TRAUMA = "trauma", "创伤绿色通道", "trauma green channel"


class Milestone(Term):
    """Moments of a green channel, in the order in which they usually come."""

    ONSET = "onset", "发病", "onset"
    FIRST_CONTACT = "first_contact", "首次医疗接触", "first medical contact"
    AMBULANCE_CALLED = "ambulance_called", "呼叫救护车", "ambulance called"
    DEPARTED = "departed", "出发", "departed"
    DOOR = "door", "到达医院大门", "door"
    ECG = "ecg", "首份心电图", "first ECG"
    IMAGING = "imaging", "影像检查", "imaging"
    NEEDLE = "needle", "溶栓用药", "needle"
    BALLOON = "balloon", "导丝通过", "balloon"
    THEATRE = "theatre", "进手术室", "theatre"


class Utterance(Term):
    """What is said about a referral between its two ends."""

    QUESTION = "question", "追问", "question"
    ANSWER = "answer", "回复", "answer"
    REMARK = "remark", "留言", "remark"


class Outcome(Term):
    """What became of a patient outside the network."""

    ADMITTED = "admitted", "已住院", "admitted"
    TREATED = "treated", "门诊诊治", "treated as out-patient"
    RETURNED = "came_back", "已返回本地", "came back"
    NOT_GONE = "not_gone", "未前往", "did not go"
    DIED = "died", "死亡", "died"
    UNKNOWN = "unknown", "无法联系", "could not be reached"


class Standing(Term):
    """Whether a certificate still holds: implied by its dates and its referral, never stored."""

    VALID = "valid", "有效", "valid"
    EXPIRED = "expired", "已过期", "expired"
    REVOKED = "revoked", "已撤销", "revoked"
    VOID = "void", "已失效", "void"


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
    Owner.SENDING_OFFICE: Side.SENDER,
    Owner.REFERRAL_OFFICE: Side.RECEIVER,
    Owner.RECEIVING_DESK: Side.RECEIVER,
    Owner.RECEIVING_DOCTOR: Side.RECEIVER,
}


@dataclass(frozen=True)
class Case:
    """What kind of referral it is: asked by rules that decide which steps belong to it."""

    state: str
    urgency: str
    service: str
    channel: str
    goes_home: bool
    is_outside: bool


class Decided(Term):
    """What the referring doctor has decided of a medicine of the record."""

    KEPT = "kept", "继续用", "goes on"
    CHANGED = "changed", "调整", "changed"
    STOPPED = "stopped", "停用", "stopped"
    ADDED = "added", "新加", "added"


class Heard(Term):
    """What the referring doctor holds of an allergy of the record."""

    KEPT = "kept", "属实", "confirmed"
    DOUBTED = "doubted", "存疑", "doubted"
    ADDED = "added", "新问到", "newly told"


class Approval(Protocol):
    """The policy of the sender's own gate: "county>city" and the like, and whether leaving the network asks for it."""

    directions: Sequence[str]
    outside: bool


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
    channel: str = "ordinary"
    onset_at: datetime | None = None
    to_service: int | None = None
    to_practitioner: int | None = None
    #: number of a place held in `capacity/schedules`
    reservation: str = ""
    #: where nothing was free: "slot" to wait for one of the department, "pool:7" for a bed
    queue: str = ""
    examination: str = ""
    #: the record's lists as the doctor has gone through them: {"source", "name", "was", "how", "decision", "note"}
    medicines: tuple[dict[str, str], ...] = ()
    allergies: tuple[dict[str, str], ...] = ()
    rehabilitation: str = ""
    #: the doctor of the sender who answers questions about this patient
    contact: int | None = None
    contact_phone: str = ""
    #: codes of Findings that spoke against it, and why it is sent all the same
    overridden: tuple[str, ...] = ()
    override_reason: str = ""
    #: signs that the doctor ticked and values they measured beside the form: what the criteria are asked with
    ticked: tuple[str, ...] = ()
    measured: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Screening:
    """A day on which many were seen: what their referrals have in common."""

    title: str
    held_on: date


@dataclass(frozen=True)
class Sent:
    """What became of one of several: the number of its referral, or why there is none."""

    resident: int
    number: str = ""
    refused: str = ""


#: What each journal word of this room is called on pages.
JOURNAL = {
    "referral.drafted": "起草", "referral.submitted": "提交", "referral.sent_back": "退回补充", "referral.accepted": "接收",
    "referral.declined": "谢绝", "referral.redirected": "改转", "referral.withdrawn": "撤回", "referral.arrived": "到院",
    "referral.arrival_undone": "撤销到院", "referral.arrival_questioned": "到院待核对", "referral.arrival_answered": "核对到院",
    "referral.lapsed": "逾期关闭", "referral.discharged": "出院", "referral.discharge_undone": "撤销出院",
    "referral.summary_received": "收到出院小结", "referral.offered_home": "发起下转", "referral.followed_up": "首次随访",
    "referral.discharge_disputed": "出院有异议", "referral.concluded": "办结", "referral.reminded": "催办",
    "referral.escalated": "超时上报", "referral.certified": "导出签名件", "referral.appointment_noted": "院方预约",
    "referral.approval_asked": "报本方审批", "referral.approved": "同意转出", "referral.disapproved": "不同意转出", "referral.sent_out": "转往网外",
    "referral.outcome_noted": "登记去向结果", "referral.assigned": "交科室", "referral.handed_back": "科室退回转诊办",
    "referral.redirect_proposed": "建议改转", "referral.redirect_refused": "患者不同意改转", "referral.advised": "给出意见",
    "referral.adopted": "采纳意见并办结", "referral.converted": "改为转诊", "referral.recalled": "再次上转", "referral.said": "追问与回复",
    "referral.line_joined": "加入候补", "referral.line_left": "退出候补", "referral.offer_taken": "接受候补名额", "referral.offer_declined": "放弃这次名额",
    "referral.milestone_noted": "登记救治时间点", "referral.home_judged": "核对下转条件", "referral.patient_untold": "患者未告知到", "referral.notice_resent": "再次短信告知", "referral.told_in_person": "当面告知患者", "referral.batch_sent": "批量转诊", "referral.certificate_issued": "开具转诊证明", "referral.certificate_revoked": "撤销转诊证明",
}  # fmt: skip
