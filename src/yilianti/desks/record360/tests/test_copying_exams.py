"""The copy a resident takes along holds their examinations: what was reported, and the files."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest

from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.tests import factories
from yilianti.desks.record360 import copying
from yilianti.gateways.dicom.models import Instance
from yilianti.gateways.dicom.tests import factories as devices
from yilianti.registry.residents import api as residents

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


def files_of(scene: factories.Scene, at: datetime) -> tuple[list[str], dict[str, str]]:
    """Paths of the tracings in the resident's copy, and what the copy says of each."""
    with zipfile.ZipFile(io.BytesIO(copying.of(scene.resident, at).content)) as packed:
        told = {one["file"]: one["standing"] for exam in json.loads(packed.read("record.json"))["exams"] for one in exam["recordings"]}
        return sorted(name.removeprefix("ecg/") for name in packed.namelist() if name.startswith("ecg/")), told


def recorded(scene: factories.Scene, number: str, seed: int, at: datetime) -> None:
    kept = factories.recordings.keep(actor=scene.doctor, institution_id=scene.county.township.id, content=f"{number}-{seed}".encode(), format="csv", tracing=factories.tracing(seed), at=at)
    actions.acquire(actor=scene.doctor, number=number, recording=kept, quality=(), measured={}, suggested=[], at=at)


def test_a_copy_holds_what_was_replaced_or_cancelled_and_says_so(at: datetime) -> None:
    scene = factories.scene(at)
    exam = factories.acquired(scene, at)
    recorded(scene, exam.number, 2, at)
    actions.cancel(actor=scene.doctor, number=exam.number, because="登记重复", at=at)
    names, told = files_of(scene, at)
    assert names == sorted(told) and sorted(told.values()) == ["已被后来的记录代替", "检查已取消"]


def test_a_copy_never_holds_the_tracing_of_somebody_else(at: datetime) -> None:
    scene = factories.scene(at)
    exam = factories.queued(scene, at)
    actions.claim(actor=scene.reader, number=exam.number, at=at)
    actions.reject(actor=scene.reader, number=exam.number, reason="wrong_patient", at=at)
    assert files_of(scene, at) == ([], {}), "not while it waits to be recorded again"
    recorded(scene, exam.number, 2, at)
    names, told = files_of(scene, at)
    assert len(names) == 1 and list(told.values()) == ["已采集"]
    mistaken = factories.acquired(scene, at)
    taken = mistaken.recording
    actions.cancel(actor=scene.doctor, number=mistaken.number, because="选错了居民", at=at)
    registered = residents.register(actor=scene.doctor, at=at, identifiers=[],
                                    demographics=residents.Demographics(name="林禾", sex="1", born_on=None, phone="", address="", home=scene.county.township.id))  # fmt: skip
    right = factories.ordered(replace(scene, resident=registered.resident), at)
    actions.acquire(actor=scene.doctor, number=right.number, recording=taken, quality=(), measured={}, suggested=[], at=at)
    assert files_of(scene, at)[0] == names, "it was the other resident's"


def test_a_copy_holds_what_devices_sent_without_an_exam(at: datetime) -> None:
    scene = factories.scene(at)
    sent, others = devices.unmatched(scene.county.township, at), devices.unmatched(scene.county.township, at)
    exam = factories.acquired(scene, at)
    Instance.objects.filter(pk=sent.pk).update(resident=scene.resident, state="filed")
    Instance.objects.filter(pk=others.pk).update(resident=scene.resident, state="filed", exam=exam, reason="exam_past")
    with zipfile.ZipFile(io.BytesIO(copying.of(scene.resident, at).content)) as packed:
        assert [name for name in packed.namelist() if name.startswith("dicom/")] == [f"dicom/{sent.sop_uid}.dcm", f"dicom/{others.sop_uid}.dcm"]
        assert packed.read(f"dicom/{sent.sop_uid}.dcm") == sent.sop_uid.encode()
