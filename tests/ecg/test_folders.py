"""Carts that only write files: each recording goes to its exam once, waits for a person, or is refused with the reason; nothing outside the folder is touched."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.ecg.mutation import wfdb_zip
from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.tests import factories
from yilianti.gateways.ecg_devices import archive, filing, folders, matching, receiving, watcher
from yilianti.gateways.ecg_devices.api import read
from yilianti.gateways.ecg_devices.models import Deposit, Folder
from yilianti.gateways.ecg_devices.watcher import Watcher
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.record.recordings.models import Recording
from yilianti.registry.access.models import Account
from yilianti.registry.residents import api as residents

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("测试")
LEADS = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")


def csv(*, order: str = "", patient: str = "", name: str = "", seed: int = 1, started: datetime | None = None) -> bytes:
    """A recording as a cart's export, with what it says of its patient."""
    rows = np.random.default_rng(seed).integers(-400, 400, (2000, len(LEADS)))
    head = ["# yilianti ecg", "# sampling_rate_hz: 200", f"# order: {order}", f"# patient_id: {patient}", f"# patient_name: {name}"]
    head += [f"# started_at: {timezone.localtime(started):%Y-%m-%d %H:%M:%S}"] if started else []
    return "\n".join([*head, ",".join(LEADS), *(",".join(map(str, row)) for row in rows)]).encode()


class Ward:
    """A township with a folder, looked into round by round; `at` is the clock of the test."""

    def __init__(self, root: Path) -> None:
        self.root, self.at = root / "folders", timezone.now()
        self.scene = factories.scene(self.at)
        self.place = self.root / "liuhe/ecg1"
        self.place.mkdir(parents=True)
        told = folders.Particulars("1号机", self.scene.county.township.pk, "liuhe/ecg1")
        self.folder = folders.keep_folder(actor=SYSTEM, particulars=told, at=self.at)
        self.watcher = Watcher(self.root, root / "layouts")

    def put(self, name: str, content: bytes) -> Path:
        path = self.place / name
        path.write_bytes(content)
        return path

    def look(self, rounds: int = 2) -> list[Deposit]:
        for _ in range(rounds):
            self.watcher.round(time.time() + 60, self.at)
        return list(Deposit.objects.order_by("id"))

    def found(self, pattern: str) -> list[str]:
        return sorted(path.name for path in self.place.glob(pattern))

    def number(self, value: str = "LH77") -> None:
        """The patient's number at the township."""
        given = residents.IdentifierGiven("local", value, self.scene.county.township.pk)
        residents.add_identifier(actor=self.scene.doctor, resident_id=self.scene.resident.pk, given=given, at=self.at)


@pytest.fixture
def ward(tmp_path: Path) -> Ward:
    return Ward(tmp_path)


