"""A resident's examinations for the copy they take along: what was asked and reported, and the files themselves.

Nothing here is ever removed: recordings, readings and reports are part of the medical record and are kept as long as it (`privacy.kept_by_law`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from yilianti.care.diagnosis.models import Exam, IssuedReport, Rejection
from yilianti.care.diagnosis.terms import CriticalState, Modality, State
from yilianti.record.recordings import api as recordings


def portable(resident_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Every examination of a person, oldest first, as plain values; what a physician wrote before the report was issued is not told."""
    rows = Exam.objects.filter(resident__in=resident_ids).select_related("institution", "centre").prefetch_related("criticals").order_by("ordered_at", "id")
    for exam in rows.iterator(500):
        is_issued = exam.state == State.ISSUED
        yield {
            "number": exam.number, "kind": Modality.label(exam.modality), "institution": exam.institution.name, "centre": exam.centre.name, "ordered_at": exam.ordered_at,
            "complaint": exam.complaint, "state": State.label(exam.state), "conclusion": exam.conclusion if is_issued else "", "measurements": exam.measurements if is_issued else {},
            "criticals": [{"name": one.name, "found_at": one.found_at, "state": CriticalState.label(one.state), "outcome": one.outcome} for one in exam.criticals.all()],
        }  # fmt: skip


def portable_files(resident_ids: Sequence[int]) -> Iterator[tuple[str, bytes]]:
    """Every recording as received, those sent back too, and every version of every report: (path, bytes), one at a time."""
    for number, version in IssuedReport.objects.filter(exam__resident__in=resident_ids).order_by("exam_id", "version").values_list("exam__number", "version"):
        content = IssuedReport.objects.values_list("content", flat=True).get(exam__number=number, version=version)
        yield f"{number}/report-{version}.pdf", bytes(content)
    kept = Exam.objects.filter(resident__in=resident_ids, recording__isnull=False).values_list("number", "recording")
    back = Rejection.objects.filter(exam__resident__in=resident_ids, recording__isnull=False).values_list("exam__number", "recording")
    for number, recording in sorted({*kept, *back}):
        name, content = recordings.original(recording)
        yield f"{number}/{recording}-{name}", content
