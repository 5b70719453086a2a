"""A council has adopted a resolution: the edition it carries, if any, is written into the county's own policies."""

from __future__ import annotations

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.governance import api as governance

WORD = "governance.adopted"


def hand_over(entry: JournalEntry) -> None:
    """Write it once; a kill on the way is mended by the next delivery."""
    governance.enact(actor=acting.on_behalf_of(entry), number=entry.facts["number"], at=entry.at)
