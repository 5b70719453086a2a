"""What is to be said to whom outside the platform, for the arrow that gives it to the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac

from yilianti.registry.inbox.models import Call, Preference
from yilianti.registry.inbox.terms import Channel, Kind, Urgency
from yilianti.registry.people import api as people


@dataclass(frozen=True)
class Message:
    """One message: what it is `about` (for the report), by which channel, to which number, which text with which values."""

    about: str
    channel: str
    institution: int
    phone: str
    text: str
    values: Mapping[str, str | int]


def message_for(word: str, facts: Mapping[str, Any], at: datetime) -> Message:
    """The message that a journal entry of this room asks for."""
    return _MESSAGES[word](facts, at)


def _call(facts: Mapping[str, Any], at: datetime) -> Message:
    call = Call.objects.select_related("item").get(pk=facts["call"])
    item = call.item
    urgency = "" if item.urgency == Urgency.ROUTINE else Urgency.label(item.urgency)
    values: dict[str, str | int] = {"urgency": urgency, "kind": Kind.label(item.kind), "number": item.pk}
    return Message(f"inbox_call:{call.pk}", call.channel, item.institution_id, _phone(call.person_id), "escalated" if call.step else "item", values)


def _code(facts: Mapping[str, Any], at: datetime) -> Message:
    preference = Preference.objects.get(person=facts["person"])
    about = f"inbox_code:{preference.person_id}"
    return Message(about, Channel.SMS.value, _place(preference.person_id, at), preference.phone, "code", {"code": code_of(preference)})


def _digest(facts: Mapping[str, Any], at: datetime) -> Message:
    counts = {name: facts[name] for name in ("waiting", "urgent", "late")}
    return Message(f"inbox_digest:{facts['person']}", Channel.SMS.value, _place(facts["person"], at), _phone(facts["person"]), "digest", counts)


def code_of(preference: Preference) -> str:
    """The six digits of one request, made from the installation's secret: nothing to store, nothing to leak."""
    asked = preference.code_asked_at.isoformat() if preference.code_asked_at else ""
    made = salted_hmac("yilianti.inbox.code", f"{preference.person_id}:{preference.phone}:{asked}", algorithm="sha256").hexdigest()
    return f"{int(made, 16) % 1_000_000:06d}"


def _phone(person: int) -> str:
    """The number as confirmed; "" where there is none any more."""
    return Preference.objects.filter(person=person, phone_confirmed_at__isnull=False).values_list("phone", flat=True).first() or ""


def _place(person: int, at: datetime) -> int:
    posts = people.posts_of(person, timezone.localdate(at))
    return posts[0].institution_id if posts else 0


_MESSAGES = {"inbox.called": _call, "inbox.code_asked": _code, "inbox.digested": _digest}
