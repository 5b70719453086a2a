"""How what a message says joins what is already known; questions answered from facts only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from yilianti.kernel.finding import Finding, Severity
from yilianti.record.encounters.terms import Diagnosis, DiagnosisKind, EncounterContent

PLAIN = ("department", "ward", "bed", "doctor", "reason")
_LENGTHS = {"department": 64, "ward": 64, "bed": 32, "doctor": 64, "reason": 200}
Known = Mapping[str, Any]


def moment(at: datetime | None) -> str:
    """A moment as versions keep it, one text for one moment; "" for none."""
    return at.astimezone(UTC).isoformat() if at else ""


def diagnosis_row(diagnosis: Diagnosis) -> dict[str, str]:
    """The stored form of a diagnosis; empty parts are left out."""
    row = {"code": diagnosis.code, "name": diagnosis.name, "system": diagnosis.system, "kind": diagnosis.kind, "at": moment(diagnosis.at)}
    return {key: value for key, value in row.items() if value}


def merged(known: Known, given: EncounterContent, *, is_late: bool = False) -> dict[str, Any]:
    """The content after a message. A late message (older than what is known) only fills what is blank."""
    result: dict[str, Any] = {}
    for name in PLAIN:
        said = str(getattr(given, name)).strip()[: _LENGTHS[name]]
        known_value = known.get(name, "")
        if name in given.clears and not is_late:
            result[name] = ""
        else:
            result[name] = (known_value or said) if is_late else (said or known_value)
    result["diagnoses"] = _merged_diagnoses(known.get("diagnoses", []), given.diagnoses, is_late)
    details, said_details = dict(known.get("details", {})), dict(given.details)
    result["details"] = {**said_details, **details} if is_late else {**details, **said_details}
    return result


def _merged_diagnoses(known: Sequence[Mapping[str, str]], given: Sequence[Diagnosis], is_late: bool) -> list[Any]:
    """A message lists all diagnoses of the kinds it speaks of; the other kinds stay."""
    fresh = [diagnosis_row(diagnosis) for diagnosis in given if diagnosis.name or diagnosis.code]
    spoken_of = {row.get("kind", "") for row in fresh}
    if is_late:
        held = {row.get("kind", "") for row in known}
        return [*known, *(row for row in fresh if row.get("kind", "") not in held)]
    return [*(row for row in known if row.get("kind", "") not in spoken_of), *fresh]


def weight(diagnosis: Mapping[str, str]) -> int:
    """Final diagnoses before working before admitting ones."""
    order = (DiagnosisKind.FINAL, DiagnosisKind.WORKING, DiagnosisKind.ADMITTING)
    return order.index(DiagnosisKind(diagnosis["kind"])) if diagnosis.get("kind") in {str(k.value) for k in order} else 1


def is_late(known_at: datetime, occurred_at: datetime | None) -> bool:
    """True when a message tells of a moment before the last one that is known."""
    return occurred_at is not None and occurred_at < known_at


def differences(before: Known, after: Known) -> list[tuple[str, Any, Any]]:
    """(field, old, new) of every field that differs, in the order of `after`."""
    return [(name, before.get(name), value) for name, value in after.items() if before.get(name) != value]


def opening_was_implied(word: str, visit_number: str) -> Finding:
    """A message about a visit nobody announced."""
    return Finding(
        "opening_implied", f"收到就诊号 {visit_number} 的“{word}”消息前没有收到登记消息，已据此补建就诊记录。",
        because="消息可能先后颠倒或丢失；登记消息到达后会并入本次就诊。", severity=Severity.WARNING,
        en=f"{word} arrived before the visit was opened; the visit was created from it",
    )


def arrived_late(word: str) -> Finding:
    """A message older than what is known."""
    return Finding(
        "message_late", f"“{word}”消息所述时间早于已知的最近变化，只补充空缺的内容，不覆盖较新的内容。",
        severity=Severity.INFO, en="older than what is known: only blanks were filled",
    )


def closes_before_opening(opened_at: datetime, closed_at: datetime) -> Finding | None:
    """Sent moments that contradict each other are kept as sent, and pointed out."""
    if closed_at >= opened_at:
        return None
    return Finding("closed_before_opened", "结束时间早于开始时间，请与来源系统核对。", severity=Severity.WARNING, en="closed before opened")


def still_cancelled(visit_number: str) -> Finding:
    """An update of a visit whose opening was cancelled."""
    return Finding(
        "amends_cancelled", f"就诊号 {visit_number} 已撤销登记；内容已更新，状态不变。", severity=Severity.WARNING,
        en="the visit is cancelled; content updated, state unchanged",
    )
