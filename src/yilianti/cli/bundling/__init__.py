"""What goes into an offline bundle, and how it is checked on the other side."""

from __future__ import annotations

import contextlib
import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from yilianti.cli.backups.making import version
from yilianti.cli.home import ROOT, Trouble

PAPERS = Path(__file__).parent
LEFT_OUT = shutil.ignore_patterns(".git", "__pycache__", "*.pyc", ".*_cache", ".hypothesis", "node_modules", "wheelhouse", "*.egg-info")
PIP_PLACES = ("ensurepip/_bundled/pip-*.whl", "../../../usr/share/python-wheels/pip-*.whl")


@contextlib.contextmanager
def room(out: Path) -> Iterator[Path]:
    """The folder that becomes the bundle; gone afterwards, whole or not."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=".bundle-", dir=out))
    except OSError as error:
        raise Trouble(f"写不了输出目录 {out}（{error.strerror}）；请换一个目录。") from error
    try:
        yield place / f"yilianti-{version()}-py{_python()}-{platform.machine()}"
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def copy_tree(folder: Path) -> None:
    """What is committed, where this is a clone; else everything but caches."""
    folder.mkdir()
    packed = folder.parent / "tree.tar"
    with contextlib.suppress(OSError):
        if (ROOT / ".git").exists() and subprocess.run(["git", "-C", str(ROOT), "archive", "-o", str(packed), "HEAD"]).returncode == 0:
            with tarfile.open(packed) as archive:
                archive.extractall(folder)  # noqa: S202  our own commit
            packed.unlink()
            (folder / "VERSION").write_text(f"{version()}\n", encoding="utf-8")
            return
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT, dirs_exist_ok=True, symlinks=True)
    (folder / "VERSION").write_text(f"{version()}\n", encoding="utf-8")


def fill_wheelhouse(folder: Path) -> None:
    """Every package of the lock as a wheel for this system, hashes checked, and a pip for a Python without one."""
    wheelhouse = folder / "wheelhouse"
    command = [sys.executable, "-m", "pip", "download", "--require-hashes", "--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--quiet"]
    ended = subprocess.run([*command, "-d", str(wheelhouse), "-r", str(folder / "requirements.lock")], capture_output=True, text=True)
    if ended.returncode != 0:
        said = [line for line in ended.stderr.splitlines() if "ERROR" in line] or ["请检查网络"]
        raise Trouble(f"软件包没有下载完（{said[-1][-200:]}）；没有留下半个安装包，修好后再试。")
    base = Path(sys.base_prefix, "lib", f"python{_python()}")
    for wheel in next(filter(None, (sorted(base.glob(place)) for place in PIP_PLACES)), [])[-1:]:
        shutil.copy(wheel, wheelhouse)
    (wheelhouse / "PYTHON").write_text(f"{_python()}\n", encoding="utf-8")


def write_papers(folder: Path) -> None:
    """The script, the instructions, and the hash of every file."""
    for name in ("install.sh", "README.offline.md"):
        shutil.copy(PAPERS / name, folder / name)
    (folder / "install.sh").chmod(0o755)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}" for path in sorted(folder.rglob("*")) if path.is_file()]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")


def pack(folder: Path, out: Path) -> Path:
    """One tar; wheels are compressed already."""
    target, draft = out / f"{folder.name}.tar", folder.parent / "bundle.tar"
    with tarfile.open(draft, "w") as archive:
        archive.add(folder, arcname=folder.name)
    draft.replace(target)
    return target
