"""Whose an object is: by number and moment, never across institutions, never in doubt; a person claims the rest."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pydicom
import pytest
from django.test import Client
from django.utils import timezone
from pydicom.uid import generate_uid

from tests.dicom import serving
from tests.ecg import samples
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.tests import factories
from yilianti.gateways.dicom import actions, files, filing, matching, numbering, senders, storing, terms
from yilianti.gateways.dicom.models import Instance, Sender
from yilianti.gateways.dicom.tests import factories as devices
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.models import Account
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.institutions.models import Institution
from yilianti.registry.residents import api as residents

pytestmark = pytest.mark.django_db


def came(cart: Sender, now: datetime, **changes: Any) -> Instance:
    """The shared 12-lead object with other attributes, received and filed."""
    dataset = pydicom.dcmread(serving.sample())
    told = {"AccessionNumber": "", "PatientName": "苏禾", "PatientID": "M-77", "AcquisitionDateTime": f"{timezone.localtime(now):%Y%m%d%H%M%S}", **changes}
    for keyword, value in told.items():
        setattr(dataset, keyword, value)
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    stream = BytesIO()
    dataset.save_as(stream)
    whole = stream.getvalue()
    arrived = storing.Arrived(str(dataset.SOPClassUID), str(dataset.SOPInstanceUID), str(dataset.file_meta.TransferSyntaxUID), whole[144 + int.from_bytes(whole[140:144], "little") :])
    assert storing.keep(caller=senders.caller_of(cart), arrived=arrived, at=now)
    assert filing.file_next(now)
    return Instance.objects.select_related("recording").get(sop_uid=arrived.sop_uid)


def numbered(scene: factories.Scene, now: datetime, number: str = "M-77", place: Institution | None = None) -> None:
    given = residents.IdentifierGiven("local", number, (place or scene.county.township).id)
    residents.add_identifier(actor=scene.doctor, resident_id=scene.resident.id, given=given, at=now)


@samples.needed
def test_a_patients_number_and_the_moment_find_the_exam(scene: factories.Scene, cart: Sender, now: datetime) -> None:
    numbered(scene, now)
    exam = factories.ordered(scene, now - timedelta(minutes=10))
    kept = came(cart, now)
    exam.refresh_from_db()
    assert (kept.state, kept.exam_id, exam.state) == ("filed", exam.pk, "acquired")
    later = came(cart, now)
    assert (later.state, later.exam_id, later.resident_id) == ("filed", None, scene.resident.id), "the exam has its recording: without another, it stays with the resident"


@samples.needed
def test_the_number_of_another_institution_is_another_person(scene: factories.Scene, cart: Sender, now: datetime) -> None:
    numbered(scene, now, place=scene.county.hospital)
    factories.ordered(scene, now)
    kept = came(cart, now)
    assert (kept.state, kept.reason, kept.resident_id) == ("unmatched", "unknown_patient", None)
    assert kept.recording is not None and kept.recording.institution_id == scene.county.township.id, "kept all the same"


@samples.needed
@pytest.mark.parametrize(("changes", "reason"), [({"PatientName": "王五"}, "other_name"), ({"PatientName": "Wang^Wu"}, "")])
def test_another_chinese_name_is_left_to_a_person_pinyin_is_not(scene: factories.Scene, cart: Sender, now: datetime, changes: dict[str, str], reason: str) -> None:
    numbered(scene, now)
    assert came(cart, now, **changes).reason == reason


@samples.needed
def test_two_pending_exams_and_two_patients_are_questions(scene: factories.Scene, cart: Sender, now: datetime) -> None:
    numbered(scene, now)
    first = factories.ordered(scene, now)
    factories.ordered(scene, now)
    assert came(cart, now).reason == "several_exams"
    serving.known_as("N-1", scene.county.township, scene.doctor, now, "李四")
    assert came(cart, now, AccessionNumber=numbering.accession_of(first.number), PatientID="N-1").reason == "other_patient"
    assert came(cart, now, AccessionNumber=numbering.accession_of(first.number)).exam_id == first.pk


@samples.needed
def test_sending_opens_an_exam_only_where_the_sender_may(scene: factories.Scene, cart: Sender, now: datetime) -> None:
    numbered(scene, now)
    assert came(cart, now).exam_id is None and not Exam.objects.exists()
    Sender.objects.filter(pk=cart.pk).update(orders=True)
    kept = came(Sender.objects.select_related("institution").get(pk=cart.pk), now)
    exam = Exam.objects.get()
    assert (kept.exam_id, exam.state, exam.resident_id) == (exam.pk, "acquired", scene.resident.id) and "未填主诉" in exam.complaint


@samples.needed
def test_an_exam_that_was_sent_keeps_its_recording(scene: factories.Scene, cart: Sender, now: datetime) -> None:
    exam = factories.queued(scene, now)
    kept = came(cart, now, AccessionNumber=numbering.accession_of(exam.number))
    exam.refresh_from_db()
    assert (kept.state, kept.reason, kept.exam_id) == ("filed", "exam_past", exam.pk) and exam.recording_id != kept.recording_id


@samples.needed
def test_what_cannot_be_read_is_kept_and_waits(scene: factories.Scene, cart: Sender, now: datetime) -> None:
    numbered(scene, now)
    dataset = pydicom.dcmread(serving.sample())
    kept = came(cart, now, WaveformSequence=[dataset.WaveformSequence[0], pydicom.Dataset()])
    assert kept.state in ("unmatched", "filed") and kept.recording is not None
    broken = came(cart, now, WaveformSequence=[])
    assert (broken.state, broken.reason) == ("unmatched", "unreadable") and "波形" in broken.note


@samples.needed
def test_an_object_that_always_fails_is_left_to_a_person(scene: factories.Scene, cart: Sender, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "settle", lambda *args, **kwargs: 1 / 0)
    kept = came(cart, now)
    assert kept.state == "received"
    for _ in range(3):
        filing.file_next(now)
    kept.refresh_from_db()
    assert (kept.state, kept.reason) == ("unmatched", "failed") and kept.spooled is not None


@samples.needed
def test_a_person_claims_one_and_only_once(scene: factories.Scene, cart: Sender, now: datetime) -> None:
    exam = factories.ordered(scene, now)
    kept = came(cart, now, PatientID="unknown")
    client = Client()
    client.force_login(Account.objects.get(pk=scene.doctor.account))
    assert "本机构没有这个患者编号" in client.get("/dicom/").content.decode()
    page = client.get(f"/dicom/{kept.pk}").content.decode()
    assert exam.number in page and "这是谁的记录" in page
    assert client.post(f"/dicom/{kept.pk}/claim", {"exam": "", "resident": ""}).status_code == 422
    assert client.post(f"/dicom/{kept.pk}/claim", {"exam": exam.number}).status_code == 302
    exam.refresh_from_db()
    kept.refresh_from_db()
    assert (exam.state, exam.recording_id, kept.settled_by_id) == ("acquired", kept.recording_id, scene.doctor.person)
    assert JournalEntry.objects.filter(word="dicom.claimed", subject=f"dicom:{kept.pk}").count() == 1
    again = client.post(f"/dicom/{kept.pk}/claim", {"resident": scene.resident.number})
    assert again.status_code == 409 and "不需要再认领" in again.content.decode()


def test_setting_aside_needs_a_reason_and_keeps_the_bytes(scene: factories.Scene, now: datetime) -> None:
    kept = devices.unmatched(scene.county.township, now)
    with pytest.raises(Refused, match="原因"):
        actions.set_aside(actor=scene.doctor, instance=kept.pk, note=" ", at=now)
    actions.set_aside(actor=scene.doctor, instance=kept.pk, note="测试信号", at=now)
    kept.refresh_from_db()
    assert (kept.state, kept.note) == ("set_aside", "测试信号") and kept.recording_id
    with pytest.raises(Refused, match="没有这份记录"):
        actions.set_aside(actor=scene.reader, instance=kept.pk, note="x", at=now)


def test_the_register_is_kept_and_says_what_is_wrong(scene: factories.Scene, now: datetime) -> None:
    admin = staff.staff(scene.county.hospital, "administrator")
    client = Client()
    client.force_login(admin)
    township = scene.county.township.id
    told = {"name": "卫生院心电图机", "institution": township, "ae_title": "WSY1", "address": "10.1.2.0/24"}
    for field, wrong, said in (("address", "0.0.0.0/0", "全部地址"), ("address", "cart.local", "IP 地址"), ("ae_title", "中文", "AE 标题为"), ("ae_title", "A\\B", "AE 标题为")):
        answer = client.post("/dicom/senders/new", told | {field: wrong})
        assert answer.status_code == 422 and said in answer.content.decode()
    assert client.post("/dicom/senders/new", told).status_code == 302
    assert client.post("/dicom/senders/new", told).status_code == 422
    made = Sender.objects.get()
    found = senders.Senders(seconds=0)
    assert found.find("WSY1", "10.1.2.77") is not None and found.find("WSY1", "::ffff:10.1.2.77") is not None
    assert found.find("WSY1", "10.1.3.77") is None and found.find("wsy1", "10.1.2.77") is None
    assert client.post(f"/dicom/senders/{made.pk}/switch", {"active": "0"}).status_code == 302
    assert found.find("WSY1", "10.1.2.77") is None
    page = client.get("/dicom/senders").content.decode()
    assert "卫生院心电图机" in page and "已停用" in page and "11112" in page


def test_lists_ask_the_same_number_of_questions_however_long(scene: factories.Scene, now: datetime, django_assert_max_num_queries: Any) -> None:
    for _ in range(12):
        devices.unmatched(scene.county.township, now)
    client = Client()
    client.force_login(Account.objects.get(pk=scene.doctor.account))
    client.get("/dicom/")
    with django_assert_max_num_queries(16):
        client.get("/dicom/?state=all")


def test_accession_numbers_fit_and_lead_back() -> None:
    for number in ("XD20261126-000123", "XD20261126-1000123"):
        accession = numbering.accession_of(number)
        assert len(accession) <= 16 and number in numbering.numbers_of(accession)
    assert numbering.numbers_of("HIS-7 ") == ["HIS-7"] and numbering.numbers_of(" ") == []
    assert len(numbering.uid_of("report", "XD20261126-000123", 2)) <= 64


@pytest.mark.parametrize(
    ("keyword", "wanted", "held", "met"),
    [
        ("PatientName", "苏*", "苏禾", True), ("PatientName", "su*", "Su^He=苏^禾", True), ("PatientName", "王*", "苏禾", False), ("PatientID", "M-?", "M-7", True),
        ("PatientID", "[M]*", "M-7", False), ("StudyDate", "20260101-20261231", "20261126", True), ("StudyDate", "-20261125", "20261126", False),
        ("StudyTime", "0900-1000", "100030", True), ("StudyTime", "0900-1000", "101000", False), ("SOPInstanceUID", ["1.2", "1.3"], "1.3", True), ("PatientID", "", "M-7", True),
    ],
)  # fmt: skip
def test_matching(keyword: str, wanted: Any, held: str, met: bool) -> None:
    asked, told = pydicom.Dataset(), pydicom.Dataset()
    setattr(asked, keyword, wanted)
    setattr(told, keyword, held)
    assert matching.fits(asked, told) is met


def test_a_file_is_the_same_whenever_it_is_made() -> None:
    made = files.as_file(terms.TWELVE_LEAD, "2.25.1", terms.EXPLICIT, b"the data set")
    assert files.dataset_of(made) == b"the data set" and made == files.as_file(terms.TWELVE_LEAD, "2.25.1", terms.EXPLICIT, b"the data set")
    assert pydicom.dcmread(BytesIO(files.as_file(terms.TWELVE_LEAD, "2.25.1", terms.EXPLICIT, b""))).file_meta.MediaStorageSOPInstanceUID == "2.25.1"
