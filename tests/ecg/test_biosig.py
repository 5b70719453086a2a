"""BioSig (Debian's biosig-tools) as a witness: it reads what the SCP-ECG writer of the tests writes, and writes an aECG that is read here."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.ecg import scp_encoding
from tests.ecg.scp_encoding import Record, encode
from tests.ecg.test_scp import TAGS, TWELVE, wave
from yilianti.gateways.ecg_devices.api import read

pytestmark = pytest.mark.skipif(shutil.which("save2gdf") is None, reason="save2gdf is absent: apt-get install biosig-tools")


def converted(folder: Path, raw: bytes, kind: str, name: str) -> str:
    """What BioSig makes of a record; the path of its file."""
    (folder / "in.scp").write_bytes(raw)
    subprocess.run(["save2gdf", f"-f={kind}", "in.scp", name], cwd=folder, capture_output=True, timeout=60, check=False)
    return str(folder / name)


def columns(folder: Path, leads: int) -> list[np.ndarray]:
    """BioSig's ASCII: a file of microvolts for each channel."""
    return [np.array((folder / f"out.a{number:02d}").read_text().split(), dtype=float) for number in range(1, leads + 1)]


@pytest.mark.parametrize("coding", ["", "default"])
@pytest.mark.parametrize("differences", [0, 1, 2])
def test_biosig_reads_the_same_samples(tmp_path, coding, differences):
    raw = encode(Record(TWELVE, [wave(5000, lead) for lead in range(12)], differences=differences, huffman=coding, tags=TAGS))
    converted(tmp_path, raw, "ASCII", "out.txt")
    found = read(raw)
    for lead, foreign in zip(found.leads, columns(tmp_path, 12), strict=True):
        assert np.array_equal(lead.microvolts(), foreign), lead.name


def test_biosig_sees_the_same_residual(tmp_path):
    """BioSig 2.5 does not add the reference beat; what it shows is what remains when it is taken away."""
    beats = [(0, 400 * n + 101, 400 * n + 151, 400 * n + 301) for n in range(12)]
    samples, reference = [wave(5000, lead) for lead in range(3)], [wave(300, lead) for lead in range(3)]
    record = Record((1, 2, 3), samples, reference=reference, fiducial=51, beats=beats, zones=[(400 * n + 120, 400 * n + 192) for n in range(12)], subtract=True, tags=TAGS)
    converted(tmp_path, encode(record), "ASCII", "out.txt")
    for number, (lead, foreign) in enumerate(zip(read(encode(record)).leads, columns(tmp_path, 3), strict=False)):
        assert np.array_equal(foreign, scp_encoding.taken_away(samples[number], 1, record, number) * 5.0)
        assert np.array_equal(np.asarray(lead.samples), samples[number])


def test_biosig_reads_the_same_header(tmp_path):
    raw = encode(Record(TWELVE, [wave(600, lead) for lead in range(12)], tags=TAGS))
    (tmp_path / "in.scp").write_bytes(raw)
    said = subprocess.run(["save2gdf", "-JSON", "in.scp"], cwd=tmp_path, capture_output=True, timeout=60, check=False).stdout.decode("utf-8", "replace")
    foreign = json.loads(said[said.index("{") : said.rindex("}") + 1])
    found = read(raw)
    assert foreign["Samplingrate"] == found.rate and foreign["Patient"]["Id"] == found.subject.identifier and foreign["Patient"]["Gender"] == "Female"
    assert (foreign["Manufacturer"]["Name"], foreign["Manufacturer"]["Model"], foreign["Manufacturer"]["SerialNumber"]) == (found.device.maker, found.device.model, found.device.serial)
    assert foreign["TimezoneMinutesEastOfUTC"] == 480 and foreign["StartOfRecording"].startswith("2026-03-01 08:30:05")
    assert [channel["Label"] for channel in foreign["CHANNEL"]] == list(found.names())
    first = foreign["CHANNEL"][0]["Filter"]
    assert (first["Highpass"], first["Lowpass"], first["Notch"]) == (found.filters.high_pass, found.filters.low_pass, found.filters.notch)


def test_an_aecg_that_biosig_wrote_is_read(tmp_path):
    samples = [wave(2000, lead) for lead in range(12)]
    path = converted(tmp_path, encode(Record(TWELVE, samples, differences=2, tags=TAGS)), "HL7aECG", "out.xml")
    found = read(Path(path).read_bytes())
    assert found.format == "aecg" and found.rate == 500 and found.subject.identifier == "ZL-0017" and found.device.institution == "石桥镇卫生院"
    for lead, truth in zip(found.leads, samples, strict=True):
        assert np.abs(lead.microvolts() - truth * 5.0).max() < 1e-6, lead.name
