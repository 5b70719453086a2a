"""The two tables of steps: of an examination, and of a critical value."""

from yilianti.care.diagnosis.terms import CriticalState, CriticalVerb, State, Verb
from yilianti.kernel.lifecycle import Lifecycle, row

EXAM = Lifecycle(
    "检查", "ordered", State, Verb,
    row("acquire",    "ordered|acquired|rejected",          "acquired",   "recorder", "diagnosis.acquired"),
    row("send",       "acquired",                           "queued",     "recorder", "diagnosis.sent"),
    row("cancel",     "ordered|acquired|rejected|queued",   "cancelled",  "recorder", "diagnosis.cancelled"),
    row("revise",     "ordered|acquired|rejected|queued",   "",           "recorder", "diagnosis.revised"),
    row("claim",      "queued|reading",                     "reading",    "reader",   "diagnosis.claimed"),
    row("release",    "reading",                            "queued",     "reader",   "diagnosis.released"),
    row("reject",     "reading|concluded",                  "rejected",   "reader",   "diagnosis.rejected"),
    row("conclude",   "reading",                            "concluded",  "reader",   "diagnosis.concluded"),
    row("refer_back", "concluded",                          "queued",     "auditor",  "diagnosis.referred_back"),
    row("issue",      "concluded",                          "issued",     "auditor",  "diagnosis.issued"),
    row("convene",    "reading|concluded",                  "conference", "reader",   "diagnosis.convened"),
    row("decide",     "conference",                         "issued",     "head",     "diagnosis.issued"),
    row("amend",      "issued",                             "issued",     "auditor",  "diagnosis.amended"),
)  # fmt: skip

CRITICAL = Lifecycle(
    "危急值", "notified", CriticalState, CriticalVerb,
    row("note_unreachable", "notified",     "notified",     "reader",   "diagnosis.critical_unreachable"),
    row("acknowledge",      "notified",     "acknowledged", "recorder", "diagnosis.critical_acknowledged"),
    row("resolve",          "acknowledged", "resolved",     "recorder", "diagnosis.critical_resolved"),
    row("correct",          "notified|acknowledged", "corrected", "system", "diagnosis.critical_changed"),
)  # fmt: skip

#: Words of the journal that move an exam; a critical value read back meanwhile does not.
STEPS = frozenset({"diagnosis.ordered", *(one.word for one in EXAM.rows)})
