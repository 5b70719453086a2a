"""Acts of people on messages: replay after mending, set aside, map a code, remove a mapping."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yilianti.gateways.hl7v2 import ledger
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.models import CodeMapping, Message
from yilianti.gateways.hl7v2.receiving import Receiver, Work, apply_one, refuse, refuse_unknown_facility
from yilianti.gateways.hl7v2.terms import CLOSED, State, Table
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused


def replay(*, actor: Actor, message: int, at: datetime, receiver: Receiver | None = None) -> Message:
    """Applies a refused message again; it is kept as refused, with the new reason, where it still does not fit."""
    receiver = receiver or Receiver()
    receiver.senders.forget()
    with transaction.atomic():
        row = _locked(message, "replay")
        actor.require("hl7v2.replay", row.institution_id)
        content = bytes(row.raw)
        work = Work.of(Frame(content), row.peer)
        work.kept = ledger.Kept(row.id, State(row.state), row.attempts + 1)
        _apply_again(work, receiver, at)
        ledger.conclude([work], at=at)
        Message.objects.filter(id=row.id).update(replayed_by=actor.person, replayed_at=at, attempts=row.attempts + 1)
        journal.write("hl7v2.replayed", actor=actor, at=at, subject=f"hl7v2:{row.id}", resident=work.resident,
                      to_institution=work.sender.institution if work.sender else None,
                      facts={"state": work.state.value, "refusal": work.refusal_code})
    row.refresh_from_db()
    return row


def _apply_again(work: Work, receiver: Receiver, at: datetime) -> None:
    envelope = work.open(receiver.max_size)
    work.findings = list(envelope.findings)
    ledger.note_reused_control_ids([work])
    if envelope.verdict is not None:
        refuse(work, envelope.verdict)
        return
    work.sender = receiver.sender(envelope.sender, at)
    if work.sender is None:
        refuse_unknown_facility(work, envelope)
    else:
        apply_one(work, at, careful=True)


def set_aside(*, actor: Actor, message: int, note: str, at: datetime) -> Message:
    """Ends the waiting of a refused message that needs no mending; says why."""
    note = note.strip()
    if not note:
        raise Refused("note_missing", "请写明不再处理的原因。", "Say why the message is set aside.", field="note")
    with transaction.atomic():
        row = _locked(message, "set_aside")
        actor.require("hl7v2.replay", row.institution_id)
        row.state, row.note = State.IGNORED.value, note[:200]
        row.save(update_fields=["state", "note"])
        journal.write("hl7v2.set_aside", actor=actor, at=at, subject=f"hl7v2:{row.id}", to_institution=row.institution_id,
                      facts={"refusal": row.refusal_code})
    return row


def _locked(message: int, act: str) -> Message:
    row = Message.objects.select_for_update().filter(id=message).first()
    if row is None:
        raise Refused("message_missing", "没有这条消息，可能地址有误；请回到消息列表重新选择。", "No such message.")
    states = {State.REFUSED, State.IGNORED} if act == "replay" else {State.REFUSED}
    if State(row.state) not in states:
        raise Refused("wrong_state", f"这条消息{State.label(row.state)}，不需要再处理；请刷新列表。", f"The message is {row.state}.")
    return row


def map_code(*, actor: Actor, institution: int, table: str, local_code: str, standard_code: str, display: str, at: datetime) -> CodeMapping:
    """Says what a local code of an institution means, or changes what was said."""
    actor.require("hl7v2.map", institution)
    local_code, standard_code, display = local_code.strip(), standard_code.strip(), display.strip()
    if table not in {member.value for member in Table}:
        raise Refused("table_unknown", "请选择对照表。", "Choose a table.", field="table")
    if not local_code or not standard_code:
        raise Refused("code_missing", "院内代码和标准代码都要填写。", "Both codes are needed.", field="local_code")
    closed = CLOSED.get(Table(table))
    if closed is not None and standard_code not in closed:
        allowed = "、".join(f"{code}（{label}）" for code, label in closed.items())
        raise Refused("code_not_standard", f"标准代码不在本表允许的范围内，可用：{allowed}。", "Not a standard code.", field="standard_code")
    with transaction.atomic():
        row, _ = CodeMapping.objects.update_or_create(
            institution_id=institution, table=table, local_code=local_code,
            defaults={"standard_code": standard_code, "display": display, "changed_at": at, "changed_by": actor.person},
        )
        journal.write("hl7v2.code_mapped", actor=actor, at=at, subject=f"hl7v2_mapping:{row.id}", to_institution=institution,
                      facts={"table": table, "local_code": local_code, "standard_code": standard_code})
    return row


def unmap_code(*, actor: Actor, mapping: int, at: datetime) -> None:
    """Removes a mapping; messages already applied stay as they are."""
    with transaction.atomic():
        row = CodeMapping.objects.select_for_update().filter(id=mapping).first()
        if row is None:
            raise Refused("mapping_missing", "这条对照已经不在了，请刷新列表。", "No such mapping.")
        actor.require("hl7v2.map", row.institution_id)
        journal.write("hl7v2.code_unmapped", actor=actor, at=at, subject=f"hl7v2_mapping:{row.id}", to_institution=row.institution_id,
                      facts={"table": row.table, "local_code": row.local_code, "standard_code": row.standard_code})
        row.delete()
