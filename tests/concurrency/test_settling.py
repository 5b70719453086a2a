"""A year's settlement under kill -9 at every named step, and under several hands at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution import actions, engine, running
from yilianti.settlement.distribution.actions import preparing
from yilianti.settlement.distribution.models import Run, RunStep, Settlement, Statement
from yilianti.settlement.distribution.tests import factories
from yilianti.settlement.distribution.tests.factories import AT

pytestmark = pytest.mark.django_db(transaction=True)


def _die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _killed(arrange: Callable[[], None], scene: factories.Scene) -> None:
    """A process of its own begins (or goes on with) the run and is killed where `arrange` says."""
    connections.close_all()
    connection.close_pool()  # type: ignore[attr-defined] - no socket is shared with the child
    child = os.fork()
    if child == 0:
        try:
            arrange()
            held = Settlement.objects.filter(state="begun").first()
            if held:
                actions.resume(actor=scene.finance, number=held.number, at=AT)
            else:
                actions.reckon(actor=scene.finance, package=scene.package, at=AT)
        finally:
            os._exit(3)  # not killed: the test fails
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _at_step(name: str, *, kept: bool) -> Callable[[], None]:
    """Dies with the step's row written and not committed, or on the way to the next with it committed."""

    def arrange() -> None:
        real = RunStep.objects.create

        def create(**given: Any) -> RunStep:
            row = real(**given)
            if given["name"] == name:
                _die()
            return row

        if kept:
            steps = iter(engine.STEPS)
            text_of = running.text_of
            running.text_of = lambda one: _die() if _after(steps, one.name, name) else text_of(one)  # type: ignore[assignment]
        else:
            RunStep.objects.create = create  # type: ignore[method-assign]

    return arrange


def _after(steps: Any, here: str, name: str) -> bool:
    return engine.STEPS.index(here) == engine.STEPS.index(name) + 1


def _texts(run: Run) -> list[str]:
    return [step.text for step in run.steps.order_by("position")]


def _lines() -> list[tuple[str, str, int]]:
    return sorted((one.institution.code, line.key, line.fen) for one in Statement.objects.exclude(state="superseded").select_related("institution") for line in one.lines.all())


def test_killed_at_every_step_it_goes_on_to_the_same_bytes():
    scene = factories.scene()
    whole = factories.reckoned(scene)
    texts, lines = _texts(whole.runs.get()), _lines()
    actions.withdraw(actor=scene.finance, number=whole.number, because="再来一遍", at=AT)
    for name in engine.STEPS:  # one run, killed twice in each of its steps
        _killed(_at_step(name, kept=False), scene)
        if name != engine.STEPS[-1]:
            _killed(_at_step(name, kept=True), scene)
    _killed(lambda: setattr(preparing.journal, "write", _die), scene)  # statements made and signed, nothing committed
    cut_off = Settlement.objects.get(state="begun")
    assert Run.objects.filter(settlement=cut_off).count() == 1 and not cut_off.statements.exists()
    done = actions.resume(actor=scene.finance, number=cut_off.number, at=AT)
    assert done.state == "prepared" and _texts(done.runs.get()) == texts and _lines() == lines


def test_eight_at_once_are_one_run():
    scene = factories.scene()

    def go(_: int) -> str:
        try:
            return actions.reckon(actor=scene.finance, package=scene.package, at=AT).state
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(go, range(8)))
    assert answers.count("prepared") == 1 and set(answers) <= {"prepared", "under_way", "words_missing"}
    assert Settlement.objects.count() == 1 and Run.objects.count() == 1
    assert RunStep.objects.count() == len(engine.STEPS) and Statement.objects.count() == len({one.institution_id for one in Statement.objects.all()})


def test_approved_once_while_somebody_disputes():
    scene = factories.scene()
    settlement = factories.reckoned(scene)
    factories.confirmed(scene, settlement)
    hospital = factories.statement_of(settlement, scene.budget.claims.hospital)

    def go(turn: int) -> str:
        try:
            if turn % 2:
                return actions.dispute(actor=scene.office, number=hospital.number, line="charged", text="不对", at=AT).state
            return actions.approve(actor=scene.head, number=settlement.number, resolution="决议", at=AT).state
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(go, range(6)))
    settlement.refresh_from_db()
    hospital.refresh_from_db()
    assert (answers.count("approved"), answers.count("disputed")) in {(1, 0), (0, 1)}
    assert (settlement.state, hospital.state) in {("approved", "approved"), ("prepared", "disputed")}
