"""A cart's file uploaded for an exam: kept as received, judged at once, never lost for the form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from demo import tracings
from tests.ecg import samples
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.tests import factories
from yilianti.record.recordings.models import Recording
from yilianti.registry.access.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene(timezone.now())


def upload(scene: factories.Scene, exam: Exam, *files: Any) -> Any:
    client = Client()
    client.force_login(Account.objects.get(pk=scene.doctor.account))
    return client.post(f"/ecg/{exam.number}/upload", {"file": list(files)})


def opened(*paths: Any) -> list[Any]:
    return [path.open("rb") for path in paths]


@samples.needed
@pytest.mark.parametrize("kind", ["dicom", "aecg", "muse", "philips"])
def test_a_makers_file_becomes_the_recording(scene: factories.Scene, kind: str) -> None:
    path = samples.paths(kind)[0]
    exam = factories.ordered(scene, timezone.now())
    assert upload(scene, exam, *opened(path)).status_code == 302
    exam.refresh_from_db()
    assert exam.state == "acquired" and exam.recording is not None
    assert exam.recording.content == path.read_bytes(), "kept as received"
    assert {found["code"] for found in exam.quality} <= {"other_name", "too_short", "leads_missing", "saturated", "lead_off", "inconsistent"} | {"baseline_wander", "mains_noise", "muscle_noise"}


@samples.needed
def test_the_two_files_of_a_wfdb_record_go_together(scene: factories.Scene) -> None:
    header = samples.paths("wfdb", "*.hea")[0]
    exam = factories.ordered(scene, timezone.now())
    assert upload(scene, exam, *opened(header.with_suffix(".mat"), header)).status_code == 302
    exam.refresh_from_db()
    assert exam.recording is not None and exam.recording.format == "wfdb" and exam.recording.lead_count == 12


def test_what_cannot_be_read_is_refused_in_words_and_nothing_is_kept(scene: factories.Scene, tmp_path: Any) -> None:
    path = tmp_path / "holiday.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    exam = factories.ordered(scene, timezone.now())
    answer = upload(scene, exam, *opened(path))
    assert answer.status_code == 422 and "导出" in answer.content.decode()
    assert not Recording.objects.exists()


def test_a_refused_file_leaves_the_doctor_on_the_page_of_the_exam(scene: factories.Scene) -> None:
    exam = factories.ordered(scene, timezone.now())
    client = Client()
    client.force_login(Account.objects.get(pk=scene.doctor.account))
    url, headers = f"/ecg/{exam.number}/upload", {"HX-Request": "true"}
    refused = client.post(url, {"file": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + bytes(200))}, headers=headers)
    assert refused.status_code == 422 and "data-refusal" in refused.content.decode() and "<html" not in refused.content.decode()
    taken = client.post(url, {"file": SimpleUploadedFile("a.csv", recorded())}, headers=headers)
    assert taken.status_code == 204 and taken["HX-Redirect"] == f"/diagnosis/{exam.number}/"


def recorded() -> bytes:
    return tracings.as_csv(tracings.Picture(70), seed=4, name="", started_at=datetime(2026, 11, 18, 9, 30))  # noqa: DTZ001


@samples.needed
def test_a_recording_of_another_person_is_said(scene: factories.Scene) -> None:
    exam = factories.ordered(scene, timezone.now())
    upload(scene, exam, *opened(samples.paths("dicom")[0]))
    exam.refresh_from_db()
    assert "other_name" in {found["code"] for found in exam.quality}
