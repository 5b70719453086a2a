"""Anchors outside the database: what the chain alone cannot show, they do."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta

import pytest

from yilianti.handovers import upkeep
from yilianti.handovers.tests.factories import happen, seal
from yilianti.handovers.tests.test_sealing import tampered
from yilianti.kernel import sealing
from yilianti.kernel.crypto import anchoring, encryption, signing
from yilianti.kernel.models import JournalEntry, JournalSeal
from yilianti.kernel.sealing import Broken

pytestmark = pytest.mark.django_db
OPENSSL = shutil.which("openssl")


@pytest.fixture
def anchored(at):
    """Nine entries, anchored after each third."""
    for hour in range(3):
        for number in range(3):
            happen(subject=f"sample:{hour}{number}")
        seal()
        assert anchoring.append(at + timedelta(hours=hour)).number == 3 * hour + 3
    return at


def edit(change) -> None:
    """Somebody who may write the file."""
    lines = anchoring.path().read_text().splitlines(keepends=True)
    anchoring.path().write_text("".join(change(lines)))


def test_anchors_hold_and_are_set_once_per_head(anchored):
    assert anchoring.verify() == (9, 0)
    assert anchoring.append(anchored) is None
    assert anchoring.compare() == 3


def test_a_journal_whose_end_was_cut_off_is_named(anchored):
    tampered("DELETE FROM kernel_journalseal WHERE number > 7")
    tampered("DELETE FROM kernel_journalentry WHERE id NOT IN (SELECT entry_id FROM kernel_journalseal)")
    assert sealing.verify() == (7, 0)  # the chain alone sees nothing
    with pytest.raises(Broken, match=r"第 9 号封签（.*），数据库中只到第 7 号：日志尾部被截去"):
        anchoring.verify()


def test_a_journal_written_anew_as_a_whole_is_named(anchored):
    """Somebody with every right changes an entry and computes every later hash again."""
    entry = JournalSeal.objects.get(number=5).entry_id
    tampered(f"UPDATE kernel_journalentry SET actor_name = '别人' WHERE id = {entry}")
    previous = JournalSeal.objects.get(number=4).hash
    for row in JournalSeal.objects.filter(number__gte=5).order_by("number"):
        previous = sealing.digest("sha256", f"{previous}\n{row.number}\n{sealing.canonical(JournalEntry.objects.get(id=row.entry_id))}")
        tampered(f"UPDATE kernel_journalseal SET hash = '{previous}' WHERE number = {row.number}")
    assert sealing.verify() == (9, 0)
    with pytest.raises(Broken, match="第 6 号封签与 .* 的锚点不符：第 3 号之后、第 6 号及以前的日志被整体改写过"):
        anchoring.verify()


def test_one_flipped_byte_of_an_entry_is_named(anchored):
    entry = JournalSeal.objects.get(number=4).entry_id
    tampered(f"UPDATE kernel_journalentry SET subject = overlay(subject PLACING 'S' FROM 1) WHERE id = {entry}")
    with pytest.raises(Broken, match=rf"第 4 号（日志 {entry}，.*Sample:10）与封签不符：内容被改动"):
        anchoring.verify()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [*lines[:1], lines[1].replace('"number":6', '"number":5'), lines[2]], "第 3 行与上一行接不上"),
        (lambda lines: [lines[0], lines[2]], "第 2 行与上一行接不上"),
        (lambda lines: [*lines[:2], lines[2].replace('"number":9', '"number":8')], "第 3 行的签名不符"),
        (lambda lines: [*lines[:2], lines[2][:-3] + "zz\n"], "第 3 行读不出"),
        (lambda lines: [*lines, "{}\t00\n"], "第 4 行读不出"),
    ],
)
def test_a_changed_file_of_anchors_is_named(anchored, change, said):
    edit(change)
    with pytest.raises(Broken, match=said):
        anchoring.compare()


def test_half_a_line_of_a_killed_writer_is_written_over(anchored):
    with anchoring.path().open("a") as file:
        file.write('{"at":"2026')
    assert anchoring.compare() == 3
    happen()
    seal()
    anchoring.append(anchored)
    assert anchoring.compare() == 4


def test_after_a_restore_a_person_begins_anew_with_a_reason(anchored):
    tampered("DELETE FROM kernel_journalseal WHERE number > 7")
    with pytest.raises(Broken, match="或数据库恢复到了较早的时间"):
        anchoring.compare()
    anchoring.append(anchored, because="演练后恢复到前一天")
    assert anchoring.compare() == 1
    assert "演练后恢复到前一天" in anchoring.path().read_text()


def test_every_verification_sets_an_anchor_and_tells_what_it_found(anchored):
    happen()
    seal()
    assert upkeep.verify_journal(anchored).broken == ""
    assert anchoring.compare() == 4
    tampered("DELETE FROM kernel_journalseal WHERE number = 10")
    assert "日志尾部被截去" in upkeep.verify_journal(anchored).broken


def test_a_place_that_cannot_be_written_is_said(anchored, settings, tmp_path):
    settings.ANCHORS_DIR = tmp_path / "file"
    (tmp_path / "file").write_text("in the way")
    assert "锚点写不进" in upkeep.verify_journal(anchored).broken


@pytest.mark.skipif(OPENSSL is None, reason="no openssl binary on this machine")
def test_openssl_verifies_an_anchor(anchored, tmp_path):
    text, _, signature = anchoring.path().read_text().splitlines()[-1].partition("\t")
    key = encryption.ring().of("sign.anchors")[0]
    for name, content in (("a", text.encode()), ("a.sig", bytes.fromhex(signature)), ("c.pem", key.certificate.encode())):
        (tmp_path / name).write_bytes(content)
    line = signing.command(key.algorithm, content="a", signature="a.sig", certificate="c.pem")
    assert subprocess.run(line.split(), cwd=tmp_path, capture_output=True).returncode == 0
