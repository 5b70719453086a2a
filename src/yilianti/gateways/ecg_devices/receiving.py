"""A file of a cart becomes the recording of an exam: read, kept as received, judged, attached, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.ecg_devices import reading
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused, Severity
from yilianti.record.recordings import api as recordings


def receive(*, actor: Actor, number: str, files: Mapping[str, bytes], at: datetime, source: str = "upload") -> diagnosis.Exam:
    """Attach what was uploaded to the exam. `files` are one recording: a single file, or the parts of a WFDB record. Raises Refused where it cannot be read."""
    exam = diagnosis.one(actor, number)
    if exam is None:
        raise Refused("unknown_exam", f"没有编号为 {number} 的检查；请核对编号。", "no such exam", field="number")
    name, content, companions = _main(files)
    try:
        tracing = reading.read(content, name, companions)
    except recordings.Unreadable as fault:
        raise Refused(fault.code, fault.zh, fault.en, field="file") from fault
    examined = diagnosis.examine(tracing)
    with transaction.atomic():
        kept = recordings.keep(
            actor=actor, institution_id=exam.institution_id, content=content, format=tracing.format, tracing=tracing, name=name, source=source, at=at
        )
        return diagnosis.acquire(
            actor=actor, number=number, recording=kept, quality=(*_same_person(exam, tracing), *examined.findings), measured=examined.measured, suggested=examined.suggested, at=at
        )


def _main(files: Mapping[str, bytes]) -> tuple[str, bytes, dict[str, bytes]]:
    """The header of a record comes first, its data are companions."""
    if not files:
        raise Refused("file_missing", "请选择心电图文件。", "choose a file", field="file")
    name = next((one for one in files if one.lower().endswith(".hea")), next(iter(files)))
    return name, files[name], {other: content for other, content in files.items() if other != name}


def _same_person(exam: diagnosis.Exam, tracing: recordings.Tracing) -> list[Finding]:
    """The name in the file is compared with the patient's: a recording of the neighbour is the worst fault of all."""
    told, held = tracing.subject.name.replace(" ", "").replace("^", ""), exam.resident.name.replace(" ", "")
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in told)
    if told == held or not chinese:  # a cart that writes pinyin or a number says nothing against
        return []
    return [Finding("other_name", "文件里写的姓名与本检查的居民不同；请核对是不是拿错了文件。", severity=Severity.WARNING, en="the file names another person")]
