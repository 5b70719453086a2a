"""Files of the record: what is taken, who may add and see them, and how they are sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.record.documents import rules
from yilianti.record.documents.attaching import attach
from yilianti.record.documents.models import Document, DocumentFile
from yilianti.record.documents.terms import Media
from yilianti.registry.access import api as access
from yilianti.registry.access.models import AccessLog
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.residents import api as residents

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SCRIPTS = (b"<svg onload=alert(1)>", b"<html><script>1</script>", b"MZ\x90\0", b"GIF89a", b"PK\x03\x04", b" %PDF-1.4")


class Scene:
    def __init__(self) -> None:
        self.at = timezone.now()
        self.county = staff.county()
        self.doctor_account = staff.staff(self.county.township, "township_doctor")
        self.doctor = access.actor_for(self.doctor_account.id, self.at)
        told = residents.Demographics(name="苏禾", sex="2", born_on=None, phone="", address="", home=self.county.township.id)
        self.resident = residents.register(actor=self.doctor, at=self.at, identifiers=[], demographics=told).resident

    def client(self, account: Any = None) -> Client:
        client = Client()
        assert client.post("/login/", {"username": (account or self.doctor_account).username, "password": staff.PASSWORD}).status_code == 302
        return client

    def attached(self, content: bytes = PNG, name: str = "心电图 0312.png") -> DocumentFile:
        return attach(actor=self.doctor, resident_id=self.resident.id, name=name, content=content, at=self.at)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_what_a_file_is_says_its_content_alone() -> None:
    assert rules.media_of(b"\xff\xd8\xff\xe0") is Media.JPEG and rules.media_of(PNG) is Media.PNG and rules.media_of(b"%PDF-1.7") is Media.PDF
    assert rules.media_of(b"\0" * 128 + b"DICM") is Media.DICOM
    assert [rules.media_of(content) for content in SCRIPTS] == [None] * len(SCRIPTS)


def test_attach_files_a_document_encrypted_with_one_journal_line(scene: Scene) -> None:
    made = scene.attached()
    assert made.document.title == "心电图 0312" and made.name == "心电图 0312.png" and bytes(made.content) == PNG
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM documents_documentfile")
        assert PNG not in bytes(cursor.fetchone()[0])
    entry = JournalEntry.objects.get(word="documents.attached")
    assert entry.subject == f"documents:{made.document.number}" and "0312" not in str(entry.facts)


def test_the_same_file_again_is_the_one_already_there(scene: Scene) -> None:
    assert scene.attached().id == scene.attached(name="另一个名字.png").id
    assert Document.objects.count() == 1 and JournalEntry.objects.filter(word="documents.attached").count() == 1


def test_a_name_is_no_type_and_too_much_is_refused(scene: Scene) -> None:
    for content in SCRIPTS:
        with pytest.raises(Refused, match="只接收") as refusal:
            scene.attached(content, "心电图.png")
        assert refusal.value.code == "media_unknown"
    with pytest.raises(Refused, match="是空的"):
        scene.attached(b"", "化验单.pdf")
    with pytest.raises(Refused, match="超过 10 MB"):
        scene.attached(PNG + b"\0" * (10 * 1024 * 1024))
    assert not DocumentFile.objects.exists()


def test_attach_by_page_and_see_it_under_safe_headers(scene: Scene) -> None:
    client = scene.client()
    address = f"/documents/of/{scene.resident.number}/attach"
    assert "10 MB" in client.get(address).content.decode()
    line = client.post(address, {"file": SimpleUploadedFile("../../胸片.html", PNG, "text/html")}).content.decode()
    made = DocumentFile.objects.get()
    assert f'value="documents:{made.document.number}" checked' in line and made.name == "胸片.png"
    sent = client.get(f"/documents/{made.document.number}/file")
    assert sent.content == PNG and sent["Content-Type"] == "image/png" and sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Content-Disposition"].startswith("inline") and "default-src 'none'" in sent["Content-Security-Policy"]
    assert AccessLog.objects.filter(resident=scene.resident.id).exists()
    assert "打开文件" in client.get(f"/documents/{made.document.number}/").content.decode()
    assert f'src="/documents/{made.document.number}/file"' in client.get(f"/record/evidence/documents:{made.document.number}").content.decode()


def test_dicom_is_saved_and_never_shown(scene: Scene) -> None:
    made = scene.attached(b"\0" * 128 + b"DICM", "ct.dcm")
    assert scene.client().get(f"/documents/{made.document.number}/file")["Content-Disposition"].startswith("attachment")


def test_strangers_neither_add_nor_see(scene: Scene) -> None:
    made = scene.attached()
    stranger = scene.client(staff.staff(scene.county.other_hospital, "county_department"))
    assert stranger.get(f"/documents/{made.document.number}/file").status_code == 404
    assert stranger.post(f"/documents/of/{scene.resident.number}/attach", {"file": SimpleUploadedFile("a.png", PNG)}).status_code == 404
    empty = scene.client().post(f"/documents/of/{scene.resident.number}/attach", headers={"HX-Request": "true"})
    assert empty.status_code == 422 and "请先选择" in empty.content.decode()
