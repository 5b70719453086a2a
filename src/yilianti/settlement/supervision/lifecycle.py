"""The steps of a suspicion: the institution is heard before the bureau decides against it."""

from yilianti.kernel.lifecycle import Lifecycle, row
from yilianti.settlement.supervision.terms import State, Verb

SUSPICION = Lifecycle(
    "线索", "raised", State, Verb,
    row("explain",   "raised|explained",              "explained",  "office",   "supervision.explained"),
    row("ask",       "explained",                     "raised",     "bureau",   "supervision.asked"),
    row("clear",     "raised|explained",              "cleared",    "bureau",   "supervision.cleared"),
    row("confirm",   "raised|explained",              "confirmed",  "bureau",   "supervision.confirmed"),
    row("recover",   "confirmed",                     "recovered",  "bureau",   "supervision.recovered"),
    row("withdraw",  "raised|explained",              "withdrawn",  "bureau",   "supervision.withdrawn"),
    row("reopen",    "cleared|confirmed|withdrawn",   "raised",     "bureau",   "supervision.reopened"),
    row("supersede", "raised|explained",              "superseded", "system",   "supervision.superseded"),
)  # fmt: skip
