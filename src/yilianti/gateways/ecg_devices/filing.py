"""What was found in a folder is filed, once: to its exam, to the list that people claim from, or refused with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.ecg_devices import access, archive, matching, reading, receiving
from yilianti.gateways.ecg_devices.csv import mapping as layouts
from yilianti.gateways.ecg_devices.models import Deposit, Folder
from yilianti.gateways.ecg_devices.terms import State
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.record.recordings import api as recordings


@dataclass(frozen=True)
class Found:
    """One recording of a folder: its main file, the files that belong to it, and the digest of them all."""

    name: str
    content: bytes
    key: str
    companions: Mapping[str, bytes] = field(default_factory=dict)


def actor_of(folder: Folder) -> Actor:
    return Actor.system(f"采集文件夹（{folder.name}）"[:64], institution=folder.institution_id)


def file(*, folder: Folder, found: Found, at: datetime, mappings: Sequence[layouts.Mapping] = ()) -> Deposit:
    """File one recording; the same bytes again give what became of them before. What was refused is read again: the folder, or the reader, may have been put right."""
    held = _held(folder, found)
    if held is not None and held.state != State.REFUSED.value:
        return held
    row = held or Deposit(institution_id=folder.institution_id, key=found.key, size=len(found.content) + sum(map(len, found.companions.values())), received_at=at)
    row.folder, row.name = folder, found.name[:200]
    try:
        tracing = _read(folder, found, mappings)
        with transaction.atomic():
            _kept(row, found, tracing, at)
    except recordings.Unreadable as fault:
        return _refused(row, fault.zh, fault.en, at)
    except Refused as refusal:
        return _refused(row, refusal.zh, refusal.en, at)
    except IntegrityError:
        if (held := _held(folder, found)) is None:
            raise
        return held
    return row


def _held(folder: Folder, found: Found) -> Deposit | None:
    return Deposit.objects.filter(institution=folder.institution_id, key=found.key).first()


def _read(folder: Folder, found: Found, mappings: Sequence[layouts.Mapping]) -> recordings.Tracing:
    tracing = reading.read(found.content, found.name, found.companions, mappings)
    if folder.format and tracing.format != folder.format:
        told, wanted = recordings.Format.label(tracing.format), recordings.Format.label(folder.format)
        raise recordings.Unreadable("other_format", f"这是{told}文件，文件夹登记的格式是{wanted}；请核对设备设置，或把文件夹的格式改为“自动识别”。", f"This is {tracing.format}, the folder expects {folder.format}.")
    return tracing


def _kept(row: Deposit, found: Found, tracing: recordings.Tracing, at: datetime) -> None:
    """Within one transaction: the row, the recording, and the exam where there is one."""
    actor, subject = actor_of(row.folder), tracing.subject
    row.order_number, row.patient_id, row.patient_name, row.recorded_at = tracing.order[:80], subject.identifier[:64], subject.name[:128], matching.recorded_at(tracing)
    name, content = archive.packed(found.name, found.content, found.companions)
    row.recording = recordings.keep(
        actor=actor, institution_id=row.institution_id, content=content, format=tracing.format, tracing=tracing, name=name, source=f"folder:{row.folder_id}", at=at
    )
    had = diagnosis.Exam.objects.filter(recording=row.recording).first()  # uploaded on the page before
    matched = matching.Match(had) if had else matching.match(tracing, found.name, row.institution_id, at)
    row.exam, row.reason = (matched.exam, matched.reason)
    row.state, row.note, row.note_en = (State.FILED.value if row.exam else State.UNMATCHED.value), "", ""
    row.save()
    if row.exam and had is None:
        receiving.attach(actor=actor, exam=row.exam, recording=row.recording, tracing=tracing, at=at)
    tell("ecg_devices.filed" if row.exam else "ecg_devices.left_unmatched", row, actor, at)


def _refused(row: Deposit, zh: str, en: str, at: datetime) -> Deposit:
    if row.state == State.REFUSED.value and row.note == zh[:200]:
        return row
    row.state, row.reason, row.exam, row.recording, row.note, row.note_en = State.REFUSED.value, "", None, None, zh[:200], en[:200]
    with transaction.atomic():
        row.save()
        tell("ecg_devices.refused", row, actor_of(row.folder), at)
    return row


def tell(word: str, row: Deposit, actor: Actor, at: datetime, **facts: Any) -> None:
    """One journal line; the file's own words stay out of it."""
    exam = row.exam
    journal.write(word, actor=actor, at=at, subject=f"ecg_devices:{row.pk}", resident=exam.resident_id if exam else None, to_institution=row.institution_id,
                  facts={"folder": row.folder_id, "sha256": row.key, "state": row.state, "reason": row.reason, "exam": exam.number if exam else "", **facts})  # fmt: skip


def claim(*, actor: Actor, deposit: int, exam: str, at: datetime) -> Deposit:
    """A person says to which examination an unmatched file belongs."""
    with transaction.atomic():
        row = _unmatched(actor, deposit)
        found = diagnosis.called(row.institution_id, [exam.strip()])
        if found is None:
            raise Refused("unknown_exam", f"本机构没有编号或申请单号为“{exam.strip()[:40]}”的检查；请核对，或先登记检查。", "no such exam", field="exam")
        if not diagnosis.takes_recording(found):
            raise Refused("exam_past", f"检查 {found.number} 已发送或已取消，不再更换记录；请改选其他检查。", "the exam takes no recording", field="exam")
        assert row.recording is not None
        tracing = recordings.tracing_of(row.recording.pk)
        assert tracing is not None
        receiving.attach(actor=actor, exam=found, recording=row.recording, tracing=tracing, at=at)
        was, row.exam, row.state, row.reason, row.settled_by_id, row.settled_at = row.reason, found, State.FILED.value, "", actor.person, at
        row.save()
        tell("ecg_devices.claimed", row, actor, at, was=was)
    return row


def set_aside(*, actor: Actor, deposit: int, note: str, at: datetime) -> Deposit:
    """It belongs to nobody; its bytes stay."""
    if not note.strip():
        raise Refused("note_missing", "请写明不归档的原因。", "say why", field="note")
    with transaction.atomic():
        row = _unmatched(actor, deposit)
        row.state, row.note, row.settled_by_id, row.settled_at = State.SET_ASIDE.value, note.strip()[:200], actor.person, at
        row.save()
        tell("ecg_devices.set_aside", row, actor, at)
    return row


def _unmatched(actor: Actor, number: int) -> Deposit:
    """The row, locked: whoever comes second reads what the first decided."""
    rows = Deposit.objects.select_for_update(of=("self",)).select_related("folder", "settled_by", "exam")
    row = rows.filter(access.visible_to(actor), pk=number).first()
    if row is None:
        raise Refused("deposit_missing", "没有这份文件，可能地址有误；请回到列表重新选择。", "no such file")
    actor.require(access.CLAIM, row.institution_id)
    if row.state != State.UNMATCHED.value:
        who = f"（{row.settled_by.name}已处理）" if row.settled_by else ""
        raise Refused("wrong_state", f"这份文件{State.label(row.state)}，不需要再认领{who}；请刷新列表。", f"the file is {row.state}")
    return row


def reason_of(row: Deposit) -> str:
    """Why it is not filed, in words."""
    return matching.REASONS.get(row.reason, row.reason) or row.note
