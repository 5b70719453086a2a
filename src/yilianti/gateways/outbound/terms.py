"""Outgoing messages in words: what carries them, how far they are, and what came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from yilianti.kernel.terms import Term


class Channel(Term):
    HL7V2 = "hl7v2", "HL7 v2（MLLP）", "HL7 v2 over MLLP"
    SMS = "sms", "短信网关", "SMS gateway"
    CHAT = "chat", "单位即时通讯网关", "work chat gateway"


class State(Term):
    WAITING = "waiting", "待发", "waiting"
    SENT = "sent", "已发出", "sent"
    ACKNOWLEDGED = "acknowledged", "对方已确认", "acknowledged"
    PARKED = "parked", "停下待处理", "dead letter"
    CANCELLED = "cancelled", "不再发送", "cancelled"


#: What may still leave; an earlier one of these holds back the later ones of its subject.
OPEN = (State.WAITING, State.PARKED)


class Verb(Term):
    SEND = "send", "发出", "send"
    ACKNOWLEDGE = "acknowledge", "确认", "acknowledge"
    PARK = "park", "停下", "park"
    CANCEL = "cancel", "撤销", "cancel"
    REPLAY = "replay", "重发", "send again"
    GIVE_UP = "give_up", "放弃", "give up"


class Result(Term):
    """How one attempt ended. REFUSED and FAILED are the message's fault, UNREACHABLE is the line's, UNANSWERED may be either's."""

    ACKNOWLEDGED = "acknowledged", "对方已确认", "acknowledged"
    SENT = "sent", "对方已收下，回执另行送达", "taken over, a receipt follows"
    REFUSED = "refused", "对方拒绝", "refused for good"
    FAILED = "failed", "对方未能处理", "not processed, may be tried again"
    UNANSWERED = "unanswered", "对方没有应答", "no answer in time"
    UNREACHABLE = "unreachable", "连不上对方", "destination cannot be reached"
    INTERRUPTED = "interrupted", "发送中断，结果未知", "sender stopped before the answer"


#: After these the message is tried again a few times only.
COUNTED = (Result.FAILED, Result.UNANSWERED)
#: After these nothing is sent to the destination for a while.
DOWN = (Result.UNANSWERED, Result.UNREACHABLE)


class Event(Term):
    """What a destination asks to be told."""

    REFERRAL_TO_US = "referral_to_us", "转来本机构的转诊（REF）", "referrals addressed to it"
    REFERRAL_OF_OURS = "referral_of_ours", "本机构转出的转诊的进展（RRI）", "progress of referrals it sent"
    PLACE_OF_OURS = "place_of_ours", "本机构号源上的预约（SIU）", "appointments in its slots"
    REPORT_OF_OURS = "report_of_ours", "本机构检查的诊断报告（ORU）", "reports of its examinations"
    NOTICE = "notice", "待办与通知", "notices and tasks"


EVENTS: Mapping[str, tuple[Event, ...]] = {
    Channel.HL7V2: (Event.REFERRAL_TO_US, Event.REFERRAL_OF_OURS, Event.PLACE_OF_OURS, Event.REPORT_OF_OURS), Channel.SMS: (Event.NOTICE,), Channel.CHAT: (Event.NOTICE,),
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """Where a channel sends: what the administrator wrote down about the destination; `settings` are the channel's own."""

    name: str
    institution: int
    host: str
    port: int
    tls: bool = False
    authority: str = ""
    secret: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    answer_seconds: float = 20.0


@dataclass(frozen=True)
class Outcome:
    """What one attempt came to: the result, the answer's code, and what was said (shown on the page)."""

    result: Result
    answer: str = ""
    said: str = ""


@dataclass(frozen=True)
class Carrier:
    """A channel's two functions; neither raises for the line's or the receiver's faults, and neither tries twice.

    `send(address, payload, control id)`, and `echo(address, control id)`, which writes the payload of a test message.
    """

    send: Callable[[Address, bytes, str], Outcome]
    echo: Callable[[Address, str], bytes]


#: The kind of a test message: composed when it is sent, tried once.
ECHO = "echo"

#: What each journal word of this room is called on pages.
JOURNAL = {
    "outbound.queued": "排入外发", "outbound.sent": "外发已发出", "outbound.acknowledged": "外发已确认", "outbound.parked": "外发停下",
    "outbound.cancelled": "外发撤销", "outbound.replayed": "重发外发消息", "outbound.given_up": "放弃外发消息",
    "outbound.destination_kept": "保存外发目的地", "outbound.destination_switched": "启用或停用外发目的地",
    "outbound.destination_silent": "外发目的地不通", "outbound.destination_recovered": "外发目的地恢复",
}  # fmt: skip
