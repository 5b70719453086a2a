"""Who waits for whom on one referral, and until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yilianti.care.referral.models import Question, Referral
from yilianti.care.referral.pages import showing
from yilianti.care.referral.rules import promises
from yilianti.care.referral.rules.promises import Promise
from yilianti.care.referral.terms import Side

_WAITING = {
    Promise.APPROVAL: "{sender}的申请医生在等本方审批人审批",
    Promise.ANSWER: "{sender}在等{receiver}答复",
    Promise.DEPARTMENT: "{receiver}转诊办在等{department}接收或退回",
    Promise.COMPLETION: "{receiver}在等{sender}补充后再提交",
    Promise.REDIRECT: "{receiver}在等{sender}征求患者是否同意改转",
    Promise.ADVICE: "{receiver}在等{sender}采纳意见或改为转诊",
    Promise.ARRIVAL: "{receiver}在等患者按约到院，由{sender}联系患者",
    Promise.OUTCOME: "医共体在等{sender}登记患者在网外的去向",
    Promise.FOLLOW_UP: "{sender}在等{receiver}确认首次随访",
}
_ASKED = {Side.SENDER: "{sender}在等{receiver}回复追问", Side.RECEIVER: "{receiver}在等{sender}回复追问"}


def owed(referral: Referral, now: datetime) -> list[dict[str, Any]]:
    """What the state makes owed, and the question that waits for a reply; no statement of its own."""
    found = []
    promise = promises.promise_of(referral.state, referral.goes_home)
    if promise is not None and referral.due_at is not None:
        found.append({"said": _said(_WAITING[promise], referral), "left": showing.left(promise, referral.due_at, now)})
    question = _question(referral)
    if question is not None and question.due_at is not None:
        found.append({"said": _said(_ASKED[Side(question.asked_by)], referral), "left": showing.left(Promise.QUESTION, question.due_at, now)})
    return found


def _said(sentence: str, referral: Referral) -> str:
    return sentence.format(sender=referral.from_institution.short_name, receiver=referral.to_institution.short_name,
                           department=referral.to_department.name if referral.to_department else "科室")  # fmt: skip


def _question(referral: Referral) -> Question | None:
    return getattr(referral, "question", None)  # one to one: absent where nobody asked
