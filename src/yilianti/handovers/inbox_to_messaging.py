"""Whom the inbox wants to reach outside the platform is sent a message by the county's gateway."""

from __future__ import annotations

from dataclasses import asdict

from yilianti.gateways.messaging import api as messaging
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox

WORDS = ("inbox.called", "inbox.code_asked", "inbox.digested")


def hand_over(entry: JournalEntry) -> None:
    """Queue it, once per entry."""
    message = inbox.message_for(entry.word, entry.facts, entry.at)
    messaging.send(actor=acting.on_behalf_of(entry), key=f"inbox:{entry.id}", at=entry.at, **asdict(message))
