"""The steps of a package: the finance office drafts, the bureau fixes and pays, the settlement closes."""

from yilianti.kernel.lifecycle import Lifecycle, row
from yilianti.settlement.budget.terms import State, Verb

PACKAGE = Lifecycle(
    "包干总额", "drafted", State, Verb,
    row("amend",              "drafted", "drafted", "finance", "budget.amended"),
    row("fix",                "drafted", "fixed",   "bureau",  "budget.fixed"),
    row("revise",             "fixed",   "fixed",   "bureau",  "budget.revised"),
    row("pay",                "fixed",   "fixed",   "bureau",  "budget.paid"),
    row("correct_payment",    "fixed",   "fixed",   "bureau",  "budget.payment_corrected"),
    row("set_aside",          "fixed",   "fixed",   "bureau",  "budget.set_aside"),
    row("withdraw_set_aside", "fixed",   "fixed",   "bureau",  "budget.set_aside_withdrawn"),
    row("reckon_month",       "fixed",   "fixed",   "finance", "budget.reckoned"),
    row("close",              "fixed",   "closed",  "system",  "budget.closed"),
)  # fmt: skip
