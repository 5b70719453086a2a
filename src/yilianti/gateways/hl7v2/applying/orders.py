"""ORM^O01 and OMG^O19 → the centre's door: one order is one exam, whichever door it came through.

Source: HL7 v2.5.1 chapter 4 (4.4.1 ORM, 4.4.4 OMG, 4.5.1 ORC, 4.5.3 OBR, 4.5.4 TQ1), tables 0119, 0485.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.hl7v2.applying import fields, identity
from yilianti.gateways.hl7v2.applying.context import Context, Unusable
from yilianti.gateways.hl7v2.parsing import Segment
from yilianti.gateways.hl7v2.terms import Table
from yilianti.registry.residents import api as residents

# HL7 table 0119, what a placer may ask: a new order, a change, and an end in its two words.
_NEW, _CHANGE, _END = "NW", "XO", ("CA", "DC")
# HL7 tables 0485 and 0027; as soon as possible is read as an emergency: too early harms nobody.
_URGENCIES: Final = {"S": "emergency", "STAT": "emergency", "A": "emergency", "ASAP": "emergency", "T": "emergency", "R": "routine", "P": "routine", "C": "routine", "PRN": "routine",
                     "常规": "routine", "普通": "routine", "加急": "emergency", "急诊": "emergency", "胸痛": "chest_pain"}  # fmt: skip
_WORST: Final = ("chest_pain", "emergency", "routine")
# LOINC: EKG study.
_SERVICES: Final = {"ECG": "ecg", "EKG": "ecg", "11524-6": "ecg"}
_SECTIONS: Final = {"EC": "ecg", "ECG": "ecg", "EKG": "ecg"}
_CHEST_PAIN: Final = "ecg_chest_pain"


@dataclass
class Group:
    """An order with what belongs to it: ORC, TQ1, OBR, NTE, DG1 in the order they stand."""

    common: Segment | None = None
    order: Segment | None = None
    timing: Segment | None = None
    notes: list[str] = field(default_factory=list)


def apply(context: Context) -> None:
    """Registers the resident and does what each order of the message asks."""
    found = [(group, _number(group)) for group in groups(context)]
    resident = identity.register(context)
    for group, number in found:
        exam = _act(context, group, number, resident)
        context.subjects.append(f"diagnosis:{exam.number}")


def groups(context: Context) -> list[Group]:
    """The orders of the message; Unusable where one lacks its OBR or there is none."""
    found: list[Group] = []
    for segment in context.message:
        if segment.name == "ORC" or (segment.name == "OBR" and (not found or found[-1].order is not None)):
            found.append(Group())
        if segment.name == "ORC":
            found[-1].common = segment
        elif segment.name == "OBR":
            found[-1].order = segment
        elif segment.name == "TQ1" and found and found[-1].timing is None:
            found[-1].timing = segment
        elif segment.name == "NTE" and found and found[-1].order is not None and (text := segment.text(3).strip()):
            found[-1].notes.append(text)
    if not found or found[0].common is None:
        raise Unusable("100", "缺少 ORC 段（申请控制），请补上后重发。", "Segment ORC is required.", "ORC")
    for group in found:
        if group.order is None:
            raise Unusable("100", "ORC 后缺少 OBR 段（检查项目），请补上后重发。", "Segment OBR is required.", "OBR")
    return found


def _number(group: Group) -> str:
    """The placer's order number, said alike in ORC-2 and OBR-2; what is wrong with it costs nothing, for nothing is written yet."""
    common, order = group.common, group.order
    said = [one.component(2).strip() for one in (common, order) if one is not None and one.component(2).strip()]
    if not said:
        raise Unusable("101", "ORC-2 申请单号为空，请填写贵方的申请单号后重发。", "ORC-2 (placer order number) is required.", "ORC", 2)
    if len(set(said)) > 1:
        raise Unusable("207", f"ORC-2 与 OBR-2 的申请单号不同（{said[0][:40]}、{said[1][:40]}），请核对。", "ORC-2 and OBR-2 differ.", "OBR", 2, order.sequence if order else 1)
    if len(said[0]) > 96:
        raise Unusable("102", "ORC-2 申请单号超过 96 个字符，请核对。", "ORC-2 is too long.", "ORC", 2)
    return said[0]


def _act(context: Context, group: Group, number: str, resident: int) -> diagnosis.Exam:
    control = group.common.component(1).strip().upper() if group.common is not None else ""
    if control == _NEW:
        return _new(context, group, number, resident)
    if control != _CHANGE and control not in _END:
        raise Unusable("207", f"ORC-1 申请控制码“{control[:8]}”不接收；请用 NW（新申请）、XO（更改）或 CA（取消）。", f"Order control {control[:8]} is not supported.", "ORC", 1)
    exam = diagnosis.of_order(context.sender.institution, number)
    if exam is None:
        raise Unusable("204", f"没有单号为 {number[:60]} 的申请；请先发送 NW，或核对单号。", "The order is unknown.", "ORC", 2)
    _same_person(exam, number, resident)
    if control in _END:
        return _cancelled(context, group, exam)
    asked = _order(context, group, number)
    return diagnosis.revise(actor=context.actor, number=exam.number, urgency=asked.urgency, complaint=asked.complaint, impression=asked.impression, bed=asked.bed, at=context.at)


