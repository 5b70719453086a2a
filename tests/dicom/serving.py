"""A real listener on a real socket, and the clients of dcmtk, which somebody else wrote."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.uid import generate_uid

from tests.ecg import samples
from yilianti.gateways.dicom import filing
from yilianti.gateways.dicom.limits import Limits
from yilianti.gateways.dicom.listener import Listener
from yilianti.gateways.dicom.models import Instance, Sender
from yilianti.registry.institutions.models import Institution
from yilianti.registry.residents import api as residents

dcmtk = pytest.mark.skipif(shutil.which("storescu") is None, reason="dcmtk (storescu, findscu, getscu, echoscu) is not installed")
TITLE = "WSY_ECG"


@contextlib.contextmanager
def listening(**limits: Any) -> Iterator[Listener]:
    listener = Listener("127.0.0.1", 0, limits=Limits(**limits))
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()


@dataclass(frozen=True)
class Ran:
    """What a client said, and how it ended."""

    code: int
    said: str


def run(program: str, port: int, *words: object, title: str = TITLE, called: str = "YILIANTI", seconds: float = 60) -> Ran:
    """One of dcmtk's clients against the listener."""
    command = [program, "-v", "-aet", title, "-aec", called, "127.0.0.1", str(port), *map(str, words)]
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=seconds, check=False)
    return Ran(ended.returncode, ended.stdout + ended.stderr)


def sender(place: Institution, at: datetime, title: str = TITLE, **changes: Any) -> Sender:
    return Sender.objects.create(**{"name": "心电图机", "ae_title": title, "address": "127.0.0.1", "institution": place, "changed_at": at, **changes})


def sample() -> Path:
    return samples.paths("dicom")[0]


def rewritten(folder: Path, source: Path | None = None, *, fresh: bool = True, **changes: Any) -> Path:
    """A copy with other attributes, under a UID of its own unless told otherwise."""
    dataset = pydicom.dcmread(source or sample())
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    if fresh:
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made = folder / f"{len(list(folder.iterdir())):04d}.dcm"
    dataset.save_as(made)
    return made


def known_as(number: str, place: Institution, actor: Any, at: datetime, name: str = "关艳润") -> residents.Resident:
    """A resident who holds this number at that institution."""
    told = residents.Demographics(name=name, sex="1", born_on=None, phone="", address="", home=place.id)
    return residents.register(actor=actor, identifiers=[residents.IdentifierGiven("local", number, place.id)], demographics=told, at=at).resident


def file_all(at: datetime) -> None:
    while filing.file_next(at):
        pass


def instances() -> list[Instance]:
    return list(Instance.objects.select_related("recording", "exam", "resident").order_by("id"))
