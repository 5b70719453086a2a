"""What was promised is done: by hand with evidence, or by a record of another room; a mistake is reversed by a further line."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from yilianti.care.contract import access, ledger, rules
from yilianti.care.contract.actions import moving
from yilianti.care.contract.models import Contract, Fulfilment, Obligation, Rating
from yilianti.care.contract.terms import ONCE_SIGNED, SOURCES, LineKind, Score
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused


@transaction.atomic
def fulfil(*, actor: Actor, number: str, obligation: int, done_on: date, evidence: str, at: datetime, record: str = "", source: str = "hand") -> Fulfilment:
    """One promised item was done on that day; by hand it says what was done and where that can be looked up."""
    contract = moving.locked(actor, number)
    if not access.may(actor, "fulfil", contract):
        raise Refused("not_permitted", "您所在的岗位不能登记履约；请由为居民服务的家庭医生登记。", "not permitted")
    one = contract.obligations.filter(id=obligation).first()
    if one is None:
        raise Refused("unknown_item", "这份签约里没有这一项；请刷新页面后重选。", "no such item", field="obligation")
    if source == "hand" and not evidence.strip():
        raise Refused("evidence_missing", "请写明做了什么、结果怎样，或在哪里可以查到。", "evidence is missing", field="evidence")
    _possible(contract, one, done_on, timezone.localdate(at))
    if ledger.standing_line(one.lines.order_by("id")) is not None:
        raise Refused("changed_meanwhile", f"“{one.name}”这一次已经登记过；登记错的，请先冲正再登记。", "already done")
    return _written(actor, contract, [one], done_on, source, record, evidence, at)[0]


@transaction.atomic
def fulfil_by_record(*, actor: Actor, resident: int, service: str, done_on: date, source: str, record: str, at: datetime, done_by: int | None = None) -> list[Fulfilment]:
    """Another room did a service that the resident's contract of that day may promise: the earliest open item of each package is answered, once per record."""
    ids = moving.hold(resident)
    contract = Contract.objects.in_force(done_on).select_for_update(of=("self",)).filter(resident__in=ids).order_by("id").first()
    if contract is None or done_on > timezone.localdate(at):
        return []
    promised = list(contract.obligations.filter(service=service))
    written: dict[int, list[Fulfilment]] = {}
    for line in Fulfilment.objects.filter(obligation__in=promised).order_by("id"):
        written.setdefault(line.obligation_id, []).append(line)
    if any(line.record == record and line.source == source for mine in written.values() for line in mine):
        return []
    still = [one.id for one in promised if ledger.standing_line(written.get(one.id, [])) is None]
    answered = {owed.id for owed in rules.answered([ledger.owed_of(one) for one in promised], still, done_on)}
    chosen = [one for one in promised if one.id in answered]
    return _written(actor, contract, chosen, done_on, source, record, "", at, done_by=done_by) if chosen else []


@transaction.atomic
def correct_fulfilment(*, actor: Actor, number: str, line: int, because: str, at: datetime) -> Fulfilment:
    """A line that should not stand is reversed; it stays in the ledger, and the item is open again."""
    contract = moving.locked(actor, number)
    if not access.may(actor, "correct", contract):
        raise Refused("not_permitted", "您所在的岗位不能更正履约；请由为居民服务的家庭医生更正。", "not permitted")
    wrong = Fulfilment.objects.select_related("obligation").filter(id=line, obligation__contract=contract, kind=LineKind.DONE).first()
    if wrong is None:
        raise Refused("unknown_line", "这份签约里没有这一笔履约；请刷新页面。", "no such line", field="line")
    if not because.strip():
        raise Refused("reason_missing", "请写明为什么冲正。", "say why", field="because")
    if Fulfilment.objects.filter(of=wrong).exists():
        raise Refused("changed_meanwhile", "这一笔已经冲正过；请刷新页面。", "reversed meanwhile")
    if hasattr(wrong.obligation, "refunded"):
        raise Refused("refunded", "这一项已经退费，不能再改；请联系财务。", "refunded")
    made = Fulfilment.objects.create(obligation=wrong.obligation, kind=LineKind.REVERSED.value, of=wrong, done_on=wrong.done_on, done_by_id=actor.person, institution_id=actor.institution,
                                     source="hand", evidence=because.strip()[:400], recorded_by_name=actor.name[:64], recorded_at=at)  # fmt: skip
    moving.record("contract.fulfilment_corrected", actor=actor, contract=contract, at=at, facts={"item": wrong.obligation.item, "package": wrong.obligation.package, "line": wrong.pk})
    return made


@transaction.atomic
def rate(*, actor: Actor, number: str, score: str, text: str, at: datetime) -> Rating:
    """What the resident says of the service, asked on the spot or by telephone; the last answer counts, earlier ones stay."""
    contract = moving.locked(actor, number)
    if not access.may(actor, "rate", contract):
        raise Refused("not_permitted", "您所在的岗位不能登记满意度。", "not permitted")
    if contract.state not in ONCE_SIGNED:
        raise Refused("wrong_state", "还没有签约，谈不上满意度；请先请居民确认签约。", "not signed yet")
    if score not in set(Score):
        raise Refused("score_missing", "请选择满意、基本满意或不满意。", "choose a score", field="score")
    if score == Score.DISCONTENT and not text.strip():
        raise Refused("words_missing", "不满意的，请记下居民说了什么，好改进。", "say why", field="text")
    made = Rating.objects.create(contract=contract, score=score, text=text.strip()[:400], asked_by_id=actor.person, rated_at=at)
    moving.record("contract.rated", actor=actor, contract=contract, at=at, facts={"score": score})
    return made


def _possible(contract: Contract, one: Obligation, done_on: date, today: date) -> None:
    last = min(today, contract.stopped_on or contract.until_on)
    if contract.state not in ONCE_SIGNED:
        raise Refused("wrong_state", "居民还没有确认签约，不能登记履约；请先确认。", "not signed yet")
    if not one.opens_on <= done_on <= last:
        raise Refused("done_on_wrong", f"“{one.name}”这一次应在 {one.opens_on} 以后、{last} 以前做；现填 {done_on}，请改正。", "day out of range", field="done_on")


def _written(actor: Actor, contract: Contract, chosen: list[Obligation], done_on: date, source: str, record: str, evidence: str, at: datetime, *, done_by: int | None = None) -> list[Fulfilment]:
    if source not in SOURCES:
        raise Refused("unknown_source", f"履约来源“{source}”不认识。", "unknown source", field="source")
    made = [Fulfilment.objects.create(obligation=one, kind=LineKind.DONE.value, done_on=done_on, done_by_id=done_by or actor.person, institution_id=actor.institution, source=source, record=record.strip()[:40],
                                      evidence=evidence.strip()[:400], recorded_by_name=actor.name[:64], recorded_at=at) for one in chosen]  # fmt: skip
    moving.record("contract.fulfilled", actor=actor, contract=contract, at=at,
                  facts={"items": [f"{one.package}.{one.item}" for one in chosen], "done_on": done_on.isoformat(), "source": source, "record": record})  # fmt: skip
    return made


