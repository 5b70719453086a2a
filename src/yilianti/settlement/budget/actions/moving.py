"""One step of one package: locked, permitted, possible, saved and journalled in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.budget import access
from yilianti.settlement.budget.lifecycle import PACKAGE
from yilianti.settlement.budget.models import Package
from yilianti.settlement.budget.terms import State


@dataclass
class Step:
    """A step under way; what an action adds to `facts` stands in the journal, under another word where it gives one."""

    package: Package
    facts: dict[str, Any] = field(default_factory=dict)
    word: str = ""


@contextmanager
def step(*, actor: Actor, number: str, action: str, at: datetime, version: int | None = None) -> Iterator[Step]:
    """Take `action`; with `version` only where the package is still the one that was read."""
    with transaction.atomic():
        package = Package.objects.select_for_update(of=("self",)).select_related("consortium").filter(access.visible_to(actor), number=number).first()
        if package is None:
            raise Refused("unknown_package", f"没有编号为 {number} 的包干总额，或不在您的岗位范围内；请核对编号。", "No such package.", field="number")
        access.require(actor, action, package.consortium_id)
        row = PACKAGE.step(package, action, told=told(package))
        if package.settlement:
            raise Refused("in_settlement", f"年度清算 {package.settlement} 已经批准，总额不能再改；确需更正的，请医保局先退回清算。", "The year's settlement is approved; send it back first.")
        if version is not None and version != package.version:
            raise Refused("changed_meanwhile", f"您看到的是第 {version} 版，现在是第 {package.version} 版。{told(package)}请重新打开再办。", "The package has changed meanwhile.")
        taken = Step(package, word=row.word)
        yield taken
        package.save()
        record(taken.word, actor=actor, package=package, at=at, facts=taken.facts)


def record(word: str, *, actor: Actor, package: Package, at: datetime, facts: dict[str, Any]) -> None:
    """One journal line about this package, at the lead hospital of its consortium."""
    lead = institutions.lead_of(package.consortium.code, timezone.localdate(at))
    journal.write(word, actor=actor, at=at, subject=f"budget:{package.number}", to_institution=lead.id if lead else None, policy_refs=package.policy_refs,
                  facts={"number": package.number, "consortium": package.consortium.code, "year": package.year, "fund": package.fund, "state": package.state, "version": package.version, **facts})  # fmt: skip


def told(package: Package) -> str:
    """Who changed it last and when, for the person who came second."""
    last = package.versions.order_by("-version").only("by_name", "at").first()
    return f"（{last.by_name}已于 {timezone.localtime(last.at):%m月%d日 %H:%M:%S} 办理，现为“{State.label(package.state)}”。）" if last else ""


def said(text: str, field_name: str, what: str, most: int = 200) -> str:
    """What somebody has to write, tidied; raises Refused where it lacks or is too long."""
    found = " ".join(text.split())
    if not found:
        raise Refused("words_missing", f"请填写{what}。", f"{field_name} is missing.", field=field_name)
    if len(found) > most:
        raise Refused("words_long", f"{what}最多 {most} 字，现有 {len(found)} 字；请精简。", f"{field_name} is too long.", field=field_name)
    return found
