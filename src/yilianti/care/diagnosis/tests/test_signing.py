"""Electronic signatures of physicians: what is issued verifies everywhere, and a changed byte is shown."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.utils import timezone

from yilianti.care.diagnosis import actions, report, signatures
from yilianti.care.diagnosis.models import IssuedReport, Reading, Signature
from yilianti.care.diagnosis.tests import factories
from yilianti.care.diagnosis.tests.test_pages import READING, post, signed_in
from yilianti.kernel.crypto import encryption, signing
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.papers import signing as papers
from yilianti.record.recordings import api as recordings

pytestmark = pytest.mark.django_db
OPENSSL = shutil.which("openssl")


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def scene(now: datetime, settings: Any, tmp_path: Path) -> Iterator[factories.Scene]:
    settings.KEYS_DIR = tmp_path / "keys"
    encryption.folder().ensure("sm4-gcm", "hmac-sm3")
    encryption.refresh()
    yield factories.scene(now)
    settings.KEYS_DIR = tmp_path / "none"
    encryption.refresh()


def overwritten(report: IssuedReport, content: bytes) -> None:
    """As somebody with the database in hand would."""
    with pgtrigger.ignore("diagnosis.IssuedReport:issued_report_append_only"):
        IssuedReport.objects.filter(pk=report.pk).update(content=content)


def test_issue_signs_the_bytes_that_leave(scene: factories.Scene, now: datetime) -> None:
    exam = factories.issued(scene, now)
    report = IssuedReport.objects.get(exam=exam)
    checked = signatures.check_report(report)
    assert checked is not None and checked.holds and checked.content == factories.PDF
    assert (checked.signature.name, checked.signature.algorithm) == (scene.auditor.name, "sm2")
    entry = JournalEntry.objects.get(word="diagnosis.issued")
    assert entry.facts["certificate"] == checked.serial and entry.facts["sha256"] == hashlib.sha256(factories.PDF).hexdigest()
    first = Reading.objects.get(exam=exam, kind="first")
    said = signatures.check_reading(exam, first)
    assert said is not None and said.holds and said.signature.name == scene.reader.name
    assert exam.recording is not None and exam.recording.sha256.encode() in said.content


def test_issue_keeps_every_signed_version(scene: factories.Scene, now: datetime) -> None:
    exam = factories.issued(scene, now)
    actions.amend(actor=scene.head, number=exam.number, statements=["SR"], conclusion="窦性心律，正常", measurements={}, because="笔误", draw=lambda exam: b"%PDF-1.4 second", at=now)
    contents = [(one.content, checked.holds) for one in IssuedReport.objects.order_by("version") if (checked := signatures.check_report(one))]
    assert contents == [(factories.PDF, True), (b"%PDF-1.4 second", True)]


def test_issue_shows_a_changed_byte_as_broken(scene: factories.Scene, now: datetime) -> None:
    exam = factories.issued(scene, now)
    report, client = IssuedReport.objects.get(exam=exam), signed_in(scene.doctor)
    assert "签名有效" in client.get(f"/diagnosis/{exam.number}/report-1/standing").content.decode()
    overwritten(report, factories.PDF[:-1] + b"x")
    page = client.get(f"/diagnosis/{exam.number}/report-1/signature").content.decode()
    assert "签名已破坏" in page and "一个字节也没有改动" not in page
    with pgtrigger.ignore("diagnosis.IssuedReport:issued_report_append_only"), connection.cursor() as cursor:
        cursor.execute("UPDATE diagnosis_issuedreport SET content = set_byte(content, 40, get_byte(content, 40) # 1)")
    assert "签名已破坏" in client.get(f"/diagnosis/{exam.number}/report-1/standing").content.decode(), "the ciphertext itself was changed"
    assert client.get(f"/diagnosis/{exam.number}/report-1/signature").status_code == 200


def test_a_signature_somebody_made_for_themselves_is_none(scene: factories.Scene, now: datetime) -> None:
    exam = factories.issued(scene, now)
    forged = signing.sign(b"forged", as_="documents")
    with pgtrigger.ignore("diagnosis.Signature:signature_append_only"):
        Signature.objects.filter(report__exam=exam).update(value=forged.signature, certificate=forged.certificate)
    overwritten(IssuedReport.objects.get(exam=exam), b"forged")
    checked = signatures.check_report(IssuedReport.objects.get(exam=exam))
    assert checked is not None and checked.intact and not checked.holds
    assert "不是本平台采用的签名机构" in signed_in(scene.doctor).get(f"/diagnosis/{exam.number}/report-1/signature").content.decode()


def test_a_reading_that_is_rewritten_is_shown(scene: factories.Scene, now: datetime) -> None:
    exam = factories.issued(scene, now)
    first = Reading.objects.get(exam=exam, kind="first")
    with pgtrigger.ignore("diagnosis.Reading:reading_append_only"):
        Reading.objects.filter(pk=first.pk).update(conclusion="心房颤动")
    first.refresh_from_db()
    checked = signatures.check_reading(exam, first)
    assert checked is not None and not checked.intact


def test_retire_signer_keeps_what_was_signed(scene: factories.Scene, now: datetime) -> None:
    exam = factories.issued(scene, now)
    person = scene.auditor.person or 0
    assert actions.retire_signer(actor=scene.head, person=person, at=now)
    assert not actions.retire_signer(actor=scene.head, person=person, at=now), "once"
    assert JournalEntry.objects.filter(word="diagnosis.signer_retired").count() == 1
    checked = signatures.check_report(IssuedReport.objects.get(exam=exam))
    assert checked is not None and checked.holds


def test_reports_of_before_say_so(scene: factories.Scene, now: datetime) -> None:
    exam = factories.issued(scene, now)
    with pgtrigger.ignore("diagnosis.Signature:signature_append_only"):
        Signature.objects.all().delete()
    client = signed_in(scene.doctor)
    assert "启用电子签名之前" in client.get(f"/diagnosis/{exam.number}/report-1/signature").content.decode()
    assert client.get(f"/diagnosis/{exam.number}/report-1/signed.zip").status_code == 404


def test_the_bundle_verifies_without_us(scene: factories.Scene, now: datetime, tmp_path: Path) -> None:
    exam = factories.concluded(scene, now)
    assert post(signed_in(scene.auditor), f"/diagnosis/{exam.number}/issue", READING).status_code == 204
    zipped = zipfile.ZipFile(io.BytesIO(signed_in(scene.doctor).get(f"/diagnosis/{exam.number}/report-1/signed.zip").content))
    zipped.extractall(tmp_path)
    assert papers.sealed_by((tmp_path / "report.pdf").read_bytes()), "the seal inside the PDF"
    assert not papers.sealed_by((tmp_path / "report.pdf").read_bytes().replace(b"/Producer", b"/producer")), "and it breaks"
    if OPENSSL is None:
        pytest.skip("no openssl binary on this machine")
    lines = [line.strip() for line in (tmp_path / "README.txt").read_text().splitlines() if line.strip().startswith("openssl")]
    assert len(lines) == 3, "the report, the reading, the audit"
    for line in lines:
        told = subprocess.run(line.split(), cwd=tmp_path, capture_output=True, text=True)
        assert "Signature Verified Successfully" in told.stdout, told.stderr
    (tmp_path / "report.pdf").write_bytes((tmp_path / "report.pdf").read_bytes() + b" ")
    assert subprocess.run(lines[0].split(), cwd=tmp_path, capture_output=True).returncode != 0
    assert subprocess.run(["openssl", "verify", "-CAfile", "authority.pem", "-vfyopt", "distid:1234567812345678", "report.pem"], cwd=tmp_path, capture_output=True).returncode == 0


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="no pdfsig (poppler-utils) on this machine")
def test_poppler_verifies_the_seal(scene: factories.Scene, now: datetime, tmp_path: Path) -> None:
    exam = factories.issued(scene, now)
    exam.refresh_from_db()
    (tmp_path / "r.pdf").write_bytes(report.sealed(exam, keys=tmp_path, tracing=recordings.tracing_of(exam.recording_id)))
    told = subprocess.run(["pdfsig", "-nocert", str(tmp_path / "r.pdf")], capture_output=True, text=True).stdout
    assert "Signature is Valid" in told and "Total document signed" in told
