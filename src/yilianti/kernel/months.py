"""Months, on the calendar of the installation; each is named by its first day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone


def month_of(moment: datetime) -> date:
    """The month in which the moment lies."""
    return timezone.localdate(moment).replace(day=1)


def after(month: date) -> date:
    """The month that follows."""
    return (month + timedelta(days=32)).replace(day=1)


def span(month: date) -> tuple[datetime, datetime]:
    """The moments from which, and before which, it lasts."""
    zone = timezone.get_default_timezone()
    return tuple(datetime(day.year, day.month, 1, tzinfo=zone) for day in (month, after(month)))  # type: ignore[return-value]


def deciding_day(month: date, today: date) -> date:
    """The day whose rules hold for a month: its last, or today while it lasts."""
    return max(month, min(after(month) - timedelta(days=1), today))
