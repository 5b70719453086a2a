"""A referral in the words of HL7: the segments of REF and RRI, what is told to whom, and the answer to who asked.

Source: HL7 v2.5.1 chapter 11 (11.5 REF, RRI; 11.8.1 RF1; 11.8.3 PRD), tables 0280, 0283, 0284, 0286.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.utils import timezone

from yilianti.care.referral import api as referral
from yilianti.care.referral.api import Outline
from yilianti.gateways.hl7v2 import acknowledgement, sending
from yilianti.gateways.outbound import api as outbound
from yilianti.gateways.outbound.api import Event
from yilianti.kernel.actor import Actor
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents

_STATUS: Final = {"submitted": "P", "draft": "P", "returned": "P", "declined": "R", "withdrawn": "E", "lapsed": "E"}
PRIORITIES: Final = {"emergency": "S", "urgent": "A", "elective": "R"}
CATEGORIES: Final = {"inpatient": "I", "outpatient": "O", "examination": "A", "rehabilitation": "C", "advice": "A"}
#: Journal word → trigger of the REF that the receiver's system gets, and of the RRI that the sender's system gets.
TO_RECEIVER: Final = {"referral.submitted": "I12", "referral.approved": "I12", "referral.converted": "I13", "referral.redirected": "I12", "referral.withdrawn": "I14",
                      "referral.adopted": "I14"}  # fmt: skip
TO_SENDER: Final = {"referral.accepted": "I12", "referral.declined": "I12", "referral.sent_back": "I12", "referral.arrived": "I13", "referral.discharged": "I13",
                    "referral.concluded": "I13", "referral.lapsed": "I14", "referral.redirected": "I13", "referral.advised": "I13"}  # fmt: skip
Piece = str | tuple[str, ...]


def announce(*, actor: Actor, word: str, number: str, former: int | None, entry: int, at: datetime) -> None:
    """Queue what this step has to tell to the destinations of both ends that asked to be told."""
    told = referral.outline(number)
    if trigger := TO_RECEIVER.get(word):
        again = word == "referral.submitted" and told.times_submitted > 1
        _tell(actor, told, told.to_institution, Event.REFERRAL_TO_US, "REF", "I13" if again else trigger, entry, at)
    if former:
        _tell(actor, told, former, Event.REFERRAL_TO_US, "REF", "I14", entry, at)
    if trigger := TO_SENDER.get(word):
        _tell(actor, told, told.from_institution, Event.REFERRAL_OF_OURS, "RRI", trigger, entry, at)


def _tell(actor: Actor, told: Outline, institution: int, event: Event, kind: str, trigger: str, entry: int, at: datetime) -> None:
    for place in outbound.wanting(institution, "hl7v2", event.value):
        key = f"referral:{told.number}:{entry}:{place.pk}"
        address = outbound.Address(place.name, institution, place.host, place.port, settings=dict(place.settings))
        control = outbound.control_id(key)
        lines = [sending.header(address, f"{kind}^{trigger}^{kind}_I12", control, at)]
        if kind == "RRI":
            lines.append(acknowledgement.line(sending.DELIMITERS, ("MSA", "AA", told.number)))
        lines += [acknowledgement.line(sending.DELIMITERS, segment) for segment in segments(told, institution, at)]
        payload = ("\r".join(lines) + "\r").encode(sending.codec_of(address), "replace")
        outbound.enqueue(actor=actor, destination=place.pk, kind=f"{kind}^{trigger}", key=key, subject=f"referral:{told.number}", payload=payload,
                         at=at, resident=told.resident, caused_by=entry)  # fmt: skip


def segments(told: Outline, reader: int, at: datetime, originating: str = "") -> Iterator[tuple[Piece, ...]]:
    """RF1, PRD, PRD, PID, DG1, PV1, NTE; `reader` is the institution that gets them, `originating` its own number of the referral."""
    numbers = (originating, "") if originating else (told.number, "YILIANTI")
    yield ("RF1", _STATUS.get(told.state, "A"), PRIORITIES[told.urgency], "MED", "", CATEGORIES[told.service], numbers, moment(told.appointment_at),
           moment(told.lapses_at), moment(told.decided_at or told.submitted_at), (told.reason, told.reason_name, "YILIANTI"), (told.number, "YILIANTI"))  # fmt: skip
    yield from (_provider(role, place, told) for role, place in (("RP", told.from_institution), ("RT", told.to_institution)))
    yield patient(told.resident, reader)
    if told.diagnosis_code or told.diagnosis_name:
        yield ("DG1", "1", "", (told.diagnosis_code, told.diagnosis_name, "ICD10"), "", "", "W")
    yield ("PV1", "1", {"inpatient": "I", "examination": "O"}.get(told.service, "O"))
    said = (("病情", told.summary), ("治疗经过", told.treatment), ("注意事项", told.notes), ("答复", told.answer), ("科室", told.department))
    for place, (label, text) in enumerate(((label, text) for label, text in said if text), 1):
        yield ("NTE", str(place), "", f"{label}：{text}")


def _provider(role: str, institution: int, told: Outline) -> tuple[Piece, ...]:
    found = institutions.get(institution)
    name, code = (found.name, found.code) if found else ("", "")
    return ("PRD", (role, {"RP": "Referring Provider", "RT": "Referred to Provider"}[role], "HL70286"), (name,), "", ("", "", "", code), "", "", (code, "FI"))


def patient(resident: int, reader: int) -> tuple[Piece, ...]:
    person = residents.standing_for(resident)
    named = {"id_card": "NI", "insurance": "SS", "health_card": "HC"}
    held = [(number.value, "", "", "", named[number.system]) for number in residents.identifiers(person.pk) if number.system in named]
    held += [(number.value.partition("@")[0], "", "", number.value.partition("@")[2], "MR") for number in residents.identifiers(person.pk)
             if number.system == "local" and number.issuer == reader]  # fmt: skip
    # One number is enough to recognise a person by; the reader's own comes first.
    first = next(iter(held[::-1]), (person.number, "", "", "YILIANTI", "PI"))
    born = person.born_on.strftime("%Y%m%d") if person.born_on else ""
    return ("PID", "1", "", first, "", (person.name,), "", born, {"1": "M", "2": "F"}.get(person.sex, "U"), "", "", (person.address,), "", (person.phone,))


def moment(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y%m%d%H%M%S%z") if at else ""
