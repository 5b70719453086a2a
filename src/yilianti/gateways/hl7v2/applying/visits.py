"""PV1-19: which visit a message speaks of."""

from __future__ import annotations

from yilianti.gateways.hl7v2.applying.context import Context, Unusable
from yilianti.gateways.hl7v2.parsing import Segment
from yilianti.kernel.finding import Severity
from yilianti.record.encounters import api as encounters
from yilianti.registry.residents import api as residents


def number_of(context: Context, visit: Segment | None) -> str:
    """The visit number, or the patient account number where the sender leaves PV1-19 empty; "" when neither is there."""
    number = visit.component(19).strip() if visit is not None else ""
    patient = context.message.first("PID")
    return number or (patient.component(18).strip() if patient is not None else "")


def required_number(context: Context, visit: Segment) -> str:
    """The visit number; Unusable when the message names none."""
    number = number_of(context, visit)
    if not number:
        raise Unusable("101", "PV1-19 就诊号为空，请填写住院号或门诊号后重发。", "PV1-19 (visit number) is required.", "PV1", 19)
    if len(number) > 64:
        raise Unusable("102", "PV1-19 就诊号超过 64 个字符，请核对。", "PV1-19 is too long.", "PV1", 19)
    if not visit.has(19):
        context.note("visit_from_pid_18", "PV1-19 就诊号为空，取自 PID-18。", en="Visit number taken from PID-18.")
    return number


def encounter_of(context: Context, resident: int) -> int | None:
    """The encounter a report or document belongs to, where it is known and the resident's own."""
    number = number_of(context, context.message.first("PV1"))
    if not number:
        return None
    visit = encounters.visit(context.sender.institution, number[:64])
    if visit is None:
        context.note("visit_unknown", "就诊号尚未登记，内容先归入居民档案，未挂到就诊上。", en="The visit is not known.", severity=Severity.INFO)
        return None
    if visit.resident_id != resident and resident not in residents.all_ids(visit.resident_id):
        context.note("visit_of_other", "就诊号属于另一位居民，内容未挂到该就诊上，请核对。", en="The visit belongs to another resident.")
        return None
    return visit.id
