"""./yilianti keys: the printed commands are tried as printed, and a ring is never swapped for another in silence."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from yilianti.cli import checks, samples
from yilianti.cli.home import Home, Trouble
from yilianti.kernel.crypto import encryption

TEXT = "示例：张三 349900199001011234"
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl binary on this machine")


@needs_openssl
@pytest.mark.parametrize(("cipher", "digest"), [("sm4-gcm", "hmac-sm3"), ("aes-256-gcm", "hmac-sha256")])
def test_the_printed_commands_decrypt_and_hash(cipher: str, digest: str, tmp_path: Path, settings) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    encryption.folder().ensure(cipher, digest)
    encryption.refresh()
    lines = list(samples.throwaway(TEXT))
    decrypting, hashing = (line.strip() for line in lines if line.startswith("  printf"))
    assert subprocess.run(["sh", "-c", decrypting], capture_output=True, check=True).stdout.decode().strip() == TEXT
    told = subprocess.run(["sh", "-c", hashing], capture_output=True, check=True).stdout.decode().strip().lower()
    assert any(line.endswith(f"：{told}") for line in lines)
    settings.KEYS_DIR = tmp_path / "none"
    encryption.refresh()


def test_a_home_gets_its_ring_once_and_keeps_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    name = checks.keys(home, "")
    assert checks.keys(home, name) == checks.keys(home, "") == name


def test_a_lost_or_foreign_ring_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="请先从密钥备份恢复该目录"):
        checks.keys(Home(tmp_path), "feedfeedfeedfeed")
    assert not (tmp_path / "keys").exists()
    checks.keys(Home(tmp_path), "")
    with pytest.raises(Trouble, match="属于另一份数据"):
        checks.keys(Home(tmp_path), "feedfeedfeedfeed")
    (tmp_path / "keys/root.key").unlink()
    with pytest.raises(Trouble, match="读不到根密钥"):
        checks.keys(Home(tmp_path), "")
