"""The door of schedules: appointments as hospitals report them, and places that can be taken."""

from yilianti.capacity.schedules.actions import (
    book,
    cancel,
    confirm,
    count_beds,
    exchange,
    extend,
    hold,
    lapse_due,
    miss,
    modify,
    open_schedule,
    release,
    reschedule,
    use,
)
from yilianti.capacity.schedules.models import Reservation
from yilianti.capacity.schedules.places import (
    beds,
    free_at,
    free_slots,
    held_between,
    next_free,
    reservation,
)
from yilianti.capacity.schedules.terms import Beds, FreeSlot, Said, Session

__all__ = [
    "Beds", "FreeSlot", "Reservation", "Said", "Session", "beds", "book", "cancel", "confirm", "count_beds", "exchange", "extend", "free_at", "free_slots", "held_between", "hold", "lapse_due", "miss",
    "modify", "next_free", "open_schedule", "release", "reschedule", "reservation", "use",
]  # fmt: skip
