"""What is done to appointments, sessions, beds and reservations."""

from yilianti.capacity.schedules.actions.appointments import book, cancel, miss, modify, reschedule
from yilianti.capacity.schedules.actions.keeping import close_schedule, count_beds, open_schedule
from yilianti.capacity.schedules.actions.reserving import (
    confirm,
    exchange,
    extend,
    hold,
    lapse,
    lapse_due,
    release,
    use,
)

__all__ = [
    "book", "cancel", "close_schedule", "confirm", "count_beds", "exchange", "extend", "hold", "lapse", "lapse_due", "miss", "modify", "open_schedule",
    "release", "reschedule", "use",
]  # fmt: skip
