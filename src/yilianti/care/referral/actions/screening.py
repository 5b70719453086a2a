"""A screening day: many residents sent together, each with a referral of their own; and the receiver's answer to all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from yilianti.care.referral.actions import applying, deciding
from yilianti.care.referral.models import Batch, Referral
from yilianti.care.referral.terms import Application, Screening, Sent
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.numbers import next_number

MOST = 200


def submit_batch(
    *, actor: Actor, client_key: UUID, screening: Screening, application: Application, rows: Sequence[tuple[int, str]], consent_basis: str, at: datetime
) -> tuple[Batch, list[Sent]]:
    """Send one referral per (resident, what was found); whoever cannot be sent is named and stops nobody else.

    The same `client_key` again sends whoever has not been sent yet: every row has a key of its own, made from it.
    """
    if not screening.title.strip():
        raise Refused("title_missing", "请填写这一批的名称，如“十月高血压筛查”。", field="title")
    if not rows:
        raise Refused("nobody_listed", "名单是空的；请至少写一位居民。", field="people")
    if len(rows) > MOST:
        raise Refused("too_many", f"一批最多 {MOST} 人；请分成几批。", field="people")
    batch = _batch(actor, client_key, screening, application.to_institution, at)
    sent = [_one(actor, batch, resident, replace(application, summary=found), consent_basis, at) for resident, found in rows]
    if any(one.number for one in sent):
        journal.write("referral.batch_sent", actor=actor, at=at, subject=f"batches:{batch.number}", from_institution=batch.from_institution_id,
                      to_institution=batch.to_institution_id, facts={"sent": sum(bool(one.number) for one in sent), "refused": sum(bool(one.refused) for one in sent)})  # fmt: skip
    return batch, sent


@transaction.atomic
def _batch(actor: Actor, key: UUID, screening: Screening, to_institution: int, at: datetime) -> Batch:
    if actor.institution is None:
        raise Refused("no_post", "您还没有选择岗位；请先在右上角选择要代表的机构。", "choose a post first")
    actor.require("referral.submit", actor.institution)
    if not to_institution or to_institution == actor.institution:
        raise Refused("receiver_missing", "请选择接收机构（不能是本机构）。", field="to_institution")
    batch, _ = Batch.objects.get_or_create(client_key=key, defaults={
        "number": next_number("PL", at), "title": screening.title.strip()[:80], "held_on": screening.held_on, "from_institution_id": actor.institution,
        "to_institution_id": to_institution, "made_by_id": actor.person, "made_at": at,
    })  # fmt: skip
    return batch


def _one(actor: Actor, batch: Batch, resident: int, application: Application, consent_basis: str, at: datetime) -> Sent:
    key = uuid5(batch.client_key, str(resident))
    try:
        with transaction.atomic():
            made = applying.submit(actor=actor, resident=resident, application=application, client_key=key, at=at, consent_basis=consent_basis)
            Referral.objects.filter(pk=made.pk).update(batch=batch)
    except Refused as refusal:
        return Sent(resident, refused=refusal.zh)
    return Sent(resident, number=made.number)


def accept_batch(*, actor: Actor, number: str, appointment_at: datetime | None, minutes_apart: int, at: datetime, department: int | None = None,
                 note: str = "") -> list[Sent]:  # fmt: skip
    """Take everybody of the batch who still waits for an answer, so many minutes apart; each decision is one of its own."""
    if appointment_at is None:
        raise Refused("appointment_missing", "请填写第一位的预约时间。", field="appointment_at")
    if not 0 <= minutes_apart <= 240:
        raise Refused("minutes_wrong", "间隔应在 0 到 240 分钟之间。", field="minutes_apart")
    waiting = Referral.objects.filter(batch__number=number, state__in=("submitted", "assigned")).order_by("id").values_list("number", "resident")
    told: list[Sent] = []
    for place, (referral, resident) in enumerate(waiting):
        moment = appointment_at + timedelta(minutes=minutes_apart * place)
        try:
            deciding.accept(actor=actor, number=referral, appointment_at=moment, department=department, note=note, at=at)
            told.append(Sent(resident, number=referral))
        except Refused as refusal:
            told.append(Sent(resident, refused=f"{referral}：{refusal.zh}"))
    return told
