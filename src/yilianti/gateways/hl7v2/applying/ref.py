"""REF I12 (refer), I13 (modify), I14 (cancel), I15 (ask) → the referral door; answered by RRI with number and status.

An electronic referral needs what a paper one needs. Consent is said in CON (2.5.1 chapter 9): CON-10 how, CON-11 whether; without
it, and without one in force, the referral is refused. It is not kept as a draft: a draft nobody opens is a patient nobody expects.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from yilianti.care.referral import api as referral
from yilianti.gateways.hl7v2 import referrals
from yilianti.gateways.hl7v2.applying import fields, identity
from yilianti.gateways.hl7v2.applying.context import Context, Unusable
from yilianti.gateways.hl7v2.parsing import Segment
from yilianti.gateways.hl7v2.terms import Table
from yilianti.kernel.actor import Actor
from yilianti.registry.institutions import api as institutions

_URGENCIES: Final = {code: word for word, code in referrals.PRIORITIES.items()}
_SERVICES: Final = {"I": "inpatient", "O": "outpatient", "E": "outpatient", "A": "examination", "C": "rehabilitation"}
# HL7 table 0497.
_BASES: Final = {"W": "signed", "V": "verbal", "T": "verbal"}
_REFUSED: Final = {"R", "X", "P"}


def apply(context: Context) -> None:
    """Creates, changes, withdraws or looks up the referral the sender knows by RF1-6."""
    asked = context.need("RF1", "转诊信息")
    originating = asked.component(6).strip()
    if not originating:
        raise Unusable("101", "RF1-6 转诊编号为空，请填写贵方的转诊编号后重发。", "RF1-6 (originating referral identifier) is required.", "RF1", 6)
    key = uuid5(NAMESPACE_URL, f"yilianti:referral:{context.sender.institution}:{originating}")
    number = referral.number_of(key)
    actor = _actor(context)
    if context.trigger == "I12" or (context.trigger == "I13" and number):
        number = _submit(context, actor, asked, key, number)
    elif not number:
        raise Unusable("204", f"没有编号为 {originating[:60]} 的转诊；请先发送 REF^I12，或核对编号。", "The referral is unknown.", "RF1", 6)
    elif context.trigger == "I14":
        context.has_written = True
        because = "；".join(_notes(context))[:200] or f"{context.sender.name}的系统撤回"
        if referral.outline(number).state != "withdrawn":
            referral.withdraw(actor=actor, number=number, because=because, at=context.at)
    told = referral.outline(number)
    context.resident = told.resident
    context.subjects.append(f"referral:{number}")
    context.reply = tuple(referrals.segments(told, context.sender.institution, context.at, originating))


def _submit(context: Context, actor: Actor, asked: Segment, key: UUID, number: str) -> str:
    if number and referral.outline(number).state not in ("draft", "returned"):
        if context.trigger == "I13":
            raise Unusable("207", f"转诊单 {number} 已在对方手中，不能修改；请对方退回补充，或先撤回（REF^I14）再重新申请。", "It can no longer be modified.", "RF1", 6)
        return number  # told again
    basis = _basis(context)
    application = _application(context, asked)
    resident = identity.register(context)
    sent = referral.submit(actor=actor, resident=resident, application=application, client_key=key, at=context.at, consent_basis=basis,
                           number=number)  # fmt: skip
    return sent.number


def _application(context: Context, asked: Segment) -> referral.Application:
    first = next((s for s in context.message.all("DG1")), None)
    said = context.coded(Table.DIAGNOSIS, fields.code(first.first(3))) if first is not None else fields.Code()
    return referral.Application(
        to_institution=_receiver(context), diagnosis_code=said.code[:24], diagnosis_name=said.label[:120], reason=asked.component(10).strip(),
        urgency=_URGENCIES.get(asked.component(2).strip().upper(), "elective"), service=_SERVICES.get(asked.component(5).strip().upper(), ""),
        summary="\n".join(_notes(context)),
    )  # fmt: skip


def _receiver(context: Context) -> int:
    """The institution of the PRD with role RT, by its interface code."""
    for segment in context.message.all("PRD"):
        if segment.component(1).strip().upper() != "RT":
            continue
        for code in (segment.component(7).strip(), segment.component(4, 4).strip(), segment.component(4).strip()):
            if code and (found := institutions.by_facility_code("hl7v2", code)) is not None:
                return int(found.id)
        raise Unusable("204", "PRD-7 接收机构的代码未登记；请与平台管理员核对接口代码。", "The referred-to provider is unknown.", "PRD", 7, segment.sequence)
    raise Unusable("101", "缺少角色为 RT 的 PRD 段（接收机构），请补上后重发。", "PRD with role RT is required.", "PRD", 1)


def _basis(context: Context) -> str:
    consent = context.message.first("CON")
    if consent is None:
        return ""
    if consent.component(11).strip().upper() in _REFUSED:
        raise Unusable("207", "CON-11 表明居民未同意或已撤回；取得同意后再转诊。", "Consent was not given.", "CON", 11)
    return _BASES.get(consent.component(10).strip().upper(), "")


def _notes(context: Context) -> list[str]:
    return [text for segment in context.message.all("NTE") if (text := segment.text(3).strip())]


def _actor(context: Context) -> Actor:
    """The sender's system under the policies of its consortium and region."""
    scope = institutions.scope_of(context.sender.institution, context.at)
    return replace(context.actor, consortium=scope.consortium, region=scope.region)
