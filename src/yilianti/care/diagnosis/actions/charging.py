"""The fee at the member: charged at the price in force or waived with a reason, refunded where nothing was examined. Each is a line of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.care.diagnosis.actions import moving
from yilianti.care.diagnosis.models import Charge, Exam
from yilianti.care.diagnosis.terms import ChargeKind, Order, State
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.registry.institutions import api as institutions

FEES = "clinical.diagnosis.fees"
ELSEWHERE = "本机构收费系统登记"
#: Nothing was examined: the fee may go back.
REFUNDABLE = (State.CANCELLED, State.REJECTED)


def price_of(institution: int, modality: str, at: datetime) -> tuple[dict[str, Any] | None, str]:
    """The item charged for this kind of examination there on that day (None where the county names none), and the edition that says so."""
    policy = policybook.in_force(FEES, timezone.localdate(at), institutions.scope_of(institution, at))
    return next((dict(item) for item in policy["fees"] if item["modality"] == modality), None), str(policy.policy_ref)


def charge(*, actor: Actor, number: str, at: datetime) -> Exam:
    """Charge the price in force; afterwards where the patient could not wait."""
    with _open(actor, number, "charge") as exam:
        line = _by_price(exam, actor, at, ChargeKind.CHARGED)
        _record("diagnosis.charged", actor, exam, line, at)
    return exam


def waive(*, actor: Actor, number: str, because: str, at: datetime) -> Exam:
    """Let the fee go, and say why."""
    because = moving.require(because, "请写明免收的原因。", "because")[:200]
    with _open(actor, number, "charge") as exam:
        line = _by_price(exam, actor, at, ChargeKind.WAIVED, because)
        _record("diagnosis.waived", actor, exam, line, at)
    return exam


def refund(*, actor: Actor, number: str, because: str, at: datetime) -> Exam:
    """Give back the fee of an examination that was cancelled, or whose recording was sent back and is not made again."""
    because = moving.require(because, "请写明退费的原因。", "because")[:200]
    with transaction.atomic():
        exam = _locked(actor, number, "refund")
        if exam.state not in REFUNDABLE:
            raise Refused("not_refundable", "只有已取消或退回重采的检查可以退费；请先取消检查。", "nothing was cancelled or sent back")
        line = undo(exam, actor, at, because)
        if line is None:
            raise Refused("not_charged", "这项检查没有收费，或已退费。", "nothing to refund")
        exam.save(update_fields=["fee_fen", "charged_at"])
        _record("diagnosis.refunded", actor, exam, line, at)
    return exam


def note(exam: Exam, order: Order, actor: Actor, at: datetime) -> None:
    """What was charged or waived with the order itself."""
    if order.fee is not None:
        _write(exam, actor, at, ChargeKind.CHARGED, {"code": "", "name": ELSEWHERE, "fen": order.fee}, "", "")
    elif order.is_charged or order.waived.strip():
        _by_price(exam, actor, at, ChargeKind.CHARGED if order.is_charged else ChargeKind.WAIVED, order.waived.strip()[:200] if not order.is_charged else "")
    if exam.charged_at is not None:
        exam.save(update_fields=["fee_fen", "charged_at"])


def undo(exam: Exam, actor: Actor, at: datetime, because: str) -> Charge | None:
    """The refund of what is charged or waived now, which the caller saves; None where nothing is."""
    open_line = exam.charges.filter(undone_by__isnull=True).exclude(kind=ChargeKind.REFUNDED.value).order_by("-id").first()
    if exam.charged_at is None or open_line is None:
        return None
    exam.fee_fen = exam.charged_at = None
    fen = open_line.fen if open_line.kind == ChargeKind.CHARGED else 0
    return Charge.objects.create(exam=exam, institution_id=exam.institution_id, kind=ChargeKind.REFUNDED.value, code=open_line.code, name=open_line.name, fen=fen, reason=because,
                                 undoes=open_line, policy_ref=open_line.policy_ref, by_id=actor.person, at=at)  # fmt: skip


@contextmanager
def _open(actor: Actor, number: str, verb: str) -> Iterator[Exam]:
    """An exam of which nothing is charged yet, held and saved."""
    with transaction.atomic():
        exam = _locked(actor, number, verb)
        if exam.state == State.CANCELLED:
            raise Refused("cancelled", "这项检查已取消，不再收费。", "cancelled")
        if exam.charged_at is not None:
            raise Refused("charged_already", "这项检查已登记收费或免收；要更正请先取消检查并退费，再重新登记。", "charged already")
        yield exam
        exam.save(update_fields=["fee_fen", "charged_at"])


def _locked(actor: Actor, number: str, verb: str) -> Exam:
    exam = moving.locked(number)
    if not actor.may(f"diagnosis.{verb}", exam.institution_id):
        raise Refused("not_permitted", "您当前的岗位不能办理这家机构的检查费；请切换岗位。", "may not")
    return exam


def _by_price(exam: Exam, actor: Actor, at: datetime, kind: ChargeKind, because: str = "") -> Charge:
    item, ref = price_of(exam.institution_id, exam.modality, at)
    if item is None:
        raise Refused("no_price", "本县没有写明这项检查的价格；请医共体管理办公室在政策“检查收费项目”中写明，之后再补登。", "the county names no price", field="charging")
    return _write(exam, actor, at, kind, item, because, ref)


def _write(exam: Exam, actor: Actor, at: datetime, kind: ChargeKind, item: dict[str, Any], because: str, ref: str) -> Charge:
    exam.fee_fen, exam.charged_at = item["fen"] if kind is ChargeKind.CHARGED else 0, at
    return Charge.objects.create(exam=exam, institution_id=exam.institution_id, kind=kind.value, code=item["code"], name=item["name"], fen=item["fen"], reason=because, policy_ref=ref, by_id=actor.person, at=at)


def _record(word: str, actor: Actor, exam: Exam, line: Charge, at: datetime) -> None:
    moving.record(word, actor=actor, exam=exam, at=at, facts={"fen": line.fen, "amount": str(Money(line.fen)), "item": line.code, **({"because": line.reason} if line.reason else {})},
                  policy_refs=[line.policy_ref] if line.policy_ref else [])  # fmt: skip
