"""Leaving a message to a person in the outbox, by the gateway of their institution or of the lead hospital."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.gateways.messaging.sending import composed
from yilianti.gateways.outbound import api as outbound
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.registry.institutions import api as institutions

TEXTS = "inbox.messages"
NO_GATEWAY = "没有可用的网关：请管理员在“外发消息”的“目的地”里登记，并勾选“待办与通知”"


@transaction.atomic
def send(
    *, actor: Actor, channel: str, institution: int, phone: str, text: str, values: Mapping[str, str | int], about: str, key: str, at: datetime
) -> None:
    """Queue one message, once per key; without any gateway the journal says so, and who asked hears of it.

    `text` names a template of the policy `inbox.messages`; only its own words and the values reach the telephone.
    """
    words = policybook.in_force(TEXTS, timezone.localdate(at), institutions.scope_of(institution, at))["texts"][text].format(**values)
    send_words(actor=actor, channel=channel, institution=institution, phone=phone, words=words, about=about, key=key, at=at)


@transaction.atomic
def send_words(
    *, actor: Actor, institution: int, phone: str, words: str, about: str, key: str, at: datetime, channel: str = outbound.Channel.SMS.value,
    not_before: datetime | None = None, resident: int | None = None, caused_by: int | None = None,
) -> None:  # fmt: skip
    """The same in the caller's own words, which are ruled by a policy of its room; `not_before` lets a message wait for the morning."""
    gateway = _gateway(institution, institutions.scope_of(institution, at).consortium, channel, at)
    if gateway is None or not phone:
        journal.write("messaging.unsent", actor=actor, at=at, subject=f"messaging:{key}", to_institution=institution, facts={"about": about, "channel": channel})
        return
    outbound.enqueue(actor=actor, destination=gateway.pk, kind=channel, key=key, subject=about, payload=composed(outbound.control_id(key), phone, words), at=at,
                     not_before=not_before, resident=resident, caused_by=caused_by)  # fmt: skip


def _gateway(institution: int, consortium: str, channel: str, at: datetime) -> outbound.Destination | None:
    """The institution's own gateway, else the lead hospital's."""
    lead = institutions.lead_of(consortium, timezone.localdate(at))
    for place in dict.fromkeys([institution, lead.id if lead else institution]):
        if found := outbound.wanting(place, channel, outbound.Event.NOTICE.value):
            return found[-1]  # the one registered last: a new gateway takes over from the old
    return None
