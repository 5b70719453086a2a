"""The copy a resident takes along holds their examinations: what was reported, and the files."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime

import pytest

from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.tests import factories
from yilianti.desks.record360 import copying
from yilianti.gateways.dicom.models import Instance
from yilianti.gateways.dicom.tests import factories as devices

pytestmark = pytest.mark.django_db


def test_a_copy_holds_reports_recordings_and_no_unfinished_word(at: datetime) -> None:
    scene = factories.scene(at)
    issued, unfinished = factories.issued(scene, at), factories.concluded(scene, at, statements=("VF",))
    back = factories.queued(scene, at)
    actions.claim(actor=scene.reader, number=back.number, at=at)
    actions.reject(actor=scene.reader, number=back.number, reason="artefact", at=at)
    made = copying.of(scene.resident, at)
    packed = zipfile.ZipFile(io.BytesIO(made.content))
    told = json.loads(packed.read("record.json"))
    assert [(one["number"], one["conclusion"]) for one in told["exams"]] == [(issued.number, "窦性心律"), (unfinished.number, ""), (back.number, "")]
    assert told["exams"][1]["criticals"][0]["state"] == "已通知待确认"
    assert packed.read(f"ecg/{issued.number}/report-1.pdf") == factories.PDF
    files = [name for name in packed.namelist() if name.startswith("ecg/")]
    assert len(files) == 4 and any(name.startswith(f"ecg/{back.number}/") for name in files), "one report, three recordings, the rejected one too"
    assert "窦性心律" in packed.read("record.html").decode()


def test_a_copy_holds_what_devices_sent_without_an_exam(at: datetime) -> None:
    scene = factories.scene(at)
    sent, others = devices.unmatched(scene.county.township, at), devices.unmatched(scene.county.township, at)
    exam = factories.acquired(scene, at)
    Instance.objects.filter(pk=sent.pk).update(resident=scene.resident, state="filed")
    Instance.objects.filter(pk=others.pk).update(resident=scene.resident, state="filed", exam=exam, reason="exam_past")
    with zipfile.ZipFile(io.BytesIO(copying.of(scene.resident, at).content)) as packed:
        assert [name for name in packed.namelist() if name.startswith("dicom/")] == [f"dicom/{sent.sop_uid}.dcm", f"dicom/{others.sop_uid}.dcm"]
        assert packed.read(f"dicom/{sent.sop_uid}.dcm") == sent.sop_uid.encode()
