"""Council members are told of meetings and asked to vote; the office is told what expires."""

from __future__ import annotations

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox


def convened(entry: JournalEntry) -> None:
    held_at = parse_datetime(entry.facts["held_at"])
    when = f"{timezone.localtime(held_at):%m月%d日 %H:%M}" if held_at else ""
    for person, institution in entry.facts["people"]:
        inbox.notify(key=f"{entry.id}:{person}", institution_id=institution, person_id=person, title=f"{when} 开会：{entry.facts['title']}"[:120],
                     link=f"/governance/meetings/{entry.facts['number']}/", subject=entry.subject, at=entry.at)  # fmt: skip


def put_to_vote(entry: JournalEntry) -> None:
    for person, institution in entry.facts["people"]:
        inbox.ask(key=f"{entry.id}:{person}", institution_id=institution, person_id=person, title=f"请表决：{entry.facts['title']}"[:120],
                  link=f"/governance/resolutions/{entry.facts['number']}/", subject=entry.subject, at=entry.at)  # fmt: skip


def decided(entry: JournalEntry) -> None:
    inbox.complete(subject=entry.subject, actor=acting.on_behalf_of(entry), at=entry.at)


def expiring(entry: JournalEntry) -> None:
    if entry.to_institution is not None:
        inbox.notify(key=f"{entry.id}:office", institution_id=entry.to_institution, role="consortium_manager", title=f"{entry.facts['title']}将于 {entry.facts['until']} 到期"[:120],
                     link=f"/governance/documents/{entry.facts['number']}/", subject=entry.subject, at=entry.at)  # fmt: skip


ACTS = {
    "governance.convened": convened, "governance.put_to_vote": put_to_vote, "governance.adopted": decided, "governance.rejected": decided,
    "governance.withdrawn": decided, "governance.document_expiring": expiring,
}  # fmt: skip
WORDS = tuple(ACTS)


def hand_over(entry: JournalEntry) -> None:
    """Tell whom it concerns."""
    ACTS[entry.word](entry)
