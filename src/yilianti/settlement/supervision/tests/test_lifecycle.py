"""Who owns which step of a suspicion."""

from __future__ import annotations

from yilianti.settlement.supervision.lifecycle import SUSPICION
from yilianti.settlement.supervision.terms import FAMILY_OF, OPEN, Rule, State


def test_the_institution_only_explains_and_the_bureau_decides() -> None:
    assert {row.action for row in SUSPICION.rows if row.by == "office"} == {"explain"}
    assert {row.target for row in SUSPICION.rows if row.by == "bureau"} == {"raised", "cleared", "confirmed", "recovered", "withdrawn"}


def test_what_ends_stays_ended() -> None:
    assert SUSPICION.dead_ends() == {"recovered", "superseded"} and not SUSPICION.unreachable()
    assert set(SUSPICION["confirm"].sources) == {str(state) for state in OPEN} and State.CONFIRMED not in OPEN


def test_every_rule_belongs_to_a_family() -> None:
    assert set(FAMILY_OF) == set(Rule)
