"""Physicians' electronic signatures: made when something is said or issued, and looked at again byte by byte."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yilianti.care.diagnosis.models import Exam, IssuedReport, Reading, Signature
from yilianti.kernel.crypto import signers, signing
from yilianti.kernel.crypto.encryption import Unreadable
from yilianti.registry.people import api as people


def key_of(person: int) -> str:
    """The name of a physician's key."""
    return f"physician-{person}"


def of_reading(exam: Exam, reading: Reading, at: datetime) -> Signature:
    """The physician signs what they just said, and of which recording."""
    document = _text({**_said(exam, reading), "recording_sha256": exam.recording.sha256 if exam.recording else "", "at": at.isoformat()})
    return _signed(exam, reading.reader_id, document, at, reading=reading, document=document)


def of_report(exam: Exam, report: IssuedReport, content: bytes, at: datetime) -> Signature:
    """The physician who issues signs the bytes that leave."""
    return _signed(exam, report.auditor_id, content, at, report=report, document=b"")


def _signed(exam: Exam, person: int, content: bytes, at: datetime, **of: Any) -> Signature:
    who = people.get(person)
    assert who is not None
    made = signers.authority().sign(content, key_of(person), signing.Subject(who.name, who.number, exam.centre.name))
    return Signature.objects.create(signer_id=person, name=who.name, number=who.number, place=exam.centre.name[:120], algorithm=made.algorithm, certificate=made.certificate,
                                    value=made.signature, at=at, **of)  # fmt: skip


def _said(exam: Exam, reading: Reading) -> dict[str, Any]:
    return {"exam": exam.number, "kind": reading.kind, "statements": list(reading.statements), "measurements": dict(reading.measurements), "conclusion": reading.conclusion, "note": reading.note}


def _text(document: Mapping[str, Any]) -> bytes:
    """Canonical JSON: sorted keys, UTF-8, no spaces."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Checked:
    """One signature looked at: `intact` says that not a byte has changed since, `vouched` that the certificate is of the chosen authority."""

    signature: Signature
    content: bytes
    intact: bool
    vouched: bool

    @property
    def holds(self) -> bool:
        return self.intact and self.vouched

    @property
    def serial(self) -> str:
        return signing.serial_of(self.signature.certificate)


def check_report(report: IssuedReport) -> Checked | None:
    """The issued bytes against the signature of who issued them; None for a report of before there were signatures."""
    signature = Signature.objects.filter(report=report).first()
    if signature is None:
        return None
    try:
        content = bytes(IssuedReport.objects.values_list("content", flat=True).get(pk=report.pk))
    except Unreadable:  # the ciphertext itself was changed
        return Checked(signature, b"", False, _vouched(signature))
    return Checked(signature, content, _holds(signature, content), _vouched(signature))


def check_reading(exam: Exam, reading: Reading) -> Checked | None:
    """What a physician said, against what they signed: the text kept, and the row that pages show."""
    try:
        signature = Signature.objects.filter(reading=reading).first()
    except Unreadable:
        signature = Signature.objects.defer("document").get(reading=reading)
        return Checked(signature, b"", False, _vouched(signature))
    if signature is None:
        return None
    document = bytes(signature.document)
    intact = _holds(signature, document) and _said(exam, reading).items() <= json.loads(document).items()
    return Checked(signature, document, intact, _vouched(signature))


def _holds(signature: Signature, content: bytes) -> bool:
    return signing.verify(content, bytes(signature.value), signature.certificate)


def _vouched(signature: Signature) -> bool:
    return signers.authority().vouches_for(signature.certificate)
