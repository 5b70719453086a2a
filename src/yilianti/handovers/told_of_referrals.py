"""What each step of a referral says to whom: read by `referral_to_inbox`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Telling(NamedTuple):
    """To whom ("to", "from", "approver", "department", "other" end, or whom the entry itself names as "told"), as a task or a notice, in which words."""

    side: str
    is_task: bool
    title: str
    #: a fact of the entry that makes it needless
    unless: str = ""


TELLINGS: dict[str, tuple[Telling, ...]] = {
    "referral.submitted": (Telling("to", True, "转诊单 {number} 待答复"),),
    "referral.redirected": (Telling("to", True, "改转来的转诊单 {number} 待答复"), Telling("from", False, "转诊单 {number} 已改转其他机构")),
    "referral.approval_asked": (Telling("approver", True, "转诊单 {number} 待审批"),),
    "referral.approved": (Telling("to", True, "转诊单 {number} 待答复"), Telling("from", False, "转诊单 {number} 已审批，发往接收方")),
    "referral.sent_out": (Telling("from", True, "转诊单 {number} 的患者转往网外，请随访去向"),),
    "referral.disapproved": (Telling("from", True, "转诊单 {number} 未获审批，请处理"),),
    "referral.outcome_noted": (),
    "referral.said": (Telling("other", False, "转诊单 {number} 有新的追问或回复"),),
    "referral.patient_untold": (Telling("from", False, "转诊单 {number}：短信没能告知患者，请当面或打电话告知"),),
    "referral.assigned": (Telling("department", True, "转诊单 {number} 待科室答复"),),
    "referral.handed_back": (Telling("to", True, "转诊单 {number} 被科室退回，待转诊办公室答复"),),
    "referral.redirect_proposed": (Telling("from", True, "转诊单 {number}：接收方建议改转，请征求患者意见"),),
    "referral.redirect_refused": (Telling("from", True, "转诊单 {number}：患者不同意改转，请重新选择或撤回"),),
    "referral.advised": (Telling("from", True, "转诊单 {number} 已有诊疗意见，请采纳或改为转诊"),),
    "referral.adopted": (Telling("to", False, "转诊单 {number} 的意见已采纳，患者不必前往"),),
    "referral.converted": (Telling("to", True, "转诊单 {number} 由意见咨询改为转诊，待答复"),),
    "referral.recalled": (Telling("from", False, "转诊单 {number} 的患者病情有变，已再次上转"),),
    "referral.sent_back": (Telling("from", True, "转诊单 {number} 被退回，请补充"),),
    "referral.accepted": (Telling("from", False, "转诊单 {number} 已接收，请通知患者按约到院"),),
    "referral.declined": (Telling("from", False, "转诊单 {number} 未被接收"),),
    "referral.withdrawn": (Telling("to", False, "转诊单 {number} 已由转出方撤回"),),
    "referral.arrived": (Telling("from", False, "转诊单 {number} 的患者已到院"),),
    "referral.arrival_undone": (Telling("from", False, "转诊单 {number} 的到院登记已撤销"),),
    "referral.lapsed": (Telling("from", True, "转诊单 {number} 逾期未到院，请联系患者"),),
    "referral.discharged": (Telling("from", False, "转诊单 {number} 的患者已出院"), Telling("to", True, "转诊单 {number} 已出院，请发起下转或办结", unless="way_home")),
    "referral.discharge_undone": (Telling("from", False, "转诊单 {number} 的出院登记已撤销"),),
    "referral.discharge_disputed": (Telling("to", True, "转诊单 {number}：系统撤销了出院，但下转单在途，请核对"),),
    "referral.arrival_questioned": (Telling("to", True, "有到院患者对应多张转诊单，请核对"),),
    "referral.offered_home": (),
    "referral.followed_up": (Telling("from", False, "转诊单 {number} 的患者已完成首次随访，全程办结"),),
    "referral.concluded": (),
    "referral.arrival_answered": (),
}

#: What the clock says, and what a question asks, by what is owed: a task for whom the entry names.
OWED: dict[str, dict[str, str]] = {
    "referral.said": {"question": "转诊单 {number} 有追问，请回复"},
    "referral.reminded": {
        "approval": "转诊单 {number} 即将超过审批时限",
        "answer": "转诊单 {number} 即将超过答复时限",
        "department": "转诊单 {number} 即将超过科室答复时限",
        "question": "转诊单 {number} 的追问即将超过回复时限",
        "completion": "转诊单 {number} 被退回，即将超过补充时限",
        "redirect": "转诊单 {number} 建议改转，即将超过征求患者意见的时限",
        "advice": "转诊单 {number} 已有意见，即将超过采纳或改为转诊的时限",
        "arrival": "转诊单 {number} 的患者尚未到院，请联系患者",
        "outcome": "转诊单 {number} 的患者在网外，即将超过登记去向的时限",
        "follow_up": "转诊单 {number} 的首次随访即将到期",
    },
    "referral.escalated": {
        "approval": "转诊单 {number} 超过审批时限仍未审批",
        "answer": "转诊单 {number} 超过答复时限仍无人答复",
        "department": "转诊单 {number} 超过科室答复时限仍未答复",
        "question": "转诊单 {number} 的追问超过时限仍无人回复",
        "completion": "转诊单 {number} 被退回，超过时限仍未补充",
        "redirect": "转诊单 {number} 建议改转，超过时限仍未征得患者意见",
        "advice": "转诊单 {number} 已有意见，超过时限仍未采纳或改为转诊",
        "arrival": "转诊单 {number} 的患者过了预约时间仍未到院",
        "outcome": "转诊单 {number} 的患者在网外，超过时限仍未登记去向",
        "follow_up": "转诊单 {number} 的首次随访已过期",
    },
}


def tellings(word: str, facts: Mapping[str, Any]) -> tuple[Telling, ...]:
    """What an entry says to whom."""
    owed = OWED.get(word, {}).get(facts.get("promise", "")) if "told" in facts else None
    return (Telling("told", True, owed),) if owed else TELLINGS.get(word, ())