def _new(context: Context, group: Group, number: str, resident: int) -> diagnosis.Exam:
    if (held := diagnosis.of_order(context.sender.institution, number)) is not None:
        _same_person(held, number, resident)
    exam = diagnosis.order(
        actor=context.actor, resident=resident, institution=context.sender.institution, order=_order(context, group, number),
        client_key=key(context.sender.institution, number), at=context.at,
    )  # fmt: skip
    if exam.state == diagnosis.State.CANCELLED:
        raise Unusable("207", f"申请单 {number[:60]} 已取消，不能再用；重新申请请换一个单号。", "The order was cancelled.", "ORC", 2)
    return exam


def key(institution: int, number: str) -> UUID:
    """The same order gives the same key on every line and in every repeat, also after it was cancelled."""
    return uuid5(NAMESPACE_URL, f"yilianti:exam:{institution}:{number}")


def _cancelled(context: Context, group: Group, exam: diagnosis.Exam) -> diagnosis.Exam:
    """A repeated cancellation changes nothing; one that comes after reading began is refused by the centre."""
    if exam.state == diagnosis.State.CANCELLED:
        return exam
    told = group.common.component(16, 2).strip() or group.common.component(16).strip() if group.common is not None else ""
    return diagnosis.cancel(actor=context.actor, number=exam.number, because="；".join(filter(None, [told, *group.notes])) or f"{context.sender.name}的系统取消申请", at=context.at)


def _same_person(exam: diagnosis.Exam, number: str, resident: int) -> None:
    if exam.resident_id != resident and exam.resident_id not in residents.all_ids(resident):
        raise Unusable("205", f"申请单 {number[:60]} 属于另一位居民，请核对 PID-3 与 ORC-2。", "The order belongs to another patient.", "PID", 3)


def _order(context: Context, group: Group, number: str) -> diagnosis.Order:
    order = group.order
    assert order is not None
    service = _service(context, order)
    reason = fields.code(order.first(31))
    told = [*(line for line in order.text(13).split("\n") if line.strip()), reason.text, *group.notes]
    visit = context.message.first("PV1")
    return diagnosis.Order(
        modality=diagnosis.Modality.ECG.value, urgency=_urgency(context, group, service, reason), complaint="；".join(dict.fromkeys(filter(None, map(str.strip, told)))),
        impression=_impression(context), placer_number=number, bed=" ".join(filter(None, (visit.component(3, n).strip() for n in (2, 3)))) if visit is not None else "", source=context.source,
        orderer=fields.staff_name(order, 16) or (fields.staff_name(group.common, 12) if group.common is not None else ""),
    )  # fmt: skip


def _service(context: Context, order: Segment) -> str:
    """What is asked for: the institution's own mapping, a code known everywhere, the section (OBR-24), or its plain name."""
    said = fields.code(order.first(4))
    if not said:
        raise Unusable("101", "OBR-4 检查项目为空，请填写后重发。", "OBR-4 (universal service identifier) is required.", "OBR", 4, order.sequence)
    mapped = context.sender.codes.get((Table.ORDER.value, said.code), ("", ""))[0]
    found = mapped or _SERVICES.get(said.code.upper(), "") or _SECTIONS.get(order.component(24).strip().upper(), "") or ("ecg" if "心电" in said.text else "")
    if not found:
        raise Unusable("207", f"OBR-4 检查项目“{said.label[:40]}”不是本平台接收的检查；是心电检查的，请在“编码对照”中登记“检查申请项目”。",
                       "OBR-4 is not an examination of the shared centres.", "OBR", 4, order.sequence)  # fmt: skip
    return found


def _urgency(context: Context, group: Group, service: str, reason: fields.Code) -> str:
    """The worst of what any of its places says; chest pain by the institution's mapping of its item, priority or reason."""
    assert group.order is not None
    written = [group.order.component(27, 6), group.order.component(5), group.timing.component(9) if group.timing is not None else "", group.common.component(7, 6) if group.common is not None else ""]
    said = [context.standard(Table.PRIORITY, one, _URGENCIES, "routine") for one in written if one.strip()]
    mapped = context.sender.codes.get((Table.PRIORITY.value, reason.code), ("", ""))[0] if reason.code else ""
    said += [mapped, "chest_pain" if service == _CHEST_PAIN else ""]
    return next((one for one in _WORST if one in said), "routine")


def _impression(context: Context) -> str:
    said = (context.coded(Table.DIAGNOSIS, fields.code(one.first(3))).label or one.text(4).strip() for one in context.message.all("DG1"))
    return "；".join(dict.fromkeys(filter(None, said)))
