"""Who is signed with a family-doctor team, and until when, is known to referral, so that its form says so."""

from __future__ import annotations

from dataclasses import asdict

from yilianti.care.contract import api as contract
from yilianti.care.referral import api as referral
from yilianti.kernel.models import JournalEntry

WORDS = ("contract.signed", "contract.renewed", "contract.changed", "contract.ended", "contract.expired")


def hand_over(entry: JournalEntry) -> None:
    """The contract as it stands now, whichever step told of it."""
    referral.note_signed(**asdict(contract.outline(entry.facts["number"])), at=entry.at)
