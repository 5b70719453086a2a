"""Whose a file is: by the number of the examination in it or in its name, else as the DICOM door places what it receives. In doubt a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.dicom import api as dicom
from yilianti.record.recordings import api as recordings

#: A file belongs to an examination or waits: unlike a DICOM object it is not filed to a resident alone.
NO_EXAM, NO_NUMBER = "no_exam", "no_number"
REASONS = {**dict(dicom.Reason.choices()), NO_EXAM: "这位居民近一天没有待采集的检查", NO_NUMBER: "文件里没有检查号，也没有患者编号"}
_OURS = re.compile(r"XD\d{8}-\d+", re.I)
_BETWEEN = re.compile(r"[\s_.,;=+&^@#()\[\]{}（）【】]+")
#: A day, or a moment, as carts write it into names; it numbers nothing.
_MOMENT = re.compile(r"(19|20)\d{6}(\d{4}|\d{6})?")
_MOST = 12


@dataclass(frozen=True)
class Match:
    """The exam that a file belongs to, or the reason why a person has to say."""

    exam: diagnosis.Exam | None = None
    reason: str = ""


def match(tracing: recordings.Tracing, name: str, institution: int, received_at: datetime) -> Match:
    """The pending exam of that institution; the same number at another institution is another person's."""
    subject, number = tracing.subject, tracing.order.strip()
    if diagnosis.called(institution, dicom.numbers_of(number)) is None and (named := diagnosis.called(institution, list(numbers_in(name)))) is not None:
        number = named.number
    told = dicom.Told(accession=number, patient_id=subject.identifier.strip(), patient_name=subject.name, at=recorded_at(tracing))
    place = dicom.place_of(told, institution, received_at)
    if place.reason is dicom.Reason.UNKNOWN_PATIENT and not told.patient_id:
        return Match(reason=NO_NUMBER)
    if place.reason is not None:
        return Match(reason=str(place.reason.value))
    if place.exam is None:
        return Match(reason=NO_EXAM)
    if dicom.is_other(subject.name.replace("^", ""), place.exam.resident.name):
        return Match(reason=str(dicom.Reason.OTHER_NAME.value))
    return Match(place.exam)


def numbers_in(name: str) -> Iterator[str]:
    """What in a file's name may be the number of an examination: ours wherever it stands, else whole words with digits."""
    stem = name.rsplit(".", 1)[0]
    yield from (found.upper() for found in _OURS.findall(stem))
    words = dict.fromkeys([stem, *_BETWEEN.split(stem)])
    yield from [word for word in words if len(word) >= 4 and any(c.isdigit() for c in word) and not _MOMENT.fullmatch(word)][:_MOST]


def recorded_at(tracing: recordings.Tracing) -> datetime | None:
    """When it was recorded; without a zone in the file, in the platform's own."""
    started = tracing.started_at
    return timezone.make_aware(started) if started is not None and timezone.is_naive(started) else started
