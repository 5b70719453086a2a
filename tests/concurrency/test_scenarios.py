"""Scenarios put away by two at once, and kept while the year is reckoned anew."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.settlement.distribution import actions
from yilianti.settlement.distribution.models import Scenario
from yilianti.settlement.distribution.tests import factories
from yilianti.settlement.distribution.tests.factories import AT

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What became of each: done, or the code of its refusal."""
    def tried(act: Callable[[], object]) -> str:
        try:
            act()
            return "done"
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return sorted(threads.map(tried, acts))


def test_one_of_those_who_archive_wins() -> None:
    scene = factories.scene()
    settlement = factories.reckoned(scene)
    one = actions.keep(actor=scene.finance, number=settlement.number, name="甲", changes={"funding_per_head": "1010"}, assumed={}, at=AT)
    found = at_once(*[lambda actor=actor: actions.archive(actor=actor, number=one.number, at=AT) for actor in (scene.finance, scene.head, scene.bureau, scene.finance)])
    assert found == ["done", *["wrong_state"] * 3] and JournalEntry.objects.filter(word="distribution.scenario_archived").count() == 1


def test_scenarios_kept_while_the_year_is_reckoned_anew_stand_on_one_run_each() -> None:
    scene = factories.scene()
    settlement = factories.reckoned(scene)
    factories.score(scene, scene.budget.claims.hospital, "90")
    keep = [lambda each=each: actions.keep(actor=scene.finance, number=settlement.number, name=f"方案{each}", changes={"funding_per_head": str(1000 + each)}, assumed={}, at=AT) for each in range(1, 4)]
    assert at_once(lambda: actions.reckon(actor=scene.finance, package=scene.package, because="得分更正", at=AT), *keep) == ["done"] * 4
    assert Scenario.objects.count() == 3
    for one in Scenario.objects.select_related("run"):
        again = actions.keep(actor=scene.finance, number=settlement.number, name="再算", changes=dict(one.changes), assumed={}, at=AT)
        assert one.run.turn in (1, 2) and (again.run_id != one.run_id or again.result == one.result)
