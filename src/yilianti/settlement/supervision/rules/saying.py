"""What a rule says, put together the same way by all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yilianti.kernel.finding import Finding, Severity
from yilianti.settlement.supervision.ledger import Array, Ledger
from yilianti.settlement.supervision.terms import Rule, Suspected


def suspected(ledger: Ledger, rule: Rule, because: str, ref: str, lines: Iterable[int], amount: int, severity: Severity = Severity.WARNING) -> Suspected:
    """About charge lines: the claim is that of the last judged line, the others stand beside it."""
    rows = [ledger.row(int(line)) for line in lines]
    judged = _judged(ledger, {row.claim for row in rows})
    claim = next((row.claim for row in reversed(rows) if judged.get(row.claim, True)), rows[-1].claim)
    beside = tuple(sorted({row.claim for row in rows} - {claim}))
    return Suspected(rule, _finding(rule, because, ref, severity), claim, beside, tuple(rows), amount)


def of_stays(ledger: Ledger, rule: Rule, because: str, ref: str, claims: Sequence[int], amount: int, severity: Severity = Severity.WARNING) -> Suspected:
    """About whole claims: the last one is in question."""
    names = [ledger.number[one] for one in claims]
    return Suspected(rule, _finding(rule, because, ref, severity), names[-1], tuple(names[:-1]), tuple(ledger.stay(int(one)) for one in claims), amount)


def _finding(rule: Rule, because: str, ref: str, severity: Severity) -> Finding:
    return Finding(str(rule), rule.zh, because, ref, severity, rule.en)


def any_judged(ledger: Ledger, lines: Array) -> bool:
    return bool(ledger.claim["judged"][ledger.line["claim"][lines]].any())


def _judged(ledger: Ledger, numbers: set[str]) -> dict[str, bool]:
    if len(numbers) < 2:
        return {}
    places: dict[str, int] = ledger.__dict__.setdefault("_places", {number: at for at, number in enumerate(ledger.number)})
    return {number: bool(ledger.claim["judged"][places[number]]) for number in numbers}
