"""The tables of steps: of an appointment, as hospitals tell it, of a place that is reserved here, and of somebody who waits for one."""

from yilianti.capacity.schedules.terms import ReservationState, ReservationVerb, State, Verb, WaitingState, WaitingVerb
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
    row("unuse",   "used",                  "confirmed", "keeping_side",   "schedules.use_undone"),
    row("release", "held|confirmed",        "released",  "reserving_side", "schedules.released"),
    row("lapse",   "held",                  "lapsed",    "system",         "schedules.lapsed"),
    row("book",    "held|lapsed|confirmed", "confirmed", "hospital_system", "schedules.place_booked"),
    row("move",    "held|lapsed|confirmed", "confirmed", "hospital_system", "schedules.place_moved"),
    row("withdraw", "held|confirmed",       "released",  "hospital_system", "schedules.place_withdrawn"),
)  # fmt: skip

WAITING = Lifecycle(
    "候补", "waiting", WaitingState, WaitingVerb,
    row("offer",         "waiting",         "offered", "system",         "schedules.offered"),
    row("take_offer",    "offered",         "placed",  "reserving_side", "schedules.offer_taken"),
    row("decline_offer", "offered",         "waiting", "reserving_side", "schedules.offer_declined"),
    row("pass_over",     "offered",         "waiting", "system",         "schedules.passed_over"),
    row("drop",          "offered",         "dropped", "system",         "schedules.dropped"),
    row("leave",         "waiting|offered", "left",    "reserving_side", "schedules.line_left"),
    row("remove",        "waiting|offered", "removed", "keeping_side",   "schedules.removed"),
)  # fmt: skip
