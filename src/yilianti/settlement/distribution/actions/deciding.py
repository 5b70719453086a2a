"""A settlement as a whole: withdrawn, approved, sent back, posted, locked; its statements go with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.budget import api as budget
from yilianti.settlement.distribution import access, gathering
from yilianti.settlement.distribution.lifecycle import SETTLEMENT, STATEMENT
from yilianti.settlement.distribution.models import Settlement
from yilianti.settlement.distribution.terms import StatementState


def withdraw(*, actor: Actor, number: str, because: str, at: datetime) -> Settlement:
    """Take back a settlement nobody has approved; its statements stay to be read, and the year may be begun anew."""
    facts: dict[str, Any] = {"because": _words(because, "because", "撤回的原因")}
    with _decided(actor, number, "withdraw", at, facts) as settlement:
        facts["statements"] = _move(settlement, "supersede")
    return settlement


def approve(*, actor: Actor, number: str, resolution: str, at: datetime) -> Settlement:
    """The head approves what every member has confirmed, under a resolution of the council; never what they prepared themselves."""
    with _decided(actor, number, "approve", at, {"resolution": _words(resolution, "resolution", "批准清算的会议决议")}) as settlement:
        if actor.person is not None and (actor.person == settlement.prepared_by_id or settlement.runs.filter(begun_by=actor.person).exists()):
            raise Refused("same_person", "计算清算的人不能自己批准；请由医共体的另一位管理者批准。", "Who prepared it may not approve it.")
        missing = settlement.statements.exclude(state__in=(StatementState.CONFIRMED, StatementState.SUPERSEDED)).select_related("institution").order_by("institution__code")
        if named := [one.institution.short_name for one in missing]:
            raise Refused("not_confirmed", f"还有 {len(named)} 家没有确认：{'、'.join(named[:8])}{'等' if len(named) > 8 else ''}。", "Some members have not confirmed.")
        _fresh(settlement)
        budget.hold(number=settlement.package.number, settlement=settlement.number)
        _move(settlement, "approve")
        settlement.approved_at, settlement.approved_by_id, settlement.resolution = at, actor.person, resolution.strip()[:120]
    return settlement


def send_back(*, actor: Actor, number: str, because: str, at: datetime) -> Settlement:
    """The bureau found something before money went out."""
    with _decided(actor, number, "send_back", at, {"because": _words(because, "because", "退回的原因")}) as settlement:
        _move(settlement, "return")
        budget.release(number=settlement.package.number)
        settlement.approved_at = settlement.approved_by_id = None
        settlement.resolution = ""
    return settlement


def post(*, actor: Actor, number: str, voucher: str, at: datetime) -> Settlement:
    """The bureau notes that the money went out, by which voucher."""
    with _decided(actor, number, "post", at, {"voucher": _words(voucher, "voucher", "拨付凭证号")}) as settlement:
        _move(settlement, "post")
        settlement.posted_at, settlement.voucher = at, voucher.strip()[:120]
    return settlement


def lock(*, actor: Actor, number: str, at: datetime) -> Settlement:
    """The year is over: nothing of it changes any more, and its package is closed."""
    with _decided(actor, number, "lock", at) as settlement:
        _move(settlement, "lock")
        settlement.locked_at = at
        budget.close(actor=Actor.system(actor.name, institution=actor.institution, consortium=actor.consortium, region=actor.region), number=settlement.package.number, settlement=settlement.number, at=at)
    return settlement


@contextmanager
def _decided(actor: Actor, number: str, verb: str, at: datetime, facts: Mapping[str, Any] = MappingProxyType({})) -> Iterator[Settlement]:
    day = timezone.localdate(at)
    with transaction.atomic():
        settlement = Settlement.objects.select_for_update(of=("self",)).select_related("package").filter(access.settlements_of(actor, day), number=number).first()
        if settlement is None:
            raise Refused("unknown_settlement", f"没有编号为 {number} 的清算，或不在您的岗位范围内；请核对编号。", "no such settlement", field="number")
        if not access.may_settle(actor, verb, settlement, day):
            raise Refused("not_permitted", "您当前的岗位不能办理这一步；请由财务、医共体管理者或医保局的同事按各自的权限办理。", "Your post may not take this step.")
        row = SETTLEMENT.step(settlement, verb)
        yield settlement
        settlement.version += 1
        settlement.save()
        journal.write(row.word, actor=actor, at=at, subject=f"distribution:{number}", facts={"number": number, "year": settlement.year, **facts})


def _fresh(settlement: Settlement) -> None:
    """Refuse where package, facts, work or policies read otherwise than when the year was reckoned; the package stays held."""
    scheme, given = gathering.frozen(budget.held(settlement.package))
    last = settlement.runs.order_by("-turn").first()
    if last is None or (last.scheme, last.inputs) != (scheme.plain(), given):
        raise Refused("changed_since", "计算以后，总额、月度核算、登记的数据或政策有变化，清算单已不是最新的；请财务先重算，再批准。", "What the year was reckoned from has changed; reckon it anew first.")


def _move(settlement: Settlement, action: str) -> list[str]:
    """Every statement that stands takes the same step; returns their numbers."""
    moved = []
    for statement in settlement.statements.select_for_update().exclude(state=StatementState.SUPERSEDED).order_by("institution"):
        STATEMENT.step(statement, action)
        statement.save(update_fields=["state"])
        moved.append(statement.number)
    return moved


def _words(text: str, field: str, what: str) -> str:
    if not text.strip():
        raise Refused("words_missing", f"请填写{what}。", f"{field} is missing.", field=field)
    return text.strip()[:200]
