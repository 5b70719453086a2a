"""No state that nobody reaches, none without an owner but the ends."""

from yilianti.settlement.distribution.lifecycle import SETTLEMENT, STATEMENT


def test_every_state_is_reached():
    assert not SETTLEMENT.unreachable() and not STATEMENT.unreachable()


def test_the_ends_are_the_ends():
    assert SETTLEMENT.dead_ends() == {"locked", "withdrawn"}
    assert STATEMENT.dead_ends() == {"locked", "superseded"}
