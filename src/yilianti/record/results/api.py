"""The door of results: filing reports, and what may be read of them."""

from yilianti.record.results.actions import file_report, reseal
from yilianti.record.results.queries import (
    hidden_count,
    latest_reports,
    latest_results,
    line,
    measured,
    portable,
    reported_days,
    timeline,
)
from yilianti.record.results.terms import Category, Filed, GivenObservation, Measured

__all__ = [
    "Category", "Filed", "GivenObservation", "Measured",
    "file_report", "hidden_count", "latest_reports", "latest_results", "line", "measured", "portable", "reported_days", "reseal", "timeline",
]
