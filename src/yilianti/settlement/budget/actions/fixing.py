"""The bureau fixes a package by a resolution, and revises it by a further one; each time its instalments follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.budget import keeping
from yilianti.settlement.budget.actions import moving
from yilianti.settlement.budget.models import Package


def fix(*, actor: Actor, number: str, resolution: str, at: datetime, version: int | None = None) -> Package:
    """Fix the draft as it stands; nobody fixes what they drafted."""
    with moving.step(actor=actor, number=number, action="fix", at=at, version=version) as step:
        package = step.package
        if actor.person is not None and actor.person == package.drafted_by_id:
            raise Refused("own_draft", "这份总额是您起草的；请由另一位同事核定。", "Nobody fixes what they drafted.")
        package.resolution = moving.said(resolution, "resolution", "核定依据（文件或决议）", 160)
        package.fixed_at, package.fixed_by_id = at, actor.person
        _settled(package, "fix", actor, at)
        step.facts |= {"fen": package.fen, "resolution": package.resolution}
    return package


def revise(*, actor: Actor, number: str, facts: Mapping[str, Any], document: str, resolution: str, because: str, at: datetime, version: int | None = None) -> Package:
    """Change a package that is in force, with its reason and the resolution that says so; what was paid stays paid."""
    with moving.step(actor=actor, number=number, action="revise", at=at, version=version) as step:
        package, before = step.package, step.package.fen
        reason = moving.said(because, "because", "调整的原因")
        package.document = moving.said(document, "document", "数据来源文件", 160)
        package.resolution = moving.said(resolution, "resolution", "调整依据（文件或决议）", 160)
        package.facts = keeping.tidy(facts)
        _settled(package, "revise", actor, at, reason)
        step.facts |= {"fen": package.fen, "before": before, "resolution": package.resolution, "because": reason}
    return package


def _settled(package: Package, verb: str, actor: Actor, at: datetime, because: str = "") -> None:
    package.version += 1
    keeping.reckon(package)
    keeping.instalments(package)
    keeping.keep(package, verb, actor, at, because)
