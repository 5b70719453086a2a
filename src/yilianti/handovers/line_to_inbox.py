"""A place that has come up is a task for who put the patient on the list; what becomes of it ends the task and is told to them."""

from __future__ import annotations

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox

#: journal word → what the sender's side is told ("" where their own act says it)
TOLD = {
    "schedules.offered": "{about}排到名额：{place}，请尽快答复",
    "schedules.passed_over": "{about}的名额未在时限内答复，已让给下一位；仍在排队",
    "schedules.dropped": "{about}多次未答复，已不再排队；需要时请重新加入",
    "schedules.removed": "{about}已由接收方移出候补",
    "schedules.offer_taken": "", "schedules.offer_declined": "", "schedules.line_left": "",
}  # fmt: skip
WORDS = tuple(TOLD)
#: the one that asks for an answer; handed over twice it is still owed
ASKED = "schedules.offered"


def hand_over(entry: JournalEntry) -> None:
    """Finish the task this step answers, then tell the sender's side what has come up or was decided without them."""
    facts, referral = entry.facts, str(entry.facts["for"]).removeprefix("referral:")
    if entry.word != ASKED:
        inbox.complete(subject=entry.subject, actor=acting.on_behalf_of(entry), at=entry.at)
    if not TOLD[entry.word]:
        return
    title = TOLD[entry.word].format(about=f"转诊单 {referral} 的候补" if referral else f"候补 {facts['number']} ", place=facts.get("place", ""))
    link = f"/referrals/{referral}/" if referral else "/schedules/waiting/?box=ours"
    send = inbox.ask if entry.word == ASKED else inbox.notify
    send(key=f"{entry.id}:asker", institution_id=int(entry.from_institution or 0), title=title, link=link, subject=entry.subject, at=entry.at)
