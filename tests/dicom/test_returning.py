"""The worklist, and what we give back, asked for with clients somebody else wrote; dciodvfy judges what we write."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from tests.dicom import serving
from tests.ecg import samples
from yilianti.care.diagnosis import actions, report
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.tests import factories
from yilianti.gateways.dicom import api as dicom
from yilianti.gateways.dicom import files, numbering
from yilianti.gateways.dicom.models import Sender
from yilianti.kernel.models import JournalEntry
from yilianti.record.recordings import api as recordings
from yilianti.registry.residents import api as residents

pytestmark = [pytest.mark.django_db(transaction=True), serving.dcmtk, samples.needed]
STEP = "ScheduledProcedureStepSequence[0]"
KEYS = ("PatientName", "PatientID", "PatientSex", "PatientBirthDate", "AccessionNumber", "StudyInstanceUID", "RequestedProcedureID", "RequestedProcedureDescription",
        f"{STEP}.ScheduledProcedureStepStartDate", f"{STEP}.ScheduledStationAETitle")  # fmt: skip


def keys(*words: str) -> list[str]:
    return [part for word in words for part in ("-k", word)]


def found(folder: Path, port: int, *words: str, model: str = "-W", **how: Any) -> list[pydicom.Dataset]:
    """The answers to a findscu."""
    folder.mkdir()
    ran = serving.run("findscu", port, model, "-X", "-od", folder, *keys(*words), **how)
    assert ran.code == 0, ran.said
    return [pydicom.dcmread(path) for path in sorted(folder.glob("*.dcm"))]


def got(folder: Path, port: int, *words: str, **how: Any) -> dict[str, Path]:
    """The files that a getscu wrote, by SOP class."""
    folder.mkdir()
    ran = serving.run("getscu", port, "-S", "+B", "-od", folder, *keys(*words), **how)
    assert ran.code == 0, ran.said
    return {str(pydicom.dcmread(path).SOPClassUID): path for path in folder.iterdir()}


@pytest.mark.parametrize(("asked", "answered"), [("GB18030", "GB18030"), ("ISO_IR 192", "ISO_IR 192"), ("", "ISO_IR 192")])
def test_a_cart_pulls_its_list_in_its_characters(scene: factories.Scene, cart: Sender, now: datetime, tmp_path: Path, asked: str, answered: str) -> None:
    exam, recorded = factories.ordered(scene, now, urgency="chest_pain"), factories.acquired(scene, now)
    residents.add_identifier(actor=scene.doctor, resident_id=scene.resident.id, given=residents.IdentifierGiven("local", "M-77", scene.county.township.id), at=now)
    with serving.listening() as listener:
        (line,) = found(tmp_path / "a", listener.port, f"(0008,0005)={asked}", *KEYS, f"{STEP}.Modality=ECG")
        assert found(tmp_path / "b", listener.port, *KEYS, f"{STEP}.Modality=CT") == []
    assert line.SpecificCharacterSet == answered and str(line.PatientName) == "苏禾"
    assert line.AccessionNumber == numbering.accession_of(exam.number) and len(line.AccessionNumber) <= 16 and recorded.number != exam.number
    assert (line.PatientID, line.PatientSex) == ("M-77", "F") and line.ScheduledProcedureStepSequence[0].ScheduledStationAETitle == serving.TITLE
    raw = (tmp_path / "a/rsp0001.dcm").read_bytes()
    assert "苏禾".encode("gb18030" if answered == "GB18030" else "utf-8") in raw


def test_the_list_is_the_institutions_own_and_narrows(scene: factories.Scene, cart: Sender, now: datetime, tmp_path: Path) -> None:
    exam = factories.ordered(scene, now)
    serving.sender(scene.county.other_hospital, now, title="STRANGER")
    today, later = f"{now.astimezone():%Y%m%d}", f"{now.astimezone() + timedelta(days=2):%Y%m%d}"
    with serving.listening() as listener:
        assert found(tmp_path / "a", listener.port, *KEYS, title="STRANGER") == []
        assert len(found(tmp_path / "b", listener.port, *KEYS, f"{STEP}.ScheduledProcedureStepStartDate={today}-")) == 1
        assert found(tmp_path / "c", listener.port, *KEYS, f"{STEP}.ScheduledProcedureStepStartDate={later}-") == []
        assert len(found(tmp_path / "d", listener.port, *KEYS, f"AccessionNumber={numbering.accession_of(exam.number)}")) == 1
        assert found(tmp_path / "e", listener.port, *KEYS, "PatientName=ZHANG*") == []


def test_what_was_received_comes_back_as_the_same_bytes_and_only_to_its_own(scene: factories.Scene, cart: Sender, now: datetime, tmp_path: Path) -> None:
    serving.sender(scene.county.other_hospital, now, title="STRANGER")
    sent = tmp_path / "sent"
    sent.mkdir()
    path = serving.rewritten(sent)
    study = str(pydicom.dcmread(path).StudyInstanceUID)
    with serving.listening() as listener:
        assert serving.run("storescu", listener.port, path).code == 0
        serving.file_all(now)
        asked = ("QueryRetrieveLevel=STUDY", f"StudyInstanceUID={study}")
        (answer,) = found(tmp_path / "f", listener.port, *asked, "PatientName=关*", "ModalitiesInStudy", "NumberOfStudyRelatedInstances", model="-S")
        assert (answer.ModalitiesInStudy, answer.NumberOfStudyRelatedInstances) == ("ECG", 1)
        (back,) = got(tmp_path / "g", listener.port, *asked).values()
        assert found(tmp_path / "s", listener.port, *asked, model="-S", title="STRANGER") == []
        assert got(tmp_path / "t", listener.port, *asked, title="STRANGER") == {}
        assert JournalEntry.objects.filter(word="dicom.given_back").count() == 1, "nothing is given to a stranger"
        asking = serving.run("getscu", listener.port, "-S", "-k", "QueryRetrieveLevel=STUDY")
        assert "Failed" in asking.said or asking.code != 0, asking.said
    held = serving.instances()[0].recording
    assert held is not None
    whole = back.read_bytes()
    assert whole[144 + pydicom.dcmread(back).file_meta.FileMetaInformationGroupLength :] == files.dataset_of(held.content), "byte for byte"
    assert JournalEntry.objects.filter(word="dicom.given_back").count() == 1


def issued(scene: factories.Scene, now: datetime) -> Exam:
    """An issued exam whose tracing did not come by DICOM, with a real report."""
    exam = factories.concluded(scene, now)
    tracing = recordings.tracing_of(exam.recording_id or 0)
    return actions.issue(actor=scene.auditor, number=exam.number, statements=exam.statements, conclusion=exam.conclusion, measurements=exam.measurements,
                         draw=lambda exam, *more: report.draw(exam, tracing, *more), at=now)  # fmt: skip


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools (dciodvfy) is not installed")
def test_an_issued_ecg_and_its_report_are_objects_without_a_fault(scene: factories.Scene, cart: Sender, now: datetime, tmp_path: Path) -> None:
    exam = issued(scene, now)
    with serving.listening() as listener:
        answers = found(tmp_path / "f", listener.port, "QueryRetrieveLevel=SERIES", f"StudyInstanceUID={numbering.uid_of('study', exam.number)}", "Modality", "SeriesInstanceUID", model="-S")
        assert sorted(one.Modality for one in answers) == ["DOC", "ECG"]
        back = got(tmp_path / "g", listener.port, "QueryRetrieveLevel=STUDY", f"StudyInstanceUID={numbering.uid_of('study', exam.number)}")
    assert len(back) == 2
    for path in back.values():
        judged = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False)
        assert "Error" not in judged.stdout + judged.stderr, judged.stderr
    ecg, document = (pydicom.dcmread(back[uid]) for uid in ("1.2.840.10008.5.1.4.1.1.9.1.1", "1.2.840.10008.5.1.4.1.1.104.1"))
    assert ecg.StudyInstanceUID == document.StudyInstanceUID and str(ecg.PatientName) == "苏禾"
    written, stored = dicom.tracing_in(back["1.2.840.10008.5.1.4.1.1.9.1.1"].read_bytes()), recordings.tracing_of(exam.recording_id or 0)
    assert stored is not None and written.names() == stored.names() and written.rate == stored.rate
    for one, other in zip(written.leads, stored.leads, strict=True):
        assert np.array_equal(one.microvolts(), other.microvolts()), one.name
    assert "窦性心律" in written.statements
    assert document.EncapsulatedDocument.startswith(b"%PDF") and document.EncapsulatedDocument.rstrip(b"\0") == bytes(exam.issues.get().content)
