"""Work of a year, told by hand with its document or noted from what the platform's own rooms did."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium
from yilianti.settlement.distribution import access, gathering, undecided
from yilianti.settlement.distribution.models import Work
from yilianti.settlement.distribution.terms import WorkKind


def work(*, actor: Actor, consortium: Consortium, kind: str, giver: int, receiver: int | None, item: str, count: int, amount: Money, done_on: date, document: str, at: datetime, source: str = "") -> Work:
    """Work told by hand: an operation of an expert sent down, consultations of a month, services delivered."""
    access.require(actor, "enter", consortium.id, timezone.localdate(at))
    if not document.strip():
        raise Refused("document_missing", "请写明依据：哪份台账或凭证。", "Name the document it rests on.", field="document")
    if count < 0 or amount.fen < 0 or not (count or amount.fen):
        raise Refused("nothing_done", "次数和金额不能为负，也不能都是 0。", "Count and amount must not be negative nor both zero.", field="count")
    if kind == WorkKind.EXPERT and not amount.fen:
        raise Refused("amount_missing", "专家下沉要写收入金额。", "The income is needed.", field="amount")
    if kind == WorkKind.SERVICE and receiver is not None:
        raise Refused("no_receiver", "公共卫生服务是机构为居民做的：不写接受机构。", "Services have no receiving member.", field="receiver")
    if kind != WorkKind.SERVICE and receiver is None:
        raise Refused("receiver_missing", "请选择接受服务的机构。", "Choose the member it was done for.", field="receiver")
    if giver == receiver:
        raise Refused("same_member", "提供和接受的机构不能相同。", "Both sides are the same.", field="receiver")
    for one in (giver, receiver):
        undecided.require_member(consortium, done_on.year, one)
    with transaction.atomic():
        undecided.require(consortium.id, done_on.year)
        row = Work.objects.create(consortium=consortium, kind=kind, giver_id=giver, receiver_id=receiver, item=item.strip()[:40], count=count, fen=amount.fen, done_on=done_on, document=document.strip()[:120], source=source,
                                  told_by_id=actor.person, told_by_name=actor.name, told_at=at)  # fmt: skip
        _journal("distribution.worked", actor, row, at)
    return row


def correct_work(*, actor: Actor, work_id: int, because: str, at: datetime) -> Work:
    """Take a line of work back by a further line; the right one is told anew."""
    if not because.strip():
        raise Refused("words_missing", "请写明更正的原因。", "Say why.", field="because")
    with transaction.atomic():
        row = Work.objects.select_for_update(of=("self",)).select_related("consortium").filter(id=work_id).first()
        if row is None or not access.may(actor, "enter", row.consortium_id, timezone.localdate(at)):
            raise Refused("unknown_work", "没有这条工作量记录，或不在您的岗位范围内。", "no such work", field="work")
        if row.corrects_id is not None or Work.objects.filter(corrects=row).exists():
            raise Refused("changed_meanwhile", "这条已经更正过；请刷新页面。", "already corrected")
        undecided.require(row.consortium_id, row.done_on.year)
        fresh = Work.objects.create(consortium=row.consortium, kind=row.kind, giver_id=row.giver_id, receiver_id=row.receiver_id, item=row.item, count=-row.count, fen=-row.fen, done_on=row.done_on,
                                    document=because.strip()[:120], corrects=row, told_by_id=actor.person, told_by_name=actor.name, told_at=at)  # fmt: skip
        _journal("distribution.work_corrected", actor, fresh, at)
    return fresh


def note_work(*, kind: str, giver: int, receiver: int, item: str, at: datetime, source: str) -> None:
    """What a room of the platform did, once by its journal entry; members of no common consortium are left alone, and a year already decided on is not changed."""
    day = timezone.localdate(at)
    union = institutions.consortium_of(giver, day)
    if union is None or giver == receiver or receiver not in gathering.belonging(union, day) or undecided.is_decided(union.id, day.year):
        return
    Work.objects.bulk_create([Work(consortium=union, kind=kind, giver_id=giver, receiver_id=receiver, item=item[:40], count=1, done_on=day, source=source, told_by_name="系统", told_at=at)], ignore_conflicts=True)


def _journal(word: str, actor: Actor, row: Work, at: datetime) -> None:
    journal.write(word, actor=actor, at=at, subject=f"distribution:work-{row.pk}", from_institution=row.giver_id, to_institution=row.receiver_id,
                  facts={"kind": row.kind, "item": row.item, "count": row.count, "fen": row.fen, "done_on": row.done_on.isoformat(), "document": row.document})  # fmt: skip
