"""The steps of an encounter as hospital systems report them."""

from yilianti.kernel.lifecycle import Lifecycle, row
from yilianti.record.encounters.terms import State, Verb

ENCOUNTER = Lifecycle(
    "就诊", "open", State, Verb,
    row("open_encounter", "cancelled", "open", "hospital_system", "encounter.opened"),
    row("transfer", "open", "open", "hospital_system", "encounter.transferred"),
    row("close", "open", "closed", "hospital_system", "encounter.closed"),
    row("cancel_open", "open", "cancelled", "hospital_system", "encounter.open_cancelled"),
    row("cancel_close", "closed", "open", "hospital_system", "encounter.reopened"),
)
