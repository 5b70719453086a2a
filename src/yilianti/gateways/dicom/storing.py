"""Receiving an object: checked against its own head, kept with its journal line, committed; only then acknowledged."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from pydicom.filereader import read_dataset
from pydicom.uid import UID

from yilianti.gateways.dicom import files
from yilianti.gateways.dicom.models import Instance
from yilianti.gateways.dicom.senders import Caller
from yilianti.gateways.dicom.terms import State
from yilianti.kernel import journal
from yilianti.kernel.crypto import encryption

#: PS3.4 table B.2-1. The storage service has no status of its own for a UID that is taken: C001 is of its failures, and the comment says which.
SUCCESS, NO_ROOM, NOT_OF_CLASS, NOT_UNDERSTOOD, OTHER_CONTENT = 0x0000, 0xA700, 0xA900, 0xC000, 0xC001
#: PS3.5 9.1, but for zeros that some devices put first.
_UID = re.compile(r"[0-9.]{1,64}")
_SPOOLED = encryption.purpose_of(Instance, "spooled")
_EMPTY = [encryption.purpose_of(Instance, column) for column in ("patient_id", "patient_name")]

_KEEP = """INSERT INTO dicom_instance (institution_id, sender_id, sop_uid, sop_class, syntax, sha256, size, spooled, received_at, state, attempts,
    study_uid, series_uid, modality, accession, patient_id, patient_name, sex, reason, note)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, '', '', '', '', %s, %s, '', '', '')
ON CONFLICT (institution_id, sop_uid) DO NOTHING RETURNING id"""


@dataclass(frozen=True)
class Arrived:
    """One C-STORE: what the command says, and the data set as it came."""

    sop_class: str
    sop_uid: str
    syntax: str
    dataset: bytes


class NotKept(Exception):
    """An object that is refused: the status that says so, and a short sentence for the sender's log."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


def keep(*, caller: Caller, arrived: Arrived, at: datetime) -> bool:
    """Keep the object; True when it is new, False when the same bytes were here before. Raises NotKept for anything else under a UID that is taken."""
    check(arrived)
    content = files.as_file(arrived.sop_class, arrived.sop_uid, arrived.syntax, arrived.dataset)
    sha256 = hashlib.sha256(content).hexdigest()
    row = [caller.institution, caller.id, arrived.sop_uid, arrived.sop_class, arrived.syntax, sha256, len(content), encryption.encrypt(_SPOOLED, content), at,
           State.RECEIVED.value, *(encryption.encrypt(purpose, b"") for purpose in _EMPTY)]  # fmt: skip
    with transaction.atomic():
        number = _inserted(row)
        if number is not None:
            journal.write("dicom.received", actor=caller.actor, at=at, subject=f"dicom:{number}", to_institution=caller.institution,
                          facts={"sop_uid": arrived.sop_uid, "sop_class": arrived.sop_class, "sender": caller.ae_title, "size": len(content), "sha256": sha256})  # fmt: skip
            return True
        # Whoever came second has waited for the first one's commit: the row is there.
        held = Instance.objects.values_list("sha256", flat=True).get(institution=caller.institution, sop_uid=arrived.sop_uid)
    if held != sha256:
        raise NotKept(OTHER_CONTENT, "SOP Instance UID already used for other content")
    return False


def _inserted(row: list[Any]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, row)
        found = cursor.fetchone()
    return int(found[0]) if found else None


def check(arrived: Arrived) -> None:
    """The command and the data set must speak of one object."""
    try:
        syntax = UID(arrived.syntax)
        head = read_dataset(io.BytesIO(arrived.dataset), syntax.is_implicit_VR, syntax.is_little_endian, stop_when=lambda tag, vr, length: tag > 0x00080018)
        told = str(head.get("SOPClassUID", "")), str(head.get("SOPInstanceUID", ""))
    except Exception as fault:  # pydicom raises whatever its parts raise on damaged bytes
        raise NotKept(NOT_UNDERSTOOD, f"data set cannot be read: {type(fault).__name__}") from None
    if not _UID.fullmatch(arrived.sop_uid):
        raise NotKept(NOT_UNDERSTOOD, "SOP Instance UID is no UID")
    if not told[1]:
        raise NotKept(NOT_UNDERSTOOD, "data set has no SOP Instance UID")
    if told != (arrived.sop_class, arrived.sop_uid):
        raise NotKept(NOT_OF_CLASS, "SOP Class or Instance UID differs from the data set's")
