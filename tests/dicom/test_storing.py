"""A cart sends: known ones are let in, what is acknowledged is kept, and it lands in the exam it was recorded for."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

import pydicom
import pytest

from tests.dicom import serving
from tests.ecg import samples
from yilianti.care.diagnosis.tests import factories
from yilianti.gateways.dicom import files, numbering, storing, terms
from yilianti.gateways.dicom.models import Instance
from yilianti.kernel.models import JournalEntry

pytestmark = [pytest.mark.django_db(transaction=True), serving.dcmtk, samples.needed]


def test_a_known_sender_is_answered_an_unknown_one_refused_with_a_line(scene: factories.Scene, now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    serving.sender(scene.county.township, now)
    serving.sender(scene.county.township, now, title="ELSEWHERE", address="10.9.8.0/24")
    with serving.listening() as listener, caplog.at_level(logging.WARNING):
        assert serving.run("echoscu", listener.port).code == 0
        for title in ("NOBODY", "ELSEWHERE"):
            refused = serving.run("echoscu", listener.port, title=title)
            assert refused.code != 0 and "Calling AE Title Not Recognized" in refused.said
            assert f"refused '{title}' from 127.0.0.1" in caplog.text
        assert "Called AE Title Not Recognized" in serving.run("echoscu", listener.port, called="SOMEBODY").said


def test_an_exam_of_the_worklist_gets_its_recording(scene: factories.Scene, now: datetime, tmp_path: Path) -> None:
    township = scene.county.township
    serving.sender(township, now)
    exam = factories.ordered(scene, now)
    path = serving.rewritten(tmp_path, AccessionNumber=numbering.accession_of(exam.number), PatientName="苏^禾", PatientID="any")
    with serving.listening() as listener:
        assert serving.run("storescu", listener.port, path).code == 0
    (kept,) = serving.instances()
    assert kept.state == "received" and kept.spooled is not None, "kept before it was acknowledged"
    serving.file_all(now)
    (kept,) = serving.instances()
    exam.refresh_from_db()
    assert (kept.state, kept.exam_id, kept.spooled) == ("filed", exam.pk, None)
    assert exam.state == "acquired" and exam.recording_id == kept.recording_id and exam.recording.lead_count == 12
    assert exam.measured and "other_name" not in {found["code"] for found in exam.quality}
    sent, held = pydicom.dcmread(path), exam.recording.content
    whole = path.read_bytes()
    assert files.dataset_of(held) == whole[144 + sent.file_meta.FileMetaInformationGroupLength :], "byte for byte"
    words = set(JournalEntry.objects.filter(subject=f"dicom:{kept.pk}").values_list("word", flat=True))
    assert words == {"dicom.received", "dicom.filed"}


def test_the_same_object_again_is_kept_once_other_bytes_are_refused(scene: factories.Scene, now: datetime, tmp_path: Path) -> None:
    serving.sender(scene.county.township, now)
    path = serving.rewritten(tmp_path)
    other = serving.rewritten(tmp_path, path, fresh=False, PatientComments="changed")
    with serving.listening() as listener:
        assert serving.run("storescu", listener.port, path).code == 0
        serving.file_all(now)
        assert serving.run("storescu", listener.port, path).code == 0
        refused = serving.run("storescu", listener.port, other)
        assert refused.code != 0 and "CannotUnderstand" in refused.said, refused.said
    assert Instance.objects.count() == 1 and JournalEntry.objects.filter(word="dicom.received").count() == 1


@pytest.mark.parametrize("name", ["", "1." * 32 + "1", "1.2.840\n", "一.2"])
def test_a_name_that_is_no_uid_is_refused_before_the_database_sees_it(name: str) -> None:
    with pytest.raises(storing.NotKept) as refusal:
        storing.check(storing.Arrived(terms.TWELVE_LEAD, name, terms.EXPLICIT, b""))
    assert (refusal.value.status, refusal.value.said) == (storing.NOT_UNDERSTOOD, "SOP Instance UID is no UID")
