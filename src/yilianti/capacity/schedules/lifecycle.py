"""The one table of steps of an appointment."""

from yilianti.capacity.schedules.terms import State, Verb
from yilianti.kernel.lifecycle import Lifecycle, row

APPOINTMENT = Lifecycle(
    "预约", "booked", State, Verb,
    row("reschedule", "booked|cancelled|no_show", "booked",    "hospital_system", "schedules.rescheduled"),
    row("modify",     "booked",                   "booked",    "hospital_system", "schedules.modified"),
    row("cancel",     "booked|no_show",           "cancelled", "hospital_system", "schedules.cancelled"),
    row("miss",       "booked",                   "no_show",   "hospital_system", "schedules.missed"),
)  # fmt: skip
