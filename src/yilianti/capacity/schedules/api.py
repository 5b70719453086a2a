"""The door of schedules: appointments as hospitals report them, places that can be taken, and the lines of who waits for one."""

from yilianti.capacity.schedules.actions import (
    book,
    cancel,
    confirm,
    count_beds,
    decline_offer,
    exchange,
    extend,
    hold,
    join,
    lapse_due,
    leave,
    miss,
    modify,
    open_schedule,
    pass_on_due,
    release,
    reschedule,
    take_offer,
    unuse,
    use,
)
from yilianti.capacity.schedules.line import (
    lengths,
    standing,
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
from yilianti.capacity.schedules.terms import (
    BedKind,
    Beds,
    FreeSlot,
    InLine,
    Said,
    Session,
)

__all__ = [
    "BedKind", "Beds", "FreeSlot", "InLine", "Reservation", "Said", "Session", "beds", "book", "cancel", "confirm", "count_beds", "decline_offer", "exchange",
    "extend", "free_at", "free_slots", "held_between", "hold", "join", "lapse_due", "leave", "lengths", "miss", "modify", "next_free",
    "open_schedule", "pass_on_due", "release", "reschedule", "reservation", "standing", "take_offer", "unuse", "use",
]  # fmt: skip
