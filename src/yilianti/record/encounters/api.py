"""The door of encounters: what hospital systems report, and what may be read of it."""

from yilianti.record.encounters.access import REASONS, hidden_from, purpose_of, readable, sharing
from yilianti.record.encounters.actions import amend, cancel_close, cancel_open, close, open_encounter, reseal, transfer
from yilianti.record.encounters.facts import FACTS
from yilianti.record.encounters.queries import (
    hidden_count,
    in_house,
    line,
    portable,
    recent_diagnoses,
    stay_of,
    timeline,
    visit,
    visit_of,
)
from yilianti.record.encounters.terms import (
    Diagnosis,
    EncounterContent,
    Filed,
    Happening,
    Kind,
    Narrowing,
    Sharing,
    Stay,
    Visit,
)

__all__ = [
    "Diagnosis", "EncounterContent", "FACTS", "Filed", "Happening", "Kind", "Narrowing", "REASONS", "Sharing",
    "Stay", "Visit",
    "amend", "cancel_close", "cancel_open", "close", "hidden_count", "hidden_from", "in_house", "line", "open_encounter",
    "portable", "purpose_of", "readable", "recent_diagnoses", "reseal", "sharing", "stay_of", "timeline", "transfer", "visit", "visit_of",
]
