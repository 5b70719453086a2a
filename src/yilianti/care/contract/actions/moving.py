"""One step of one contract: locked, permitted, possible, kept as a version and journalled in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti.care.contract import access
from yilianti.care.contract.lifecycle import CONTRACT
from yilianti.care.contract.models import Contract, Version
from yilianti.care.contract.terms import Owner, State
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import api as residents


@dataclass
class Step:
    """A step under way; what an action adds to `facts` stands in the journal, `text` in the version."""

    contract: Contract
    text: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@contextmanager
def step(*, actor: Actor, number: str, action: str, at: datetime) -> Iterator[Step]:
    """Take `action`; whoever comes second is told who decided what, and when."""
    with transaction.atomic():
        contract = locked(actor, number)
        if not (actor.is_system or (CONTRACT[action].by != Owner.SYSTEM and access.may(actor, action, contract))):
            raise Refused("not_permitted", "您所在的岗位不能办理这一步；请由为居民服务的家庭医生办理。", "not permitted")
        with _taken(contract, actor, action, at) as taken:
            yield taken


@contextmanager
def _taken(contract: Contract, actor: Actor, action: str, at: datetime) -> Iterator[Step]:
    row = CONTRACT.step(contract, action, told=_told(contract))
    taken = Step(contract)
    yield taken
    contract.version += 1
    contract.save()
    keep(contract, row.word, actor, at, taken.text)
    record(row.word, actor=actor, contract=contract, at=at, facts=taken.facts)


def follow(contract: Contract, actor: Actor, action: str, at: datetime, *, stopped_on: date | None = None, facts: dict[str, Any] | None = None) -> None:
    """The earlier contract moves because its successor did; it must be locked already."""
    with _taken(contract, actor, action, at) as taken:
        contract.stopped_on = stopped_on
        taken.facts |= facts or {}


def locked(actor: Actor, number: str) -> Contract:
    """The contract for update, its resident held first, so that two contracts of one person move one after the other."""
    known = Contract.objects.filter(access.visible_to(actor), number=number).only("resident_id").first()
    if known is None:
        raise Refused("unknown_contract", f"没有编号为 {number} 的签约，或不在您的岗位范围内；请核对编号。", "no such contract", field="number")
    hold(known.resident_id)
    return Contract.objects.select_for_update(of=("self",)).select_related("team", "institution", "resident").get(pk=known.pk)


def hold(resident: int) -> list[int]:
    """Hold the person, with everyone merged with them, until the transaction ends; returns their ids."""
    ids = sorted(residents.all_ids(resident))
    list(residents.Resident.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id").values_list("id", flat=True))
    return ids


def keep(contract: Contract, word: str, actor: Actor, at: datetime, text: str = "") -> None:
    """The version that a step leaves behind."""
    Version.objects.create(contract=contract, version=contract.version, state=contract.state, word=word, stopped_on=contract.stopped_on, by_id=actor.person, by_name=actor.name[:64], at=at, text=text)


def record(word: str, *, actor: Actor, contract: Contract, at: datetime, facts: dict[str, Any] | None = None) -> None:
    """One journal line about this contract."""
    journal.write(word, actor=actor, at=at, subject=f"contract:{contract.number}", resident=contract.resident_id, to_institution=contract.institution_id, policy_refs=contract.policy_refs,
                  facts={"number": contract.number, "state": contract.state, "kind": contract.kind, "team": contract.team_id, "begins_on": contract.begins_on.isoformat(),
                         "until_on": contract.until_on.isoformat(), "stopped_on": contract.stopped_on.isoformat() if contract.stopped_on else "", **(facts or {})})  # fmt: skip


def _told(contract: Contract) -> str:
    last = contract.versions.order_by("-version").only("by_name", "at").first()
    return f"（{last.by_name}已于 {timezone.localtime(last.at):%m月%d日 %H:%M:%S} 办理为“{State.label(contract.state)}”。）" if last else ""
