"""Acts of people: a sender is registered, changed, switched; an object is claimed for a resident or set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.dicom import access, filing, indexing
from yilianti.gateways.dicom.models import Instance, Sender
from yilianti.gateways.dicom.placing import Place
from yilianti.gateways.dicom.senders import network_of
from yilianti.gateways.dicom.terms import Reason, State
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import api as residents

#: PS3.5 §6.2, AE: up to 16 printable characters, no backslash.
_TITLE = re.compile(r"[!-\[\]-~](?:[ -\[\]-~]{0,14}[!-\[\]-~])?")


@dataclass(frozen=True)
class Particulars:
    """A sender as it is to be; `address` is one address or a network."""

    name: str
    ae_title: str
    address: str
    institution: int
    orders: bool = False


def keep_sender(*, actor: Actor, particulars: Particulars, at: datetime, sender: int | None = None) -> Sender:
    """Registers a device, or changes it. What it has sent stays where it is."""
    actor.require(access.MANAGE, particulars.institution)
    told = _checked(particulars)
    try:
        with transaction.atomic():
            row = _sender(actor, sender) if sender else Sender()
            if sender and row.institution_id != told.institution and Instance.objects.filter(sender=row).exists():
                raise Refused("sender_has_sent", "这台设备已经发来过记录，不能改到另一家机构；请停用它，另行登记。", "it has sent already", field="institution")
            row.name, row.ae_title, row.address, row.institution_id, row.orders = told.name, told.ae_title, told.address, told.institution, told.orders
            row.changed_by_id, row.changed_at = actor.person, at
            row.save()
            journal.write("dicom.sender_kept", actor=actor, at=at, subject=f"dicom_sender:{row.pk}", to_institution=row.institution_id,
                          facts={"ae_title": row.ae_title, "address": row.address, "orders": row.orders})  # fmt: skip
    except IntegrityError:
        raise Refused("sender_known", f"{told.ae_title} 在地址 {told.address} 已经登记过；请在列表中修改那一条。", "registered already", field="ae_title") from None
    return row


def _checked(told: Particulars) -> Particulars:
    name, title, network = told.name.strip(), told.ae_title.strip(), network_of(told.address)
    if not name:
        raise Refused("name_missing", "请填写设备名称。", "a name is needed", field="name")
    if not _TITLE.fullmatch(title):
        raise Refused("title_malformed", "AE 标题为 1 到 16 个英文字母、数字或符号，不含反斜杠；请照设备上的填写。", "not an AE title", field="ae_title")
    if network is None or network.prefixlen == 0:
        raise Refused("address_malformed", "地址应是 IP 地址（如 10.1.2.3）或网段（如 10.1.2.0/24），不能是全部地址。", "not an address or network", field="address")
    single = network.prefixlen == network.max_prefixlen
    return Particulars(name[:64], title, str(network.network_address) if single else str(network), told.institution, told.orders)


def switch_sender(*, actor: Actor, sender: int, active: bool, at: datetime) -> Sender:
    """Lets a device in, or no more."""
    with transaction.atomic():
        row = _sender(actor, sender)
        row.active, row.changed_by_id, row.changed_at = active, actor.person, at
        row.save(update_fields=["active", "changed_by", "changed_at"])
        journal.write("dicom.sender_switched", actor=actor, at=at, subject=f"dicom_sender:{row.pk}", to_institution=row.institution_id, facts={"active": active})
    return row


def _sender(actor: Actor, number: int) -> Sender:
    row = Sender.objects.select_for_update(of=("self",)).filter(access.senders_visible_to(actor), pk=number).first()
    if row is None:
        raise Refused("sender_missing", "没有这台设备，可能地址有误；请回到设备列表重新选择。", "no such sender")
    return row


def claim(*, actor: Actor, instance: int, at: datetime, exam: str = "", resident: str = "") -> Instance:
    """Says whose an unmatched object is: an exam's that waits for its recording, or a resident's without an exam."""
    with transaction.atomic():
        row = _unmatched(actor, instance)
        content = bytes(row.spooled if row.spooled is not None else row.recording.content)  # type: ignore[union-attr]
        one = filing.Object(row, indexing.told_by(content), content)
        filing.read(one)
        one.row.settled_by_id, one.row.settled_at = actor.person, at
        filing.settle(one, _place(actor, row, exam.strip(), resident.strip()), actor=actor, at=at, word="dicom.claimed")
        if row.state != State.FILED.value:
            raise Refused("not_filed", f"没有归档：{Reason.label(row.reason)}；请联系平台管理员。", "not filed")
    return row


def _place(actor: Actor, row: Instance, exam: str, resident: str) -> Place:
    if exam:
        found = diagnosis.called(row.institution_id, [exam])
        if found is None:
            raise Refused("unknown_exam", f"本机构没有编号为 {exam} 的检查；请核对编号。", "no such exam", field="exam")
        if not diagnosis.takes_recording(found):
            raise Refused("exam_past", f"检查 {found.number} 已发送或已取消，不再更换记录；请改选其他检查，或只归到居民。", "the exam takes no recording", field="exam")
        return Place(found.resident_id, found)
    known = residents.by_number(resident.upper()) if resident else None
    if known is None or not residents.openable(actor, {known.id}):
        raise Refused("unknown_resident", "请选择一项检查，或填写居民编号（JM 开头）；居民须在本机构的服务范围内。", "choose an exam or a resident", field="resident")
    return Place(known.id)


def set_aside(*, actor: Actor, instance: int, note: str, at: datetime) -> Instance:
    """Ends the waiting of an object that belongs to nobody; its bytes stay."""
    note = note.strip()
    if not note:
        raise Refused("note_missing", "请写明不归档的原因。", "say why", field="note")
    with transaction.atomic():
        row = _unmatched(actor, instance)
        row.state, row.note, row.settled_by_id, row.settled_at = State.SET_ASIDE.value, note[:200], actor.person, at
        row.save(update_fields=["state", "note", "settled_by", "settled_at"])
        journal.write("dicom.set_aside", actor=actor, at=at, subject=f"dicom:{row.pk}", to_institution=row.institution_id, facts={"reason": row.reason})
    return row


def _unmatched(actor: Actor, number: int) -> Instance:
    row = Instance.objects.select_for_update(of=("self",)).select_related("sender__institution", "recording", "settled_by").filter(access.visible_to(actor), pk=number).first()
    if row is None:
        raise Refused("instance_missing", "没有这份记录，可能地址有误；请回到列表重新选择。", "no such object")
    actor.require(access.CLAIM, row.institution_id)
    if row.state != State.UNMATCHED.value:
        who = f"（{row.settled_by.name}已处理）" if row.settled_by else ""
        raise Refused("wrong_state", f"这份记录{State.label(row.state)}，不需要再认领{who}；请刷新列表。", f"the object is {row.state}")
    return row
