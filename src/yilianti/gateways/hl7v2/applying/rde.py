"""RDE^O11 → prescriptions, and AL1 of any message about a person → allergies.

Source: HL7 v2.5.1 chapter 4 (4.14.4 RXE, 4.14.2 RXR, 4.5.1 ORC, 4.5.4 TQ1), chapter 3 (3.4.6 AL1), tables 0119, 0127, 0128.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yilianti.gateways.hl7v2.applying import fields, identity, visits
from yilianti.gateways.hl7v2.applying.context import Context, Unusable
from yilianti.gateways.hl7v2.parsing import Segment
from yilianti.kernel.finding import Refused, Severity
from yilianti.record.prescriptions import api as prescriptions
from yilianti.record.prescriptions.api import Intolerance, Medicine, OrderSaid

_STATES: Final = {"CA": "cancelled", "OC": "cancelled", "CR": "cancelled", "DC": "ended", "OD": "ended", "DR": "ended", "HD": "ended", "DE": "cancelled"}
_KINDS: Final = {"DA": "drug", "MA": "drug", "MC": "drug", "FA": "food", "EA": "environment", "AA": "environment", "PA": "environment", "LA": "environment"}
_SEVERITIES: Final = {"SV": "severe", "MO": "moderate", "MI": "mild", "U": "unknown"}
#: What interfaces write where a person has no known allergy.
_NOTHING: Final = {"NKA", "NKDA", "NONE", "无", "无过敏", "无过敏史", "否认", "否认过敏史", "无已知过敏", "无药物过敏史", "716186003"}


@dataclass
class _Order:
    common: Segment
    asked: Segment | None = None
    given: Segment | None = None
    route: Segment | None = None
    timing: Segment | None = None


def apply(context: Context) -> None:
    """Registers the resident and files one prescription per order."""
    orders = _orders(context)
    resident = identity.register(context)
    encounter = visits.encounter_of(context, resident)
    for order in orders:
        said = _said(context, order)
        filed = prescriptions.file_prescription(
            actor=context.actor, resident_id=resident, institution_id=context.sender.institution, encounter_id=encounter, order=said,
            medicine=_medicine(order), source=context.source, at=context.at,
        )  # fmt: skip
        context.subjects.append(f"prescriptions:{filed.number}")
    allergies(context, resident)


def _orders(context: Context) -> list[_Order]:
    found: list[_Order] = []
    for segment in context.message:
        if segment.name == "ORC":
            found.append(_Order(segment))
        elif found:
            _place(found[-1], segment)
    if not found:
        raise Unusable("100", "缺少 ORC 段（医嘱），请补上后重发。", "Segment ORC is required.", "ORC")
    for order in found:
        if order.given is None and order.asked is None:
            raise Unusable("100", "ORC 后缺少 RXE 段（用药），请补上后重发。", "Segment RXE is required.", "RXE", 0, order.common.sequence)
    return found


def _place(order: _Order, segment: Segment) -> None:
    names = {"RXO": "asked", "RXE": "given", "RXR": "route", "TQ1": "timing"}
    name = names.get(segment.name)
    # Of what is said of the request and again of what is given, the latter counts.
    if name and (getattr(order, name) is None or (order.given is not None and name != "given")):
        setattr(order, name, segment)


def _said(context: Context, order: _Order) -> OrderSaid:
    common = order.common
    number = (common.component(2) or common.component(3)).strip()
    if not number:
        raise Unusable("101", "ORC-2 医嘱号为空，请填写后重发。", "ORC-2 (placer order number) is required.", "ORC", 2, common.sequence)
    ordered = context.first_moment((common, 9), (common, 15), (context.message.header, 7))
    return OrderSaid(number, _STATES.get(common.component(1).strip().upper(), "active"), ordered, _moment(order, 7), _moment(order, 8))


def _moment(order: _Order, number: int) -> datetime | None:
    """A start or end may lie in the future."""
    for segment, component in ((order.timing, 1), (order.given, number - 3)):
        if segment is None:
            continue
        try:
            made = fields.moment(segment.component(number) if segment.name == "TQ1" else segment.component(1, component))
        except fields.BadValue:
            continue
        if made is not None:
            return made
    return None


def _medicine(order: _Order) -> Medicine:
    given = order.given or order.asked
    assert given is not None
    place = 2 if given.name == "RXE" else 1
    drug = fields.code(given.first(place))
    amount, unit = given.component(3 if place == 2 else 2).strip(), fields.code(given.first(5 if place == 2 else 4)).label
    timing, route = order.timing, order.route
    frequency = (fields.code(timing.first(3)).label if timing is not None else "") or given.component(1, 2).strip()
    length = timing.component(6).strip() if timing is not None else ""
    days = f"{length} {timing.component(6, 2).strip()}".strip() if timing is not None and length else given.component(1, 3).strip()
    told = fields.code(given.first(7)).label
    return Medicine(
        drug=drug.label, code=drug.code, system=drug.system, dose=f"{amount} {unit}".strip(), route=fields.code(route.first(1)).label if route is not None else "",
        frequency=frequency, days=days, instructions=told, prescriber=fields.staff_name(order.common, 12),
    )  # fmt: skip


def allergies(context: Context, resident: int) -> None:
    """AL1: each as an allergy of the record; "no known allergy" is an answer of its own. What cannot be taken is a finding, not a refusal."""
    for segment in context.message.all("AL1"):
        substance = fields.code(segment.first(3))
        if not substance:
            context.note("allergy_unnamed", "AL1-3 过敏原为空，未采用。", en="AL1-3 is empty.", severity=Severity.INFO)
            continue
        nothing = {substance.label.strip().upper(), substance.code.strip().upper()} & _NOTHING
        told = Intolerance("none") if nothing else Intolerance(
            _KINDS.get(segment.component(2).strip().upper(), "other"), substance.label, substance.code,
            _SEVERITIES.get(segment.component(4).strip().upper(), "unknown"), "；".join(fields.line(f) for f in segment.repetitions(5)), segment.component(6).strip()[:32],
        )  # fmt: skip
        try:
            filed = prescriptions.record_allergy(actor=context.actor, resident_id=resident, institution_id=context.sender.institution, told=told,
                                                 at=context.at, source=context.source)  # fmt: skip
        except Refused as refusal:
            context.note("allergy_not_taken", refusal.zh, en=refusal.en)
        else:
            context.subjects.append(f"prescriptions:{filed.number}")
