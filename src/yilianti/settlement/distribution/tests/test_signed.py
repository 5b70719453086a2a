"""A statement for somebody who need not trust us: the zip alone and the OpenSSL of the machine, with either kind of key."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile

import pytest

from yilianti.kernel.crypto import encryption
from yilianti.settlement.distribution import signed
from yilianti.settlement.distribution.tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl binary on this machine")]


@pytest.fixture(params=["sm2", "rsa"])
def keys(request, tmp_path, settings):
    settings.KEYS_DIR, settings.SIGNATURE = tmp_path / "keys", request.param
    encryption.folder().ensure("sm4-gcm", "hmac-sm3")
    encryption.refresh()
    yield request.param
    settings.KEYS_DIR = tmp_path / "none"
    encryption.refresh()


def test_openssl_alone_verifies_a_statement_by_the_line_in_its_zip(keys, tmp_path):
    scene = factories.scene()
    statement = factories.statement_of(factories.reckoned(scene), scene.budget.claims.hospital)
    assert statement.algorithm == keys and signed.holds(statement)
    with zipfile.ZipFile(io.BytesIO(signed.packed(statement))) as packed:
        packed.extractall(tmp_path)
    line = next(one.strip() for one in (tmp_path / "README.txt").read_text(encoding="utf-8").splitlines() if one.strip().startswith("openssl "))
    told = subprocess.run(line.split(), cwd=tmp_path, capture_output=True, text=True)
    assert told.returncode == 0 and "Verified" in told.stdout, told.stderr
    content = tmp_path / f"{statement.number}-1.json"
    content.write_bytes(content.read_bytes().replace(b'"version":1', b'"version":2'))
    assert subprocess.run(line.split(), cwd=tmp_path, capture_output=True).returncode != 0