class TestMatching:
    @pytest.mark.parametrize("how", ["order", "placer", "name", "hyphenless"])
    def test_a_file_that_names_its_exam_is_its_recording(self, ward: Ward, how: str) -> None:
        exam = factories.ordered(ward.scene, ward.at, placer_number="SQ2026001")
        inside = {"order": exam.number, "placer": "SQ2026001", "hyphenless": exam.number.replace("-", "")}.get(how, "")
        content = csv(order=inside)
        ward.put(f"苏禾_{exam.number}_20261126.csv" if how == "name" else "ECG0001.csv", content)
        (row,) = ward.look()
        exam.refresh_from_db()
        assert (row.state, row.exam, exam.state) == ("filed", exam, "acquired")
        assert exam.recording is not None and bytes(exam.recording.content) == content, "kept as received"
        assert ward.found("*.csv") == [] and len(ward.found("done/*/*.csv")) == 1

    def test_by_the_patient_s_number_and_the_moment(self, ward: Ward) -> None:
        ward.number()
        exam = factories.ordered(ward.scene, ward.at)
        ward.put("a.csv", csv(patient="LH77", name="苏 禾", started=ward.at))
        assert ward.look()[0].exam == exam

    @pytest.mark.parametrize(("file", "reason"), [
        ({}, "no_number"), ({"patient": "LH77"}, "no_exam"), ({"patient": "LH99"}, "unknown_patient"), ({"name": "柳青", "order": "exam"}, "other_name"),
        ({"patient": "LH77", "order": "sent"}, "exam_past"), ({"patient": "LH77", "order": "two"}, "several_exams"),
    ])  # fmt: skip
    def test_in_doubt_a_person_decides(self, ward: Ward, file: dict[str, str], reason: str) -> None:
        ward.number()
        if file.get("order") == "exam":
            file = {**file, "order": factories.ordered(ward.scene, ward.at).number}
        elif file.get("order") == "sent":
            file = {**file, "order": factories.queued(ward.scene, ward.at).number}
        elif file.pop("order", "") == "two":
            for _ in range(2):
                factories.ordered(ward.scene, ward.at)
        ward.put("a.csv", csv(**file, started=ward.at))
        (row,) = ward.look()
        assert (row.state, row.reason, row.exam) == ("unmatched", reason, None) and row.recording is not None
        assert len(ward.found("done/*/*")) == 1, "its bytes are kept, the folder is free"

    def test_the_same_numbers_at_another_institution_name_nobody_here(self, ward: Ward) -> None:
        exam = factories.ordered(ward.scene, ward.at, placer_number="SQ2026001")
        folders.keep_folder(actor=SYSTEM, particulars=folders.Particulars("1号机", ward.scene.county.hospital.pk, "liuhe/ecg1"), at=ward.at, folder=ward.folder.pk)
        ward.put("a.csv", csv(order="SQ2026001"))
        assert ward.look()[0].state == "unmatched"
        exam.refresh_from_db()
        assert exam.state == "ordered"

    @pytest.mark.parametrize(("name", "found"), [
        ("XD20261126-000012.xml", ["XD20261126-000012"]), ("苏禾 20261126 SQ-7781.dcm", ["SQ-7781"]), ("20261126093000.scp", []), ("a.b.c", []), ("张三（ZY00123）.xml", ["ZY00123"]),
    ])  # fmt: skip
    def test_numbers_in_names(self, name: str, found: list[str]) -> None:
        numbers = list(matching.numbers_in(name))
        assert [number for number in numbers if number != name.rsplit(".", 1)[0]] == [one for one in found if one != name.rsplit(".", 1)[0]]
        assert set(found) <= set(numbers)


