"""Personal information protection in words (《中华人民共和国个人信息保护法》)."""

from __future__ import annotations

from dataclasses import dataclass

from yilianti.kernel.terms import Term

#: where the session keeps the reasons for viewing, by resident id
REASONS = "record_reasons"


class EmergencyReason(Term):
    RESCUE = "rescue", "抢救生命", "saving a life"
    UNABLE = "unable", "患者无法表达意愿，诊疗急需", "the patient cannot say and care is urgent"
    OUTBREAK = "outbreak", "突发公共卫生事件处置", "public health emergency"


class EmergencyState(Term):
    OPENED = "opened", "调阅中", "open"
    ENDED = "ended", "待复核", "ended, to be reviewed"
    JUSTIFIED = "justified", "复核合理", "found justified"
    QUESTIONED = "questioned", "复核存疑", "found questionable"


class EmergencyVerb(Term):
    END_EMERGENCY = "end_emergency", "结束紧急调阅", "end"
    EXPIRE = "expire", "到时自动结束", "end by itself"
    JUSTIFY = "justify", "认定合理", "find justified"
    QUESTION = "question", "认定存疑", "find questionable"


class Source(Term):
    """What a seal can lie on; the word of the room's timeline."""

    ENCOUNTER = "encounter", "就诊", "encounter"
    REPORT = "report", "检查检验", "report"
    DOCUMENT = "document", "文书", "document"
    PRESCRIPTION = "prescription", "用药", "prescription"


class RequestKind(Term):
    COPY = "copy", "查阅、复制", "see and copy (第四十五条)"
    CORRECT = "correct", "更正、补充", "correct and complete (第四十六条)"
    ERASE = "erase", "删除", "erase (第四十七条)"
    EXPLAIN = "explain", "解释说明处理规则", "explain the rules (第四十八条)"


class Asker(Term):
    RESIDENT = "resident", "本人", "the resident"
    GUARDIAN = "guardian", "监护人", "guardian"
    AGENT = "agent", "受托人", "agent with written authority"
    KIN = "kin", "近亲属（本人已故，第四十九条）", "next of kin of a deceased person"


class RequestState(Term):
    RECEIVED = "received", "待处理", "received"
    GRANTED = "granted", "已同意", "granted"
    REFUSED = "refused", "不予办理", "refused"
    ANSWERED = "answered", "已答复", "answered"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


class RequestVerb(Term):
    GRANT_REQUEST = "grant_request", "同意办理", "grant"
    REFUSE_REQUEST = "refuse_request", "不予办理", "refuse"
    ANSWER_REQUEST = "answer_request", "答复本人", "answer"
    WITHDRAW_REQUEST = "withdraw_request", "撤回请求", "withdraw"


@dataclass(frozen=True)
class Category:
    """A sensitive category of the policy: ICD-10 prefixes and words by which an item is known to belong to it."""

    code: str
    name: str
    prefixes: tuple[str, ...]
    words: tuple[str, ...]


#: What each journal word of this room is called on pages.
JOURNAL = {
    "privacy.emergency_opened": "紧急调阅", "privacy.emergency_ended": "结束紧急调阅", "privacy.emergency_expired": "紧急调阅到时结束",
    "privacy.emergency_justified": "复核：合理", "privacy.emergency_questioned": "复核：存疑", "privacy.unsealed": "解除敏感",
    "privacy.request_received": "受理个人信息请求", "privacy.request_granted": "同意个人信息请求", "privacy.request_refused": "不予办理个人信息请求",
    "privacy.request_answered": "答复个人信息请求", "privacy.request_withdrawn": "撤回个人信息请求", "privacy.copied": "生成档案副本",
}  # fmt: skip
