"""A resident's examinations for the copy they take along: what was asked and reported, and the files themselves.

Nothing here is ever removed: recordings, readings and reports are part of the medical record and are kept as long as it (`privacy.kept_by_law`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from yilianti.care.diagnosis.models import Exam, FormerRecording, IssuedReport, Rejection
from yilianti.care.diagnosis.terms import CriticalState, Former, Modality, RejectReason, State
from yilianti.record.recordings import api as recordings


def portable(resident_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Every examination of a person, oldest first, as plain values; what a physician wrote before the report was issued is not told."""
    files: dict[str, list[dict[str, str]]] = defaultdict(list)
    for number, recording, name, standing in _kept(resident_ids):
        files[number].append({"file": _path(number, recording, name), "standing": standing})
    rows = Exam.objects.filter(resident__in=resident_ids).select_related("institution", "centre").prefetch_related("criticals").order_by("ordered_at", "id")
    for exam in rows.iterator(500):
        is_issued = exam.state == State.ISSUED
        yield {
            "number": exam.number, "kind": Modality.label(exam.modality), "institution": exam.institution.name, "centre": exam.centre.name, "ordered_at": exam.ordered_at,
            "complaint": exam.complaint, "state": State.label(exam.state), "conclusion": exam.conclusion if is_issued else "", "measurements": exam.measurements if is_issued else {},
            "criticals": [{"name": one.name, "found_at": one.found_at, "state": CriticalState.label(one.state), "outcome": one.outcome} for one in exam.criticals.all()],
            "recordings": files[exam.number],
        }  # fmt: skip


def portable_files(resident_ids: Sequence[int]) -> Iterator[tuple[str, bytes]]:
    """Every recording as received, those sent back, replaced or cancelled too, and every version of every report: (path, bytes), one at a time."""
    for number, version in IssuedReport.objects.filter(exam__resident__in=resident_ids).order_by("exam_id", "version").values_list("exam__number", "version"):
        content = IssuedReport.objects.values_list("content", flat=True).get(exam__number=number, version=version)
        yield f"{number}/report-{version}.pdf", bytes(content)
    for number, recording, name, _ in _kept(resident_ids):
        yield _path(number, recording, name), recordings.original(recording)[1]


def _path(number: str, recording: int, name: str) -> str:
    return f"{number}/{recording}-{name}"


def _kept(resident_ids: Sequence[int]) -> list[tuple[str, int, str, str]]:
    """(number, recording, file name, how it stands) of all that was recorded of a person. What turned out to be somebody else's is theirs, and in no other copy."""
    said: dict[tuple[str, int], str] = {}
    mine = {"exam__resident__in": resident_ids, "recording__isnull": False}
    for number, recording, because in FormerRecording.objects.filter(**mine).order_by("id").values_list("exam__number", "recording", "because"):
        said[number, recording] = Former.label(because)
    back = list(Rejection.objects.filter(**mine).values_list("exam__number", "recording", "reason"))
    said |= {(number, recording): State.label("rejected") for number, recording, _ in back}
    others = {recording for _, recording, reason in back if reason == RejectReason.WRONG_PATIENT}
    others |= set(Exam.objects.filter(recording__in={recording for _, recording in said}).exclude(resident__in=resident_ids).values_list("recording", flat=True))
    for number, recording, state in Exam.objects.filter(resident__in=resident_ids, recording__isnull=False).values_list("number", "recording", "state"):
        said.setdefault((number, recording), State.label(state))
    names = recordings.names_of([recording for _, recording in said])
    return sorted((number, recording, names[recording], standing) for (number, recording), standing in said.items() if recording not in others)
