"""The tables of steps: of an appointment, as hospitals tell it, and of a place that is reserved here."""

from yilianti.capacity.schedules.terms import ReservationState, ReservationVerb, State, Verb
from yilianti.kernel.lifecycle import Lifecycle, row

APPOINTMENT = Lifecycle(
    "预约", "booked", State, Verb,
    row("reschedule", "booked|cancelled|no_show", "booked",    "hospital_system", "schedules.rescheduled"),
    row("modify",     "booked",                   "booked",    "hospital_system", "schedules.modified"),
    row("cancel",     "booked|no_show",           "cancelled", "hospital_system", "schedules.cancelled"),
    row("miss",       "booked",                   "no_show",   "hospital_system", "schedules.missed"),
)  # fmt: skip

RESERVATION = Lifecycle(
    "预留", "held", ReservationState, ReservationVerb,
    row("extend",  "held|lapsed",           "held",      "reserving_side", "schedules.extended"),
    row("exchange", "held|lapsed|confirmed", "held",     "reserving_side", "schedules.exchanged"),
    row("confirm", "held|lapsed",           "confirmed", "keeping_side",   "schedules.confirmed"),
    row("use",     "held|confirmed",        "used",      "keeping_side",   "schedules.used"),
    row("release", "held|confirmed",        "released",  "reserving_side", "schedules.released"),
    row("lapse",   "held",                  "lapsed",    "system",         "schedules.lapsed"),
)  # fmt: skip
