"""What a person decides: try a parked entry or a failed job again, let an entry go with a reason, have a backup or a drill made now."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from yilianti.handovers import machine
from yilianti.handovers.models import Waiting
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

PERMISSION = "operations.retry"
KEEPING = "operations.keep"
#: What may be asked for → the worker's task, the journal's word.
REQUESTS = {"backup": ("backup", "handovers.backup_requested"), "drill": ("restore_drill", "handovers.drill_requested")}
REASON_LENGTH = 200


@transaction.atomic
def retry(*, actor: Actor, waiting: int, at: datetime) -> Waiting:
    """Give a parked or waiting entry a fresh set of attempts, the first at once."""
    row = _locked(actor, waiting)
    row.attempts, row.retry_at, row.parked_at = 0, at, None
    row.save(update_fields=["attempts", "retry_at", "parked_at"])
    _write("handovers.retried", actor, row, at)
    return row


@transaction.atomic
def dismiss(*, actor: Actor, waiting: int, reason: str, at: datetime) -> Waiting:
    """Let an entry go undelivered, so that what stands behind it can follow; refused without a reason."""
    row = _locked(actor, waiting)
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", "请填写“放弃原因”：放弃后这一步不会再执行，日后要能说明为什么。", "A reason is required.", field="reason")
    if len(reason) > REASON_LENGTH:
        raise Refused("reason_too_long", f"“放弃原因”最多 {REASON_LENGTH} 个字，请缩短。", "The reason is too long.", field="reason")
    row.dismissed_at, row.dismissed_by, row.dismissed_because = at, actor.person, reason
    row.save(update_fields=["dismissed_at", "dismissed_by", "dismissed_because"])
    _write("handovers.dismissed", actor, row, at, reason=reason)
    return row


def _locked(actor: Actor, waiting: int) -> Waiting:
    """The row, locked against the runner; refused when it has got through or somebody has decided."""
    actor.require(PERMISSION)
    row = Waiting.objects.select_for_update().filter(id=waiting).first()
    if row is None:
        raise Refused("changed_meanwhile", "这一条已经办成，不再需要处理；请返回“运行状态”查看。", "It has been delivered meanwhile.")
    if row.dismissed_at is not None:
        raise Refused("changed_meanwhile", f"这一条已有人放弃，原因是“{row.dismissed_because}”。", "It has been dismissed meanwhile.")
    return row


def _write(word: str, actor: Actor, row: Waiting, at: datetime, **facts: str) -> None:
    said = {"handover": row.handover, "attempts": row.attempts, **facts}
    journal.write(word, actor=actor, at=at, subject=f"handovers:{row.entry}", facts=said, caused_by=row.entry)


@transaction.atomic
def request(*, actor: Actor, kind: str, at: datetime) -> bool:
    """Have the worker make a backup or a restore drill (`kind`) now; False when one is asked for already."""
    actor.require(KEEPING)
    task, word = REQUESTS[kind]
    if machine.is_asked_for(task):
        return False
    journal.write(word, actor=actor, at=at, subject=f"handovers:{kind}")  # the word is one of REQUESTS
    app.configure_task(task, queueing_lock=task).defer()
    return True


@transaction.atomic
def retry_job(*, actor: Actor, job: int, at: datetime) -> str:
    """Do a failed background job once more, as a new one; returns its task. Refused when it is no longer there."""
    actor.require(PERMISSION)
    found = machine.take_failed(job)
    if found is None:
        raise Refused("changed_meanwhile", "这个任务已经不在失败之列；请刷新页面查看。", "The job is no longer failed.")
    task, arguments = found
    journal.write("handovers.job_retried", actor=actor, at=at, subject=f"handovers:job:{job}", facts={"task": task})
    app.configure_task(task).defer(**arguments)
    return task
