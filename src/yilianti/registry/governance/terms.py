"""Governance in words: documents, councils, meetings, resolutions, votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yilianti.kernel.terms import Term


class DocumentKind(Term):
    CHARTER = "charter", "章程", "charter"
    AGREEMENT = "agreement", "合作协议", "agreement"
    SERVICE_CONTRACT = "service_contract", "服务合同", "service contract"
    POWER_LIST = "power_list", "权责清单", "list of powers and duties"
    REGULATION = "regulation", "管理制度", "regulation"


class ClauseKind(Term):
    RIGHT = "right", "权利", "right"
    DUTY = "duty", "义务", "duty"
    TERM = "term", "条款", "term"


class DocumentState(Term):
    DRAFT = "draft", "草稿", "draft"
    SIGNING = "signing", "签署中", "under signature"
    IN_FORCE = "in_force", "有效", "in force"
    ENDED = "ended", "已终止", "ended"
    SUPERSEDED = "superseded", "已被新版替代", "superseded"
    DISCARDED = "discarded", "已作废", "discarded"


class DocumentVerb(Term):
    CIRCULATE = "circulate", "送签", "send for signature"
    RECALL = "recall", "退回修改", "take back for changes"
    SIGN = "sign", "登记签署", "record a signature"
    BRING_INTO_FORCE = "bring_into_force", "生效", "bring into force"
    SUPERSEDE = "supersede", "以新版替代", "supersede"
    END = "end", "终止", "end"
    DISCARD = "discard", "作废", "discard"


class CouncilKind(Term):
    COMMITTEE = "committee", "管理委员会", "management committee"
    BOARD = "board", "理事会", "board"
    SUPERVISORS = "supervisors", "监事会", "board of supervisors"
    EXPERTS = "experts", "专家委员会", "committee of experts"


class Office(Term):
    CHAIR = "chair", "主任", "chair"
    VICE_CHAIR = "vice_chair", "副主任", "vice chair"
    MEMBER = "member", "委员", "member"
    SECRETARY = "secretary", "秘书", "secretary"


class MeetingState(Term):
    CONVENED = "convened", "已召集", "convened"
    OPENED = "opened", "开会中", "in session"
    CLOSED = "closed", "已结束", "closed"
    CANCELLED = "cancelled", "已取消", "cancelled"


class MeetingVerb(Term):
    OPEN_MEETING = "open_meeting", "开会", "open the meeting"
    CLOSE_MEETING = "close_meeting", "散会", "close the meeting"
    CANCEL_MEETING = "cancel_meeting", "取消会议", "cancel the meeting"


class Matter(Term):
    """What a resolution is about: how great a majority it takes is policy."""

    ORDINARY = "ordinary", "一般事项", "ordinary"
    POLICY = "policy", "本地参数与制度", "local parameters"
    BUDGET = "budget", "预算与分配", "budget"
    PERSONNEL = "personnel", "人事", "personnel"
    CHARTER = "charter", "章程修改", "charter"
    MEMBERSHIP = "membership", "成员加入与退出", "membership"


class Majority(Term):
    SIMPLE = "simple", "过半数", "simple majority"
    TWO_THIRDS = "two_thirds", "三分之二以上", "two thirds"
    UNANIMOUS = "unanimous", "一致", "unanimous"


class Ballot(Term):
    OPEN = "open", "记名表决", "open ballot"
    SECRET = "secret", "无记名投票", "secret ballot"


class Choice(Term):
    FOR = "for", "赞成", "for"
    AGAINST = "against", "反对", "against"
    ABSTAIN = "abstain", "弃权", "abstain"
    RECUSED = "recused", "回避", "recused for conflict of interest"
    SEALED = "sealed", "已投票", "cast in secret"


class ResolutionState(Term):
    PROPOSED = "proposed", "已提出", "proposed"
    VOTING = "voting", "表决中", "put to the vote"
    ADOPTED = "adopted", "已通过", "adopted"
    REJECTED = "rejected", "未通过", "rejected"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    REVOKED = "revoked", "已废止", "revoked"


class ResolutionVerb(Term):
    PUT_TO_VOTE = "put_to_vote", "付诸表决", "put to the vote"
    ADOPT = "adopt", "通过", "adopt"
    REJECT = "reject", "不通过", "reject"
    WITHDRAW = "withdraw", "撤回", "withdraw"
    REVOKE = "revoke", "废止", "revoke"


@dataclass(frozen=True)
class DocumentText:
    """What a document says: its parties by id, and its clauses as (kind, party id or None for all, text) in their order."""

    kind: str
    title: str
    effective_from: date
    effective_until: date | None
    parties: tuple[int, ...]
    clauses: tuple[tuple[str, int | None, str], ...]


@dataclass(frozen=True)
class Edition:
    """The local edition a resolution is to put in force: policy code, first day as ISO text, plain values, the edition it corrects."""

    code: str
    effective_from: str
    values: Mapping[str, object]
    corrects: str = ""


@dataclass(frozen=True)
class Motion:
    """What is moved: title, wording, matter, ballot; the edition it would put in force, or the number of the resolution it would revoke."""

    title: str
    text: str
    matter: str
    ballot: str = "open"
    edition: Edition | None = None
    revokes: str = ""


#: What each journal word of this room is called on pages.
JOURNAL = {
    "governance.drafted": "起草文件", "governance.revised": "修改文件", "governance.amended": "起草新版", "governance.attached": "附上文件",
    "governance.circulated": "送签文件", "governance.recalled": "退回修改", "governance.signed": "登记签署", "governance.brought_into_force": "文件生效",
    "governance.superseded": "以新版替代", "governance.ended": "终止文件", "governance.discarded": "文件作废", "governance.document_expiring": "文件将到期",
    "governance.council_founded": "设立治理机构", "governance.seated": "委员就任", "governance.unseated": "委员离任",
    "governance.convened": "召集会议", "governance.item_added": "列入议程", "governance.attendance_taken": "登记到会",
    "governance.meeting_opened": "开会", "governance.meeting_closed": "散会", "governance.meeting_cancelled": "取消会议",
    "governance.proposed": "提出议案", "governance.put_to_vote": "付诸表决", "governance.voted": "表决", "governance.adopted": "议案通过",
    "governance.rejected": "议案未通过", "governance.withdrawn": "撤回议案", "governance.revoked": "废止决议",
    "governance.edition_enacted": "本地版本生效入册", "governance.stamped": "上传印章图样", "governance.paper_issued": "签发版式文件",
    "governance.evidence_linked": "关联佐证", "governance.evidence_removed": "撤下佐证",
}  # fmt: skip
