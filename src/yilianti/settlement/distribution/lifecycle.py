"""The steps of a year's settlement, and of each institution's statement in it."""

from yilianti.kernel.lifecycle import Lifecycle, row
from yilianti.settlement.distribution.terms import State, StatementState, StatementVerb, Verb

SETTLEMENT = Lifecycle(
    "年度清算", "begun", State, Verb,
    row("reckon",    "begun|prepared",    "begun",     "finance", "distribution.reckoned"),
    row("prepare",   "begun",             "prepared",  "system" , "distribution.prepared"),
    row("withdraw",  "begun|prepared",    "withdrawn", "finance", "distribution.withdrawn"),
    row("approve",   "prepared",          "approved",  "head",    "distribution.approved"),
    row("send_back", "approved",          "prepared",  "bureau",  "distribution.sent_back"),
    row("post",      "approved",          "posted",    "bureau",  "distribution.posted"),
    row("lock",      "posted",            "locked",    "finance", "distribution.locked"),
)  # fmt: skip

STATEMENT = Lifecycle(
    "清算单", "prepared", StatementState, StatementVerb,
    row("confirm",   "prepared",                            "confirmed",  "office",  "distribution.confirmed"),
    row("dispute",   "prepared|confirmed",                  "disputed",   "office",  "distribution.disputed"),
    row("answer",    "disputed|accepted",                   "prepared",   "finance", "distribution.answered"),
    row("accept",    "disputed",                            "accepted",   "finance", "distribution.accepted"),
    row("supersede", "prepared|confirmed|disputed|accepted", "superseded", "system", "distribution.superseded"),
    row("approve",   "confirmed",                           "approved",   "system",  "distribution.approved"),
    row("return",    "approved",                            "confirmed",  "system",  "distribution.sent_back"),
    row("post",      "approved",                            "posted",     "system",  "distribution.posted"),
    row("lock",      "posted",                              "locked",     "system",  "distribution.locked"),
)  # fmt: skip
