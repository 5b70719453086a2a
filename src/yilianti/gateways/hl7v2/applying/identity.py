"""PID → resident: identifiers by issuer and type, demographics, and the door of the register."""

from __future__ import annotations

from typing import Final

from yilianti.gateways.hl7v2.applying import fields
from yilianti.gateways.hl7v2.applying.context import Context, Unusable
from yilianti.gateways.hl7v2.parsing import Field, Segment
from yilianti.gateways.hl7v2.terms import Table
from yilianti.kernel.finding import Severity
from yilianti.registry.residents import api as residents

# HL7 table 0203 and what Chinese interfaces write in its place.
_ID_CARD: Final = {"NI", "NNCHN", "NNCN", "NN", "SFZ", "IDCARD", "ID", "身份证", "居民身份证"}
_INSURANCE: Final = {"SS", "SB", "HIC", "YB", "SI", "MI", "医保", "医保号", "社保"}
_HEALTH_CARD: Final = {"HC", "JC", "JN", "JKK", "EHC", "健康卡", "电子健康卡"}
_NOT_A_PERSON: Final = {"AN", "VN", "BC", "AM", "DI", "MS", "DS", "AC", "ACSN"}
_LOCAL: Final = {"", "MR", "PI", "PT", "MRN", "MRT", "PID", "EMPI", "HIS", "病历号", "住院号", "门诊号"}
_SEXES: Final = {"M": "1", "F": "2", "1": "1", "2": "2", "0": "0", "9": "9", "U": "0", "O": "9", "A": "9", "N": "9",
                 "男": "1", "女": "2", "未知": "0"}


def register(context: Context, patient: Segment | None = None, *more: residents.IdentifierGiven) -> int:
    """The resident the message speaks of, found or newly registered; notes findings.

    The id is that of whoever holds the number given, not of who stands for them after a merge: what is filed keeps its owner.
    """
    patient = patient or context.need("PID", "患者信息")
    identifiers = [*numbers(context, patient), *more]
    name = fields.person_name(patient, 5)
    if not name:
        raise Unusable("101", "PID-5 患者姓名为空，请填写后重发。", "PID-5 (patient name) is required.", "PID", 5)
    told = residents.Demographics(
        name=name[:96], sex=context.standard(Table.SEX, patient.component(8), _SEXES, "0"), born_on=context.day(patient, 7),
        phone=fields.telephone(patient, 13, 14), address=fields.address(patient, 11),
    )
    # A mistyped card number is kept unverified where another number identifies the person; alone it identifies nobody.
    context.has_written = True
    others = any(given.system != "id_card" for given in identifiers)
    outcome = residents.register(actor=context.actor, identifiers=identifiers, demographics=told, at=context.at, note_bad_id=others,
                                 source=context.source)  # fmt: skip
    context.findings.extend(outcome.findings)
    context.resident = outcome.holder
    if context.trigger == "A08" and not outcome.created:
        _update(context, outcome.holder, told)
    return outcome.holder


def _update(context: Context, holder: int, told: residents.Demographics) -> None:
    """A08 brings new telephone and address; name, sex and birth date stay as registered and are only pointed out."""
    known = residents.get(holder)
    assert known is not None
    phone, address = told.phone or known.phone, told.address or known.address
    if (phone, address) == (known.phone, known.address):
        return
    kept = residents.Demographics(known.name, known.sex, known.born_on, phone, address, known.home_id)
    residents.amend(actor=context.actor, resident_id=known.id, version=None, demographics=kept, at=context.at, because="ADT^A08")


def numbers(context: Context, patient: Segment) -> list[residents.IdentifierGiven]:
    """What PID-3 (PID-2 where it is empty, and PID-19) identifies the person by; Unusable without any."""
    found: dict[tuple[str, str], residents.IdentifierGiven] = {}
    for place in (3, 2):
        for number in patient.repetitions(place):
            if (given := identifier(context, number, f"PID-{place}")) is not None:
                found.setdefault((given.system, given.value), given)
        if found:
            break
        if place == 2 and patient.has(2):
            context.note("identifier_from_pid_2", "PID-3 为空，患者标识取自 PID-2。", en="Identifier taken from PID-2.")
    if not found and not patient.has(19):
        raise Unusable("101", "PID-3 患者标识为空，请填写院内病历号或身份证号后重发。", "PID-3 (patient identifier) is required.", "PID", 3)
    _social_security_number(context, patient, found)
    return list(found.values())


def identifier(context: Context, number: Field, place: str) -> residents.IdentifierGiven | None:
    """One CX as the register takes it; None where it identifies no person (an account, a visit)."""
    value, kind = number.component(1).strip(), number.component(5).strip().upper()
    if not value or kind in _NOT_A_PERSON:
        return None
    if kind in _ID_CARD or (kind in _LOCAL | {"SS"} and residents.is_id_card(value)):
        return residents.IdentifierGiven("id_card", value.upper())
    if len(value) > 48:
        segment, _, field = place.partition("-")
        raise Unusable("102", f"{place} 患者标识超过 48 个字符，请核对。", "A patient identifier is too long.", segment, int(field))
    if kind in _INSURANCE:
        return residents.IdentifierGiven("insurance", value)
    if kind in _HEALTH_CARD:
        return residents.IdentifierGiven("health_card", value)
    return residents.IdentifierGiven("local", _local(context, number, value, kind), context.sender.institution)


def _local(context: Context, number: Field, value: str, kind: str) -> str:
    """A number means one person only within its issuer: another authority's numbers stay apart (1001@LIS)."""
    authority = (number.component(4) or number.component(4, 2)).strip()
    mapped = context.sender.codes.get((Table.AUTHORITY.value, authority), ("", ""))[0]
    parts = [value]
    if kind not in _LOCAL:
        parts.insert(0, f"{kind}:")
    if authority and mapped != "own":
        parts.append(f"@{mapped or authority}")
    return "".join(parts)[:64]


def _social_security_number(context: Context, patient: Segment, found: dict[tuple[str, str], residents.IdentifierGiven]) -> None:
    """PID-19: the identity card number in Chinese systems; elsewhere a number kept as an insurance number."""
    value = patient.component(19).strip()
    if not value:
        return
    if residents.is_id_card(value) or (len(value) == 18 and value[:17].isdecimal()):
        given = residents.IdentifierGiven("id_card", value.upper())
    elif len(value) >= 6 and len(set(value)) > 1 and len(value) <= 48:
        given = residents.IdentifierGiven("insurance", value)
    else:
        context.note("pid_19_unused", "PID-19 不是身份证号或医保号，未采用。", en="PID-19 is no usable number.", severity=Severity.INFO)
        return
    found.setdefault((given.system, given.value), given)
