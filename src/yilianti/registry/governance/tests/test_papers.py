"""Papers as other programs see them: pdfsig verifies, one changed byte fails, pdftotext reads the Chinese; stamps are checked."""

from __future__ import annotations

import io
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from yilianti.kernel.finding import Refused
from yilianti.kernel.papers import drawing
from yilianti.registry.governance import actions, files, queries
from yilianti.registry.governance.actions.papers import Press
from yilianti.registry.governance.models import Stamp
from yilianti.registry.governance.tests import factories as make
from yilianti.registry.governance.tests.test_documents import in_force
from yilianti.registry.institutions.tests.factories import AT, SYSTEM

pytestmark = pytest.mark.django_db
needs_poppler = pytest.mark.skipif(not shutil.which("pdfsig"), reason="pdfsig is not installed: apt-get install poppler-utils")


@pytest.fixture
def press(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Press:
    make.shelf(tmp_path, monkeypatch)
    try:
        drawing.faces()
    except drawing.FontMissing as missing:
        pytest.skip(missing.zh)
    return Press(tmp_path / "files", tmp_path / "keys", lambda code: f"https://yunxi.example/governance/verify/{code}/")


def png(size: tuple[int, int] = (300, 300), background: tuple[int, int, int, int] = (0, 0, 0, 0), kind: str = "PNG") -> bytes:
    image = Image.new("RGBA", size, background)
    ImageDraw.Draw(image).ellipse((10, 10, size[0] - 10, size[1] - 10), outline=(200, 0, 0, 255), width=8)
    out = io.BytesIO()
    (image if kind == "PNG" else image.convert("RGB")).save(out, kind)
    return out.getvalue()


def issued(press: Press, here: make.House) -> bytes:
    resolution = make.adopted(here, carried=make.edition(360))
    actions.enact(actor=SYSTEM, number=resolution.number, at=AT)
    paper = actions.issue_resolution(actor=here.office, number=resolution.number, press=press, at=AT)
    return files.read(press.store, paper.sha256)


def ran(program: str, content: bytes, path: Path, *more: str) -> str:
    path.write_bytes(content)
    return subprocess.run([program, str(path), *more], capture_output=True, text=True, timeout=60).stdout


@needs_poppler
def test_a_foreign_program_verifies_and_one_changed_byte_fails(press: Press, tmp_path: Path) -> None:
    here = make.house()
    actions.stamp(actor=here.office, institution_id=here.county.hospital.id, content=png(), store=press.store, at=AT)
    content = issued(press, here)
    told = ran("pdfsig", content, tmp_path / "a.pdf")
    assert "Signature is Valid." in told and "ETSI.CAdES.detached" in told and "云溪县人民医院" in told, told
    changed = bytearray(content)
    changed[len(changed) // 3] ^= 1
    assert "Signature is Valid." not in ran("pdfsig", bytes(changed), tmp_path / "b.pdf")


@needs_poppler
def test_a_foreign_program_reads_the_chinese(press: Press, tmp_path: Path) -> None:
    read = ran("pdftotext", issued(press, make.house()), tmp_path / "a.pdf", "-")
    for words in ("云医共体决〔2026〕1号", "关于调整择期转诊答复时限的决议", "答复时限 · 择期", "480", "360", "赞成 5", "医共体管理委员会"):
        assert words in read, words


def test_the_private_key_is_readable_by_its_owner_only_and_kept(press: Press) -> None:
    here = make.house()
    issued(press, here)
    key = press.keys / f"papers-{here.county.hospital.code}.key.pem"
    before = key.read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    actions.issue_document(actor=here.office, number=in_force(here).number, press=press, at=AT)
    assert key.read_bytes() == before


def test_a_key_and_certificate_that_do_not_fit_are_refused(press: Press) -> None:
    here = make.house()
    issued(press, here)
    (press.keys / f"papers-{here.county.hospital.code}.key.pem").write_text("no key")
    with pytest.raises(Refused, match="不能使用"):
        actions.issue_document(actor=here.office, number=in_force(here).number, press=press, at=AT)


def test_what_is_not_adopted_has_no_paper(press: Press) -> None:
    here = make.house()
    with pytest.raises(Refused, match="只有通过的决议"):
        actions.issue_resolution(actor=here.office, number=make.voting(here).number, press=press, at=AT)


def test_without_a_font_the_sentence_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_installed", dict)
    with pytest.raises(drawing.FontMissing, match="fonts-noto-cjk"):
        drawing.faces()


@pytest.mark.parametrize(("content", "said"), [
    (png((50, 300)), "100 到 2000"), (png(background=(255, 255, 255, 255)), "没有透明底"), (png(kind="JPEG"), "不是能读的 PNG"), (b"GIF89a", "不是能读的 PNG"),
    (png()[:200], "不是能读的 PNG"), (b"\x89PNG" + b"0" * 1_100_000, "超过 1 MB"),
])  # fmt: skip
def test_a_stamp_is_checked(content: bytes, said: str, tmp_path: Path) -> None:
    here = make.house()
    with pytest.raises(Refused, match=said):
        actions.stamp(actor=here.office, institution_id=here.county.hospital.id, content=content, store=tmp_path, at=AT)


def test_a_new_stamp_ends_the_former_one(tmp_path: Path) -> None:
    here = make.house()
    for size in ((300, 300), (200, 200)):
        actions.stamp(actor=here.office, institution_id=here.county.hospital.id, content=png(size), store=tmp_path, at=AT)
    assert Stamp.objects.filter(until_at__isnull=True).count() == 1 and len(queries.stamps_of(here.county.hospital.id)) == 2
    with pytest.raises(Refused, match="没有此项权限"):
        actions.stamp(actor=here.members[0], institution_id=here.county.hospital.id, content=png(), store=tmp_path, at=AT)
