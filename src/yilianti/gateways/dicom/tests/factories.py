"""A device, and an object of it that nobody knows the owner of, for tests of this room and of others."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from yilianti.gateways.dicom import terms
from yilianti.gateways.dicom.models import Instance, Sender
from yilianti.kernel.actor import Actor
from yilianti.record.recordings import api as recordings
from yilianti.registry.institutions.models import Institution

_numbers = count(1)


def sender(place: Institution, at: datetime, **changes: Any) -> Sender:
    number = next(_numbers)
    given = {"name": f"{place.short_name}心电图机{number}", "ae_title": f"ECG{number}", "address": "127.0.0.1", "institution": place, "changed_at": at, **changes}
    return Sender.objects.create(**given)


def unmatched(place: Institution, at: datetime, name: str = "苏禾") -> Instance:
    """A waveform of somebody whose number is unknown there."""
    from yilianti.care.diagnosis.tests import factories

    device, uid = sender(place, at), f"2.25.{next(_numbers)}"
    kept = recordings.keep(actor=Actor.system(institution=place.pk), institution_id=place.pk, content=uid.encode(), format="dicom", tracing=factories.tracing(), at=at, key=uid)
    return Instance.objects.create(
        institution=place, sender=device, sop_uid=uid, sop_class=terms.TWELVE_LEAD, syntax=terms.EXPLICIT, sha256=kept.sha256, size=kept.size, received_at=at, recorded_at=at,
        state="unmatched", reason="unknown_patient", recording=kept, patient_id="77", patient_name=name, sex="F",
    )  # fmt: skip