class TestTaking:
    def test_the_same_bytes_are_filed_once_whatever_they_are_called(self, ward: Ward) -> None:
        exam = factories.ordered(ward.scene, ward.at)
        ward.put("a.csv", csv(order=exam.number))
        ward.look()
        ward.put("b.csv", csv(order=exam.number))
        assert len(ward.look()) == 1 and Recording.objects.count() == 1
        assert JournalEntry.objects.filter(word="diagnosis.acquired").count() == 1
        assert ward.found("done/*/*") == ["a.csv", "b.csv"]

    def test_a_process_that_ended_before_moving_files_nothing_twice(self, ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
        exam = factories.ordered(ward.scene, ward.at)
        ward.put("a.csv", csv(order=exam.number))
        with monkeypatch.context() as patch:
            patch.setattr(watcher, "_move", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
            ward.look()
        ward.folder.refresh_from_db()
        assert "不能移动" in ward.folder.fault and ward.found("*.csv") == ["a.csv"]
        ward.watcher = Watcher(ward.root, ward.root)
        assert len(ward.look()) == 1 and ward.found("*.csv") == []
        ward.folder.refresh_from_db()
        assert ward.folder.fault == ""

    def test_what_is_still_being_written_is_left_alone(self, ward: Ward) -> None:
        path = ward.put("a.csv", csv()[:3000])
        os.utime(path, (1, 1))  # a copy that keeps the moment of its source looks old from the first byte
        ward.watcher.round(time.time(), ward.at)
        path.write_bytes(csv())
        os.utime(path, (1, 1))
        ward.watcher.round(time.time(), ward.at)
        assert not Deposit.objects.exists()
        ward.watcher.round(time.time(), ward.at)
        assert Deposit.objects.get().size == len(csv())

    def test_what_cannot_be_read_goes_aside_with_the_reason(self, ward: Ward) -> None:
        ward.put("a.png", b"\x89PNG\r\n\x1a\n" + bytes(200))
        (row,) = ward.look()
        assert row.state == "refused" and "PNG" in row.note and row.recording is None
        assert ward.found("failed/*/*") == ["a.png", "a.png.reason.txt"]
        (said,) = ward.place.glob("failed/*/*.txt")
        assert row.note in said.read_text(encoding="utf-8")
        ward.put("b.png", b"\x89PNG\r\n\x1a\n" + bytes(200))
        assert len(ward.look()) == 1 and "b.png.reason.txt" in ward.found("failed/*/*")

    def test_a_folder_of_one_format_refuses_others(self, ward: Ward) -> None:
        Folder.objects.update(format="muse")
        ward.put("a.csv", csv())
        assert "GE MUSE XML" in ward.look()[0].note
        ward.put("again.csv", csv())
        ward.look()
        assert JournalEntry.objects.filter(word="ecg_devices.refused").count() == 1, "the same refusal is said once"
        Folder.objects.update(format="")  # the way out that the refusal names
        ward.put("once_more.csv", csv())
        (row,) = ward.look()
        assert (row.state, row.note, row.name) == ("unmatched", "", "once_more.csv") and "once_more.csv" in ward.found("done/*/*")

    def test_a_county_s_own_layout_is_used_and_a_broken_one_harms_nothing(self, ward: Ward) -> None:
        ward.watcher.layouts_in.mkdir()
        (ward.watcher.layouts_in / "acme.toml").write_text('detect = ["ACME"]\nheader_lines = 1\nseparator = "comma"\ncolumns = ["V1", "", "V2"]\nmicrovolts_per_count = 2.5\nrate = 400.0\n')
        (ward.watcher.layouts_in / "broken.toml").write_text("detect = 7\nnonsense")
        ward.put("a.csv", ("ACME export\n" + "\n".join(f"{n},0,{-n}" for n in range(4000))).encode())
        (row,) = ward.look()
        assert row.recording is not None and (row.recording.rate, row.recording.lead_count) == (400, 2)

    def test_the_parts_of_a_record_are_kept_together(self, ward: Ward) -> None:
        for name, content in archive.unzipped(wfdb_zip()).items():
            ward.put(name, content)
        (row,) = ward.look()
        assert row.recording is not None and row.recording.format == "wfdb" and ward.found("done/*/*") != []
        assert set(archive.unzipped(bytes(row.recording.content))) == set(archive.unzipped(wfdb_zip()))
        assert len(read(bytes(row.recording.content)).leads) >= row.recording.lead_count

    def test_a_read_only_share_is_read_once(self, ward: Ward) -> None:
        Folder.objects.update(after="leave")
        ward.put("a.csv", csv())
        assert len(ward.look(5)) == 1 and ward.found("*.csv") == ["a.csv"]

    def test_no_link_leads_out(self, ward: Ward, tmp_path: Path) -> None:
        outside = tmp_path / "secret.csv"
        outside.write_bytes(csv())
        (ward.place / "link.csv").symlink_to(outside)
        away = tmp_path / "away"
        away.mkdir()
        (ward.place / "done").symlink_to(away)
        ward.put("a.csv", csv(seed=2))
        ward.look()
        assert [row.name for row in Deposit.objects.all()] == ["a.csv"]
        assert list(away.iterdir()) == [] and ward.found("*.csv") == ["a.csv", "link.csv"]
        ward.folder.refresh_from_db()
        assert ward.folder.fault

    def test_a_folder_that_is_exchanged_for_a_link_is_not_followed(self, ward: Ward, tmp_path: Path) -> None:
        away = tmp_path / "away"
        away.mkdir()
        (away / "a.csv").write_bytes(csv())
        ward.place.rmdir()
        ward.place.symlink_to(away)
        assert ward.look() == []
        ward.folder.refresh_from_db()
        assert ward.folder.fault

    def test_one_folder_s_trouble_does_not_stop_the_others(self, ward: Ward) -> None:
        (ward.root / "other").mkdir()
        folders.keep_folder(actor=SYSTEM, particulars=folders.Particulars("2号机", ward.scene.county.township.pk, "other"), at=ward.at)
        ward.place.rmdir()
        (ward.root / "other/a.csv").write_bytes(csv())
        assert len(ward.look()) == 1

    def test_a_file_that_fails_is_tried_again_when_it_is_written_anew(self, ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
        ward.put("a.csv", csv())
        ward.put("b.csv", csv(seed=2))
        filed = filing.file

        def stumble(**how: Any) -> Deposit:
            if how["found"].name == "a.csv":
                raise ZeroDivisionError
            return filed(**how)

        monkeypatch.setattr(filing, "file", stumble)
        assert [row.name for row in ward.look(4)] == ["b.csv"]

    def test_nothing_larger_than_any_recording_is_read_whole(self, ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
        from yilianti.record.recordings import api as recordings

        monkeypatch.setattr(recordings, "MAX_BYTES", 1000)
        ward.put("a.csv", b"1,2\n" * 10_000)
        (row,) = ward.look()
        assert row.state == "refused" and row.size == 1001


class TestClaiming:
    @pytest.fixture
    def row(self, ward: Ward) -> Deposit:
        ward.put("a.csv", csv(name="苏禾"))
        return ward.look()[0]

    def test_a_person_says_whose_it_is(self, ward: Ward, row: Deposit) -> None:
        exam = factories.ordered(ward.scene, ward.at, placer_number="SQ2026001")
        client = signed_in(ward.scene.doctor)
        assert row.name in client.get("/ecg/files/").content.decode()
        page = client.get(f"/ecg/files/{row.pk}").content.decode()
        assert exam.number in page and "文件里没有检查号" in page
        assert client.post(f"/ecg/files/{row.pk}/claim", {"number": "SQ2026001"}).status_code == 302
        exam.refresh_from_db()
        row.refresh_from_db()
        assert (exam.state, exam.recording_id, row.state, row.exam) == ("acquired", row.recording_id, "filed", exam)
        assert JournalEntry.objects.get(word="ecg_devices.claimed").actor_name == ward.scene.doctor.name
        with pytest.raises(Refused, match="已处理"):
            filing.claim(actor=ward.scene.doctor, deposit=row.pk, exam=exam.number, at=ward.at)

    def test_sensible_refusals(self, ward: Ward, row: Deposit) -> None:
        client = signed_in(ward.scene.doctor)
        sent = factories.queued(ward.scene, ward.at)
        for given, said in (({}, "请选择一项"), ({"number": "SQ9"}, "没有编号或申请单号"), ({"number": sent.number}, "已发送或已取消")):
            assert said in client.post(f"/ecg/files/{row.pk}/claim", given, HTTP_HX_REQUEST="true").content.decode()
        assert "原因" in client.post(f"/ecg/files/{row.pk}/set_aside", {"note": " "}, HTTP_HX_REQUEST="true").content.decode()
        client.post(f"/ecg/files/{row.pk}/set_aside", {"note": "测试信号"})
        row.refresh_from_db()
        assert (row.state, row.note) == ("set_aside", "测试信号")

    def test_strangers_see_nothing(self, ward: Ward, row: Deposit) -> None:
        for other in (ward.scene.stranger, ward.scene.reader):
            assert signed_in(other).get(f"/ecg/files/{row.pk}").status_code in (403, 404)

    def test_a_list_asks_the_same_few_questions_however_long(self, ward: Ward, django_assert_max_num_queries: Any) -> None:
        client = signed_in(ward.scene.doctor)
        for seed in range(5):
            ward.put(f"{seed}.csv", csv(seed=seed))
        ward.look()
        client.get("/ecg/files/")
        with django_assert_max_num_queries(16):
            client.get("/ecg/files/")


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_people_claim_one_file(self, tmp_path: Path) -> None:
        ward = Ward(tmp_path)
        ward.put("a.csv", csv())
        (row,) = ward.look()
        exams = [factories.ordered(ward.scene, ward.at) for _ in range(2)]

        def claim(exam: Exam) -> str:
            try:
                filing.claim(actor=ward.scene.doctor, deposit=row.pk, exam=exam.number, at=ward.at)
                return "claimed"
            except Refused as refusal:
                return refusal.code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(claim, exams)) == ["claimed", "wrong_state"]
        assert Exam.objects.filter(recording=row.recording).count() == 1

    def test_two_watchers_file_once(self, tmp_path: Path) -> None:
        ward = Ward(tmp_path)
        exam = factories.ordered(ward.scene, ward.at)
        found = filing.Found("a.csv", csv(order=exam.number), "k" * 64)
        barrier = threading.Barrier(4)

        def file(_: int) -> int:
            barrier.wait()
            try:
                return filing.file(folder=ward.folder, found=found, at=ward.at).pk
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as four:
            assert len(set(four.map(file, range(4)))) == 1
        assert Deposit.objects.count() == 1 and JournalEntry.objects.filter(word="diagnosis.acquired").count() == 1

    def test_the_process_looks_beats_and_stops(self, tmp_path: Path) -> None:
        from yilianti.kernel.models import Heartbeat

        ward = Ward(tmp_path)
        Folder.objects.update(changed_at=ward.at - timedelta(days=1))
        path = ward.put("a.csv", csv())
        os.utime(path, (time.time() - 60,) * 2)
        stopping = threading.Event()
        working = threading.Thread(target=watcher.run_until, args=(ward.watcher, stopping))
        working.start()
        try:
            assert until(lambda: Deposit.objects.exists() and Heartbeat.objects.filter(process="folders").exists())
        finally:
            stopping.set()
            working.join(15)
        assert not working.is_alive()


def until(asked: Any, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if asked():
            return True
        time.sleep(0.2)
    return False


class TestFolders:
    def form(self, ward: Ward, **changes: Any) -> dict[str, Any]:
        return {"name": "2号机", "institution": ward.scene.county.township.pk, "path": "liuhe/ecg2", "format": "", "after": "move", **changes}

    def test_an_administrator_registers_changes_and_stops_one(self, ward: Ward) -> None:
        client = signed_in(factories.actor(ward.scene.county.hospital, "administrator", ward.at))
        assert client.post("/ecg/folders/new", self.form(ward)).status_code == 302
        made = Folder.objects.get(path="liuhe/ecg2")
        client.post(f"/ecg/folders/{made.pk}", self.form(ward, device="FX-7402"))
        client.post(f"/ecg/folders/{made.pk}/switch", {"active": "0"})
        made.refresh_from_db()
        assert (made.device, made.active) == ("FX-7402", False)
        shown = client.get("/ecg/folders/").content.decode()
        assert "2号机" in shown and "已停用" in shown and "FX-7402" in shown

    @pytest.mark.parametrize("path", ["../etc", "/", "a/../../b", ".ssh", "a\\b", "liuhe/done", "", "liuhe/ecg1"])
    def test_a_path_that_leads_elsewhere_or_is_known_is_refused(self, ward: Ward, path: str) -> None:
        client = signed_in(factories.actor(ward.scene.county.hospital, "administrator", ward.at))
        assert client.post("/ecg/folders/new", self.form(ward, path=path)).status_code == 422
        assert Folder.objects.count() == 1

    def test_doctors_keep_no_folders(self, ward: Ward) -> None:
        assert signed_in(ward.scene.doctor).get("/ecg/folders/").status_code == 403


def test_the_upload_page_uses_a_county_s_own_layout(ward: Ward, settings: Any, tmp_path: Path) -> None:
    from io import BytesIO

    settings.ECG_LAYOUTS_DIR = tmp_path
    (tmp_path / "acme.toml").write_text('detect = ["ACME"]\nheader_lines = 1\nseparator = "comma"\ncolumns = ["V1", "", "V2"]\nmicrovolts_per_count = 2.5\nrate = 400.0\n')
    exam = factories.ordered(ward.scene, ward.at)
    sent = BytesIO(("ACME export\n" + "\n".join(f"{n},0,{-n}" for n in range(4000))).encode())
    sent.name = "a.csv"
    assert signed_in(ward.scene.doctor).post(f"/ecg/{exam.number}/upload", {"file": sent}).status_code == 302
    exam.refresh_from_db()
    assert exam.recording is not None and exam.recording.rate == 400 and receiving.layouts_in(tmp_path)


def test_what_was_sent_back_is_recorded_again_from_the_folder(ward: Ward) -> None:
    exam = factories.queued(ward.scene, ward.at)
    actions.claim(actor=ward.scene.reader, number=exam.number, at=ward.at)
    actions.reject(actor=ward.scene.reader, number=exam.number, reason="artefact", at=ward.at)
    ward.put("a.csv", csv(order=exam.number))
    assert ward.look()[0].exam == exam


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.account))
    return client
