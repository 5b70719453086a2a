"""A destination that falls silent, or a message that stands still, becomes a task of the administrators of the lead hospital."""

from __future__ import annotations

from django.utils import timezone

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox
from yilianti.registry.institutions import api as institutions


def silent(entry: JournalEntry) -> None:
    inbox.ask(key=f"{entry.id}:silent", institution_id=_place(entry), role="administrator", title=f"外发目的地“{entry.facts['name']}”中断，消息在等待",
              link="/outbound/destinations", subject=entry.subject, at=entry.at)  # fmt: skip


def recovered(entry: JournalEntry) -> None:
    inbox.complete(actor=acting.on_behalf_of(entry), subject=entry.subject, at=entry.at)


def parked(entry: JournalEntry) -> None:
    """One task a day and destination, however many messages stand still there."""
    destination, day = entry.facts["destination"], timezone.localdate(entry.at)
    inbox.ask(key=f"outbound_parked:{destination}:{day}", institution_id=_place(entry), role="administrator", title="有外发消息停下，等人处理",
              link=f"/outbound/?state=parked&destination={destination}", subject=f"outbound_parked:{destination}", at=entry.at)  # fmt: skip


def _place(entry: JournalEntry) -> int:
    """The lead hospital, whose administrators look after interfaces; else the institution itself."""
    return institutions.led_by(int(entry.to_institution or 0), entry.at)


ACTS = {"outbound.destination_silent": silent, "outbound.destination_recovered": recovered, "outbound.parked": parked}
WORDS = tuple(ACTS)


def hand_over(entry: JournalEntry) -> None:
    """Ask, or see it done."""
    ACTS[entry.word](entry)
