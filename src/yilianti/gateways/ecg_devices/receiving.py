"""A cart's file becomes the recording of an exam: read, kept as received, judged, attached, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.dicom import api as dicom
from yilianti.gateways.ecg_devices import archive, reading
from yilianti.gateways.ecg_devices.csv import mapping as layouts
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused, Severity
from yilianti.record.recordings import api as recordings

log = logging.getLogger(__name__)


def receive(*, actor: Actor, number: str, files: Mapping[str, bytes], at: datetime, source: str = "upload", mappings: Sequence[layouts.Mapping] = ()) -> diagnosis.Exam:
    """Attach what was uploaded to the exam. `files` are one recording: a single file, or the parts of a WFDB record; `mappings` a county's own CSV layouts.
    Raises Refused where it cannot be read."""
    exam = diagnosis.one(actor, number)
    if exam is None:
        raise Refused("unknown_exam", f"没有编号为 {number} 的检查；请核对编号。", "no such exam", field="number")
    name, content, companions = _main(files)
    try:
        tracing = reading.read(content, name, companions, mappings)
    except recordings.Unreadable as fault:
        raise Refused(fault.code, fault.zh, fault.en, field="file") from fault
    name, content = archive.packed(name, content, companions)
    with transaction.atomic():
        kept = recordings.keep(
            actor=actor, institution_id=exam.institution_id, content=content, format=tracing.format, tracing=tracing, name=name, source=source, at=at
        )
        return attach(actor=actor, exam=exam, recording=kept, tracing=tracing, at=at)


def attach(*, actor: Actor, exam: diagnosis.Exam, recording: recordings.Recording, tracing: recordings.Tracing, at: datetime) -> diagnosis.Exam:
    """Give what was kept to the exam, with what the gate says of it, within the caller's transaction."""
    return diagnosis.attach(actor=actor, number=exam.number, recording=recording, tracing=tracing, also=_same_person(exam, tracing), at=at)


def layouts_in(folder: Path) -> tuple[layouts.Mapping, ...]:
    """A county's own CSV layouts; one that is broken is left out and said in the log, the others serve."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(layouts.load(path.stem, path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as fault:
            log.error("ecg: the CSV layout %s is left out: %s", path.name, fault)
    return tuple(found)


def _main(files: Mapping[str, bytes]) -> tuple[str, bytes, dict[str, bytes]]:
    """The header of a record comes first, its data are companions."""
    if not files:
        raise Refused("file_missing", "请选择心电图文件。", "choose a file", field="file")
    name = next((one for one in files if one.lower().endswith(".hea")), next(iter(files)))
    return name, files[name], {other: content for other, content in files.items() if other != name}


def _same_person(exam: diagnosis.Exam, tracing: recordings.Tracing) -> list[Finding]:
    """The name in the file is compared with the patient's: a recording of the neighbour is the worst fault of all."""
    if not dicom.is_other(tracing.subject.name.replace("^", ""), exam.resident.name):
        return []
    return [Finding("other_name", "文件里写的姓名与本检查的居民不同；请核对是不是拿错了文件。", severity=Severity.WARNING, en="the file names another person")]
