"""The door of supervision."""

from yilianti.settlement.supervision.actions import mark_changed, remind_due, scan_due, scan_month
from yilianti.settlement.supervision.queries import of_claim
from yilianti.settlement.supervision.tables import KnowledgePoints

__all__ = ["KnowledgePoints", "mark_changed", "of_claim", "remind_due", "scan_due", "scan_month"]
