"""What is done about packages."""

from yilianti.settlement.budget.actions.closing import close, hold, release
from yilianti.settlement.budget.actions.drafting import amend, draft
from yilianti.settlement.budget.actions.fixing import fix, revise
from yilianti.settlement.budget.actions.paying import correct_payment, pay, remind_due
from yilianti.settlement.budget.actions.reckoning import reckon_due, reckon_month
from yilianti.settlement.budget.actions.setting_aside import set_aside, withdraw_set_aside

__all__ = ["amend", "close", "correct_payment", "draft", "fix", "hold", "pay", "reckon_due", "reckon_month", "release", "remind_due", "revise", "set_aside", "withdraw_set_aside"]
