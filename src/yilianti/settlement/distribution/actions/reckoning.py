"""Reckon a year: freeze what goes in, carry the steps out, make the statements. Killed anywhere, it is gone on with."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yilianti.kernel import journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.budget import api as budget
from yilianti.settlement.distribution import access, engine, gathering, running
from yilianti.settlement.distribution.actions import preparing
from yilianti.settlement.distribution.inputs import Inputs
from yilianti.settlement.distribution.lifecycle import SETTLEMENT
from yilianti.settlement.distribution.models import Run, Settlement
from yilianti.settlement.distribution.terms import State


def reckon(*, actor: Actor, package: budget.Package, at: datetime, because: str = "") -> Settlement:
    """Reckon the year of a package, the first time or anew with a reason; statements stand when it returns."""
    access.require(actor, "reckon", package.consortium_id, timezone.localdate(at))
    with running.alone(package.pk):
        run = _begun(actor, package, at, because.strip())
        running.carry_out(run, at)
        return preparing.prepare(actor=actor, run=run, at=at)


def resume(*, actor: Actor, number: str, at: datetime) -> Settlement:
    """Go on with a run that was cut off; a settlement that is whole is left as it is."""
    settlement = Settlement.objects.filter(access.settlements_of(actor, timezone.localdate(at)), number=number).first()
    if settlement is None:
        raise Refused("unknown_settlement", f"没有编号为 {number} 的清算，或不在您的岗位范围内；请核对编号。", "no such settlement", field="number")
    access.require(actor, "reckon", settlement.consortium_id, timezone.localdate(at))
    with running.alone(settlement.package_id):
        settlement.refresh_from_db()
        run = settlement.runs.order_by("-turn").first()
        if settlement.state != State.BEGUN or run is None:
            return settlement
        running.carry_out(run, at)
        return preparing.prepare(actor=actor, run=run, at=at)


def _new(package: budget.Package, at: datetime) -> Settlement:
    """The settlement of a year that may be settled; raises Refused."""
    if package.state != budget.State.FIXED:
        raise Refused("not_fixed", f"{package.year} 年的总额还没有核定，不能清算；请先由医保局核定。", "The package is not fixed.")
    if timezone.localdate(at).year <= package.year:
        raise Refused("year_not_over", f"{package.year} 年还没有结束，不能清算；请在次年办理。", "The year is not over yet.", field="package")
    if not budget.is_whole(package):
        raise Refused("months_missing", f"{package.year} 年的月度核算还没有做到 12 月，支出不全，不能清算；请先在“总额”里核算各月。", "Not every month has been reckoned.", field="package")
    return Settlement.objects.create(consortium=package.consortium, year=package.year, fund=package.fund, package=package, number=numbers.next_number("QS", at), begun_at=at)


def _begun(actor: Actor, package: budget.Package, at: datetime, because: str) -> Run:
    """A new run with what goes in frozen; one that was cut off is gone on with instead. What the engine refuses is refused here, before anything is kept."""
    with transaction.atomic():
        held = Settlement.objects.select_for_update().filter(consortium=package.consortium, year=package.year, fund=package.fund).exclude(state=State.WITHDRAWN).first()
        package = budget.held(package)
        held = held or _new(package, at)
        last = held.runs.order_by("-turn").first()
        if last is not None and held.state == State.BEGUN:
            return last
        row = SETTLEMENT.step(held, "reckon")
        in_force, given = gathering.frozen(package)
        scheme = in_force.plain()
        if last is not None:
            _reason(last, given, scheme, because)
        engine.evaluate(in_force, Inputs.of_plain(given))
        run = Run.objects.create(settlement=held, turn=last.turn + 1 if last else 1, because=because[:200], inputs=given, scheme=scheme, begun_at=at, begun_by_id=actor.person, begun_by_name=actor.name)
        held.version += 1
        held.save(update_fields=["state", "version"])
        journal.write(row.word, actor=actor, at=at, subject=f"distribution:{held.number}", facts={"number": held.number, "turn": run.turn, "because": because[:200]})
    return run


def _reason(last: Run, given: object, scheme: object, because: str) -> None:
    if not because:
        raise Refused("words_missing", "重新计算要写明原因：改了什么、依据什么。", "Say why it is reckoned anew.", field="because")
    if last.inputs == given and last.scheme == scheme:
        raise Refused("nothing_changed", "数据和政策与上次计算时一样，重算不会有不同；请先更正数据。", "Nothing changed since the last run.", field="because")
