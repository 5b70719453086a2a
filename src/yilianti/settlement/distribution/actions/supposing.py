"""Keep a scenario with its answer, and put one away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yilianti.kernel import journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution import access, supposed
from yilianti.settlement.distribution.models import Run, Scenario, Settlement
from yilianti.settlement.distribution.simulating import scenario as made
from yilianti.settlement.distribution.supposed import Progress

#: People whose bills a page reprices at once; more are the command's.
ON_A_PAGE = 3_000


def keep(*, actor: Actor, number: str, name: str, changes: Mapping[str, str], assumed: Mapping[str, str], at: datetime, told: Progress = supposed.silent, most: int | None = ON_A_PAGE) -> Scenario:
    """Simulate the latest run of a settlement with these changes and keep the answer; `changes` and `assumed` by path as text. Nothing of the year is written."""
    run = _run(actor, number, at)
    if not name.strip():
        raise Refused("no_name", "请给方案起个名称，例如“县外占比降 2 个百分点”。", "Give the scenario a name.", field="name")
    if not changes:
        raise Refused("nothing_changed", "没有改动；请至少改一个值。", "Nothing is changed.", field="name")
    wanted = made.Scenario.of([f"{path}={value}" for path, value in changes.items()], [f"{one}={value}" for one, value in assumed.items()])
    found = supposed.simulated(run, wanted, at, told, most)
    with transaction.atomic():
        kept = Scenario.objects.create(
            number=numbers.next_number("MN", at), consortium_id=run.settlement.consortium_id, settlement=run.settlement, run=run, name=name.strip()[:60], changes=[list(pair) for pair in changes.items()],
            assumptions=[list(pair) for pair in assumed.items()], result=found.plain(), made_at=at, made_by_id=actor.person, made_by_name=actor.name,
        )  # fmt: skip
        journal.write("distribution.scenario_kept", actor=actor, at=at, subject=f"distribution:{run.settlement.number}", facts={"number": kept.number, "settlement": run.settlement.number, "changes": list(changes), "assumptions": list(assumed)})
    return kept


def archive(*, actor: Actor, number: str, at: datetime) -> Scenario:
    """Put a scenario away: it leaves the list and stays readable."""
    with transaction.atomic():
        one = Scenario.objects.select_for_update().filter(number=number).first()
        if one is None:
            raise Refused("unknown_scenario", f"没有方案 {number}；请核对编号。", "No such scenario.", field="number")
        access.require(actor, "simulate", one.consortium_id, timezone.localdate(at))
        if one.archived_at is not None:
            raise Refused("wrong_state", f"方案 {number} 已由{one.archived_by_name}归档。", "The scenario is archived already.")
        one.archived_at, one.archived_by_name = at, actor.name
        one.save(update_fields=["archived_at", "archived_by_name"])
        journal.write("distribution.scenario_archived", actor=actor, at=at, subject=f"distribution:{one.settlement.number}", facts={"number": number})
    return one


def _run(actor: Actor, number: str, at: datetime) -> Run:
    """The latest whole run of a settlement within reach."""
    day = timezone.localdate(at)
    settlement = Settlement.objects.filter(number=number).first()
    if settlement is None:
        raise Refused("unknown_settlement", f"没有编号为 {number} 的清算，或不在您的岗位范围内；请核对编号。", "No such settlement.", field="number")
    access.require(actor, "simulate", settlement.consortium_id, day)
    run = settlement.runs.select_related("settlement__consortium", "settlement__package__consortium").order_by("-turn").first()
    if run is None:
        raise Refused("not_reckoned", f"{number} 还没有算过，没有可比的一年；请先清算。", "The year has not been reckoned.", field="number")
    return run
