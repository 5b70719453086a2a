"""What devices sent of a resident, for the copy they take along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import F

from yilianti.gateways.dicom.models import Instance
from yilianti.record.recordings import api as recordings


def portable_files(resident_ids: Sequence[int]) -> Iterator[tuple[str, bytes]]:
    """Every object filed to a person that is not the recording of an exam, which tells its own: (path, bytes), one at a time."""
    rows = Instance.objects.filter(resident__in=resident_ids, recording__isnull=False).exclude(exam__recording=F("recording"))
    for sop_uid, recording in rows.order_by("id").values_list("sop_uid", "recording"):
        yield f"{sop_uid}.dcm", recordings.original(recording)[1]
