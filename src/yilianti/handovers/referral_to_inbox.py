"""Each step of a referral tells whoever has to know: a task for the one who must act, a notice for the other side."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox
from yilianti.registry.institutions import api as institutions


class Telling(NamedTuple):
    """To which side ("to", "from", "manager"), as a task or a notice, in which words."""

    side: str
    is_task: bool
    title: str


TELLINGS: dict[str, tuple[Telling, ...]] = {
    "referral.submitted": (Telling("to", True, "转诊单 {number} 待答复"),),
    "referral.redirected": (Telling("to", True, "改转来的转诊单 {number} 待答复"), Telling("from", False, "转诊单 {number} 已改转其他机构")),
    "referral.sent_back": (Telling("from", True, "转诊单 {number} 被退回，请补充"),),
    "referral.accepted": (Telling("from", False, "转诊单 {number} 已接收，请通知患者按约到院"),),
    "referral.declined": (Telling("from", False, "转诊单 {number} 未被接收"),),
    "referral.withdrawn": (Telling("to", False, "转诊单 {number} 已由转出方撤回"),),
    "referral.arrived": (Telling("from", False, "转诊单 {number} 的患者已到院"),),
    "referral.arrival_undone": (Telling("from", False, "转诊单 {number} 的到院登记已撤销"),),
    "referral.lapsed": (Telling("from", True, "转诊单 {number} 逾期未到院，请联系患者"),),
    "referral.discharged": (Telling("from", False, "转诊单 {number} 的患者已出院"), Telling("to", True, "转诊单 {number} 已出院，请发起下转或办结")),
    "referral.discharge_undone": (Telling("from", False, "转诊单 {number} 的出院登记已撤销"),),
    "referral.discharge_disputed": (Telling("to", True, "转诊单 {number}：系统撤销了出院，但下转单在途，请核对"),),
    "referral.reminded": (Telling("to", False, "转诊单 {number} 即将超过答复时限"),),
    "referral.escalated": (Telling("manager", False, "转诊单 {number} 超过答复时限仍无人答复"),),
    "referral.arrival_questioned": (Telling("to", True, "有到院患者对应多张转诊单，请核对"),),
    "referral.offered_home": (),
    "referral.followed_up": (Telling("from", False, "转诊单 {number} 的患者已完成首次随访，全程办结"),),
    "referral.concluded": (),
    "referral.arrival_answered": (),
}
WORDS = tuple(TELLINGS)
# The clock speaks, nobody has acted: what was asked for is still owed.
ONLY_TELLING = frozenset({"referral.reminded", "referral.escalated"})
# Steps after which the receiver owes an answer by the referral's own limit.
PROMISED = frozenset({"referral.submitted", "referral.redirected"})


def hand_over(entry: JournalEntry) -> None:
    """Finish the tasks this step answers, then tell who must know."""
    if entry.word not in ONLY_TELLING:
        inbox.complete(subject=entry.subject, actor=acting.on_behalf_of(entry), at=entry.at)
    for telling in TELLINGS[entry.word]:
        _tell(entry, telling)


def _tell(entry: JournalEntry, telling: Telling) -> None:
    institution, role, person = _addressee(entry, telling.side)
    # Referrals remind and report by their own policy and promise: the inbox's ladder would say it a second time.
    send = partial(inbox.ask, escalates=entry.word not in PROMISED) if telling.is_task else inbox.notify
    number = entry.facts.get("number", "")
    link = f"/referrals/{number}/" if number else "/referrals/arrivals/"
    send(key=f"{entry.id}:{telling.side}", institution_id=institution, role=role, person_id=person, title=telling.title.format(number=number),
         link=link, subject=entry.subject, at=entry.at)  # fmt: skip


def _addressee(entry: JournalEntry, side: str) -> tuple[int, str, int | None]:
    """(institution, role, person): the sender is a person, the receiver whoever answers there, the manager the lead hospital's."""
    if side == "from":
        return int(entry.from_institution or 0), "", entry.facts.get("sender")
    if side == "manager":
        return institutions.led_by(int(entry.to_institution or 0), entry.at), "consortium_manager", None
    return int(entry.to_institution or 0), entry.facts["to_role"], None
