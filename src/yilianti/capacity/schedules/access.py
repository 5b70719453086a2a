"""Who sees the book, who keeps it, who takes a place in it."""

VIEW, KEEP, RESERVE = "schedules.view", "schedules.keep", "schedules.reserve"
