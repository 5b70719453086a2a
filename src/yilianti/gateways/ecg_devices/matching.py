"""Whose a file is: by the number of the examination in it or in its name, else by the patient's number and the moment. In doubt a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.ecg_devices.terms import Reason
from yilianti.record.recordings import api as recordings
from yilianti.registry.residents import api as residents

#: An exam registered so long before the recording, or so shortly after it (carts' clocks differ), is the one that was meant.
BEFORE, AFTER = timedelta(hours=24), timedelta(minutes=30)
_OURS = re.compile(r"XD\d{8}-\d+", re.I)
_BETWEEN = re.compile(r"[\s_.,;=+&^@#()\[\]{}（）【】]+")
#: A day, or a moment, as carts write it into names; it numbers nothing.
_MOMENT = re.compile(r"(19|20)\d{6}(\d{4}|\d{6})?")
_MOST = 12


@dataclass(frozen=True)
class Match:
    """The exam that a file belongs to, or the reason why a person has to say."""

    exam: diagnosis.Exam | None = None
    reason: Reason | None = None


def match(tracing: recordings.Tracing, name: str, institution: int, received_at: datetime) -> Match:
    """The pending exam of that institution; the same number at another institution is another person's."""
    holder = holder_of(tracing.subject.identifier.strip(), institution)
    exam = diagnosis.called(institution, [tracing.order.strip()]) or diagnosis.called(institution, list(numbers_in(name)))
    if exam is None:
        if holder is None:
            return Match(reason=Reason.UNKNOWN_PATIENT)
        exam, reason = _by_moment(holder, institution, recorded_at(tracing) or received_at)
        if exam is None:
            return Match(reason=reason)
    if holder is not None and holder not in residents.all_ids(exam.resident_id):
        return Match(reason=Reason.OTHER_PATIENT)
    if is_other(tracing.subject.name, exam.resident.name):
        return Match(reason=Reason.OTHER_NAME)
    return Match(exam) if diagnosis.takes_recording(exam) else Match(exam, Reason.EXAM_PAST)


def _by_moment(holder: int, institution: int, at: datetime) -> tuple[diagnosis.Exam | None, Reason | None]:
    pending = diagnosis.to_record(institution).filter(resident__in=residents.all_ids(holder), ordered_at__gte=at - BEFORE, ordered_at__lte=at + AFTER)
    found = list(pending.select_related("resident").order_by("ordered_at")[:2])
    if len(found) == 1:
        return found[0], None
    return None, Reason.SEVERAL_EXAMS if found else Reason.NO_EXAM


def numbers_in(name: str) -> Iterator[str]:
    """What in a file's name may be the number of an examination: ours wherever it stands, else whole words with digits."""
    stem = name.rsplit(".", 1)[0]
    yield from (found.upper() for found in _OURS.findall(stem))
    words = dict.fromkeys([stem, *_BETWEEN.split(stem)])
    yield from [word for word in words if len(word) >= 4 and any(c.isdigit() for c in word) and not _MOMENT.fullmatch(word)][:_MOST]


def holder_of(number: str, institution: int) -> int | None:
    """Who holds this number there: an identity card's, the institution's own, or the platform's."""
    if not number:
        return None
    if residents.is_id_card(number):
        return residents.holder_of(residents.IdentifierGiven("id_card", number.upper()))
    held = residents.holder_of(residents.IdentifierGiven("local", number, institution))
    if held is None and number.upper().startswith("JM") and (known := residents.by_number(number.upper())) is not None:
        held = known.id if diagnosis.to_record(institution).filter(resident__in=residents.all_ids(known.id)).exists() else None
    return held


def recorded_at(tracing: recordings.Tracing) -> datetime | None:
    """When it was recorded; without a zone in the file, in the platform's own."""
    started = tracing.started_at
    return timezone.make_aware(started) if started is not None and timezone.is_naive(started) else started


def is_other(told: str, held: str) -> bool:
    """Two Chinese names that differ; pinyin or a number says nothing against anybody."""
    told, held = told.replace(" ", "").replace("^", ""), held.replace(" ", "")
    return told != held and any("\u4e00" <= letter <= "\u9fff" for letter in told)
