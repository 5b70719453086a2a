"""The table of steps is whole: every state reached and left, every state owned."""

from yilianti.record.encounters.lifecycle import ENCOUNTER
from yilianti.record.encounters.terms import State


def test_every_state_is_reached_and_none_is_a_dead_end():
    assert ENCOUNTER.unreachable() == set()
    assert ENCOUNTER.dead_ends() == set()


def test_every_state_has_an_owner():
    assert all(ENCOUNTER.owners(str(state.value)) == {"hospital_system"} for state in State)


def test_an_ended_visit_is_cancelled_only_after_its_end_is():
    assert not ENCOUNTER.can("cancel_open", "closed")
    assert ENCOUNTER.can("cancel_close", "closed")
