"""Period: half-open spans of days or moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period:
    """Days from `from_on` up to, not including, `until_on`; an open end is None."""

    from_on: date
    until_on: date | None = None

    def __post_init__(self) -> None:
        if self.until_on is not None and self.until_on <= self.from_on:
            raise ValueError(f"period ends ({self.until_on}) before it starts ({self.from_on})")

    def __contains__(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day < self.until_on)

    def overlaps(self, other: Period) -> bool:
        """True when at least one day lies in both."""
        starts_before_other_ends = other.until_on is None or self.from_on < other.until_on
        other_starts_before_end = self.until_on is None or other.from_on < self.until_on
        return starts_before_other_ends and other_starts_before_end
