"""What is done to appointments, sessions, beds and reservations."""

from yilianti.capacity.schedules.actions.appointments import book, cancel, miss, modify, reschedule
from yilianti.capacity.schedules.actions.handing_on import pass_on_due
from yilianti.capacity.schedules.actions.keeping import close_schedule, count_beds, open_schedule
from yilianti.capacity.schedules.actions.reserving import (
    confirm,
    exchange,
    extend,
    hold,
    lapse,
    lapse_due,
    release,
    unuse,
    use,
)
from yilianti.capacity.schedules.actions.waiting import decline_offer, join, leave, remove, take_offer

__all__ = [
    "book", "cancel", "close_schedule", "confirm", "count_beds", "decline_offer", "exchange", "extend", "hold", "join", "lapse",
    "lapse_due", "leave", "miss", "modify", "open_schedule", "pass_on_due", "release", "remove", "reschedule", "take_offer", "unuse", "use",
]  # fmt: skip
