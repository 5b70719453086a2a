"""The steps of a claim."""

from yilianti.kernel.lifecycle import Lifecycle, row
from yilianti.settlement.claims.terms import State, Verb

CLAIM = Lifecycle(
    "费用", "awaiting", State, Verb,
    row("file", "awaiting", "filed", "office", "claims.filed"),
    row("correct", "filed", "filed", "office", "claims.corrected"),
    row("withdraw", "awaiting|filed", "withdrawn", "office", "claims.withdrawn"),
)  # fmt: skip
