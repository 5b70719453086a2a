"""When a council may decide and what it has decided; facts in, findings and numbers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yilianti.kernel.finding import Finding, Severity
from yilianti.registry.governance.terms import Choice, Majority

#: levels whose people count as primary care in a council
PRIMARY = ("township", "village")


@dataclass(frozen=True)
class Tally:
    """A count: votes by choice, how many may vote in all and how many of them are present, how many it took."""

    by_choice: Mapping[str, int]
    entitled: int
    present: int
    needed: int
    adopted: bool

    def as_facts(self) -> dict[str, Any]:
        return {**{str(choice.value): self.by_choice.get(str(choice.value), 0) for choice in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN, Choice.RECUSED)},
                "entitled": self.entitled, "present": self.present, "needed": self.needed}  # fmt: skip


def quorum_of(entitled: int, share: str) -> int:
    """How many of those entitled must be present: at least the share ("2/3"), and for exactly half more than half."""
    return _more_than(entitled, share)


def is_quorate(present: int, entitled: int, share: str) -> bool:
    """True when enough of those who may vote are present; a council without members decides nothing."""
    return entitled > 0 and present >= quorum_of(entitled, share)


def missing_quorum(present: int, entitled: int, share: str, policy_ref: str) -> list[Finding]:
    """What stands in the way of a vote."""
    if is_quorate(present, entitled, share):
        return []
    sentence = f"到会有表决权的 {present} 人，须有 {quorum_of(entitled, share)} 人（全体 {entitled} 人）；不足法定人数，不能表决。"
    return [Finding("no_quorum", sentence, policy_ref=policy_ref, severity=Severity.BLOCKING, en=f"{present} of {entitled} present: no quorum")]


def needed(majority: str, base: int) -> int:
    """How many must be in favour out of `base`; more than half is meant by a simple majority."""
    if majority == Majority.UNANIMOUS:
        return max(1, base)
    return _more_than(base, "2/3" if majority == Majority.TWO_THIRDS else "1/2")


def tally(choices: Sequence[str], *, majority: str, counted_of: str, entitled: int, present: int) -> Tally:
    """Count votes against those "present" or "all" (entitled); whoever is recused counts on neither side."""
    by_choice = {str(choice.value): choices.count(str(choice.value)) for choice in Choice if choice is not Choice.SEALED}
    base = (entitled if counted_of == "all" else present) - by_choice[Choice.RECUSED]
    wanted = needed(majority, max(0, base))
    return Tally(by_choice, entitled, present, wanted, base > 0 and by_choice[Choice.FOR] >= wanted)


def numbered(form: str, year: int, serial: int) -> str:
    """A resolution's number by the form of the policy: `云医共体决〔{year}〕{serial}号`."""
    return form.replace("{year}", str(year)).replace("{serial}", str(serial))


def share_of(levels: Sequence[str]) -> tuple[int, int]:
    """(seats of primary care, of which villages) among the levels of those who may vote."""
    return sum(level in PRIMARY for level in levels), sum(level == "village" for level in levels)


def _more_than(base: int, share: str) -> int:
    """The least number that reaches the share, and passes it where the share is one half."""
    wanted = Fraction(share) * base
    least = -(-wanted.numerator // wanted.denominator)
    return max(1, least + (Fraction(share) == Fraction(1, 2) and wanted == least))
