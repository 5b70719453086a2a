"""What is done about suspicions."""

from yilianti.settlement.supervision.actions.deciding import ask, clear, confirm, recover, reopen, withdraw
from yilianti.settlement.supervision.actions.explaining import explain
from yilianti.settlement.supervision.actions.marking import ask_scan, mark_changed
from yilianti.settlement.supervision.actions.reminding import remind_due
from yilianti.settlement.supervision.actions.scanning import scan_due, scan_month

__all__ = ["ask", "ask_scan", "clear", "confirm", "explain", "mark_changed", "recover", "remind_due", "reopen", "scan_due", "scan_month", "withdraw"]
