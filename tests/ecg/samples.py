"""Where the shared recordings lie; they are never committed, and tests that need them say so where they are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from yilianti.gateways.ecg_devices.api import read
from yilianti.record.recordings.api import Tracing

FOLDER = Path(__file__).parents[3] / "shared/data/ecg"
DICOM = Path(__file__).parents[3] / "shared/data/dicom_pydicom"
needed = pytest.mark.skipif(not FOLDER.exists(), reason="../shared/data/ecg is absent")
RECORDS = sorted(path.stem for path in FOLDER.glob("wfdb/*.hea"))


def paths(kind: str, pattern: str = "*") -> list[Path]:
    """The files of one format."""
    return sorted(FOLDER.glob(f"{kind}/{pattern}"))


def companions(path: Path) -> dict[str, bytes]:
    """What lies beside a WFDB header."""
    return {path.with_suffix(".mat").name: path.with_suffix(".mat").read_bytes()} if path.suffix == ".hea" else {}


def tracing(path: Path) -> Tracing:
    return read(path.read_bytes(), path.name, companions(path))


def everything() -> list[Path]:
    """Every shared file that is a recording by itself."""
    return [path for path in sorted(FOLDER.glob("*/*")) if path.suffix in (".xml", ".dcm", ".hea")]
