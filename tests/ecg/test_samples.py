"""The shared recordings: against the wfdb package, against pydicom, against each other, against their own annotations."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import numpy as np
import pydicom
import pytest
import wfdb

from tests.ecg.samples import DICOM, FOLDER, RECORDS, companions, everything, needed, paths, tracing
from yilianti.gateways.ecg_devices.api import read
from yilianti.record.recordings.api import LEADS, Unreadable
from yilianti.record.recordings.packing import pack, unpack

pytestmark = needed
#: MUSE rounds to its own step; half of it, and a whole step for leads made of two.
STEP = 4.88


def foreign(record: str) -> tuple[dict[str, np.ndarray], float]:
    """The record as the wfdb package reads it: µV by lead, rate."""
    found = wfdb.rdrecord(str(FOLDER / "wfdb" / record))
    return {name: found.p_signal[:, place] * 1000 for place, name in enumerate(found.sig_name)}, found.fs


@pytest.mark.parametrize("path", everything(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_file_is_read_whole(path):
    found = tracing(path)
    assert set(LEADS) <= set(found.names()) and found.rate > 0 and found.seconds > 5
    assert found.format == path.parent.name
    again = unpack(pack(found))
    assert all(np.array_equal(one.microvolts(), other.microvolts()) for one, other in zip(found.leads, again.leads, strict=True))


@pytest.mark.parametrize("path", [path for path in everything() if path.parent.name in ("wfdb", "dicom", "aecg", "muse") and path.stem in RECORDS], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_same_samples_in_every_format(path):
    truth, rate = foreign(path.stem)
    found = tracing(path)
    assert found.rate == rate
    for lead in found.leads:
        limit = 0.001 if path.parent.name != "muse" else STEP / 2 + 0.001 if not lead.derived else 1.5 * STEP
        assert len(lead.samples) == len(truth[lead.name])
        assert np.abs(lead.microvolts() - truth[lead.name]).max() <= limit, lead.name


@pytest.mark.parametrize("path", [*paths("dicom"), *DICOM.glob("waveform_ecg.dcm")], ids=lambda path: path.stem)
def test_dicom_as_pydicom_has_it(path):
    found, dataset = tracing(path), pydicom.dcmread(path)
    truth = dataset.waveform_array(0)
    assert found.rate == float(dataset.WaveformSequence[0].SamplingFrequency)
    assert max(np.abs(lead.microvolts() - truth[:, place]).max() for place, lead in enumerate(found.leads)) < 1e-6
    if len(dataset.WaveformSequence) > 1:
        median = dataset.waveform_array(1)
        assert max(np.abs(lead.microvolts() - median[:, place]).max() for place, lead in enumerate(found.median)) < 1e-6


def test_names_in_three_character_sets():
    """The same persons in UTF-8 (aECG), UTF-8, GB 18030 and GBK (DICOM)."""
    by_set: dict[str, int] = {}
    for record in RECORDS:
        dicom = FOLDER / f"dicom/{record}.dcm"
        aecg = FOLDER / f"aecg/{record}.xml"
        if aecg.exists():
            assert tracing(dicom).subject.name == tracing(aecg).subject.name
            assert tracing(dicom).subject.born_on == tracing(aecg).subject.born_on
        by_set.setdefault(str(pydicom.dcmread(dicom).SpecificCharacterSet), 0)
    assert {"ISO_IR 192", "GB18030", "GBK"} <= set(by_set)


def test_muse_has_its_person_and_statements():
    found = tracing(FOLDER / "muse/E07502.xml")
    assert (found.subject.name, found.subject.identifier, found.subject.sex, found.subject.age_years) == ("梁莲燕", "EX00003", "M", 65)
    assert str(found.started_at) == "2025-03-01 12:34:00" and found.device.institution == "石桥镇卫生院"
    assert found.statements == ("窦性心动过速",)
    assert found.names()[:8] == ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
    assert [lead.name for lead in found.leads if lead.derived] == ["III", "aVR", "aVL", "aVF"]


def test_fda_annotations():
    found = tracing(FOLDER / "aecg/fda_subject1_0.xml")
    assert {one.code: one.value for one in found.given} == {"P_DUR": 102, "PR": 148, "QRS": 120, "QT": 420, "QTC": 443, "P_AXIS": 44, "QRS_AXIS": -61, "T_AXIS": 86}
    assert found.statements == ("Sinus Rhythm",)
    assert (found.filters.low_pass, found.filters.high_pass, found.filters.notch) == (150, None, 60)
    first = [mark for mark in found.marks if mark.code == "QRS"][0]
    assert (first.start, first.end) == (0.270, 0.390)
    assert len(found.median) == 12 and found.median_rate == 500
    assert found.leads[0].scale == 2.5 and found.leads[0].samples[:5].tolist() == [-2, -2, -2, -2, -3]
    assert (found.subject.identifier, found.subject.born_on, found.device.model) == ("subject1", date(1953, 5, 8), "ELI250")


def test_dicom_annotations():
    path = DICOM / "waveform_ecg.dcm"
    if not path.exists():
        pytest.skip("../shared/data/dicom_pydicom is absent")
    found = tracing(path)
    assert {one.code: one.value for one in found.given} == {"RR": 982, "PP": 0, "PR": 161, "QRS": 75, "QT": 368, "QTC": 370, "P_AXIS": 74, "QRS_AXIS": 52, "T_AXIS": 57}
    assert found.statements == ("RITMO SINUSALE", "ECG NORMALE")
    assert [mark.start for mark in found.marks if mark.code == "QRS"][0] == pytest.approx(0.500)
    assert (found.filters.high_pass, found.filters.low_pass, found.filters.notch) == (0.05, 300, None)
    assert found.order == "03028041970546" and len(found.median[0].samples) == 1200


def test_philips_leads_agree_with_each_other():
    """The limb leads are stored as residuals; rebuilt they obey Einthoven and Goldberger within the device's rounding (5 µV a count)."""
    found = tracing(FOLDER / "philips/129DYPRG.xml")
    lead = {name: found.lead(name).microvolts()[:5300] for name in LEADS}  # a calibration pulse follows
    assert len(found.leads[0].samples) == 5500 and not any(one.derived for one in found.leads)
    for name, truth in (("III", lead["II"] - lead["I"]), ("aVR", -(lead["I"] + lead["II"]) / 2), ("aVL", (lead["I"] - lead["III"]) / 2), ("aVF", (lead["II"] + lead["III"]) / 2)):
        assert np.abs(lead[name] - truth).max() <= 10, name
        assert abs((lead[name] - truth).mean()) < 1.5, "halves are cut towards zero, so that no lead is shifted"
    assert {one.value for one in found.given if (one.code, one.lead) == ("HR", "")} == {41}
    assert next(one.value for one in found.given if (one.code, one.lead) == ("R_AMPLITUDE", "I")) == 912


def test_philips_waves_are_as_high_as_the_device_measured():
    """The beat whose onset and offset the file gives (7016 and 7112 ms): its extremes in all twelve leads, rebuilt ones too, are the file's own amplitudes (of an averaged beat)."""
    found = tracing(FOLDER / "philips/129DYPRG.xml")
    told = {(one.lead, one.code): one.value for one in found.given if one.lead}
    for lead in found.leads:
        beat = lead.microvolts()[3508:3566] - np.median(lead.microvolts()[3502:3509])
        lowest = min(told[lead.name, "Q_AMPLITUDE"], told[lead.name, "S_AMPLITUDE"])
        assert abs(beat.min() - lowest) <= 15, lead.name
        if told[lead.name, "R_AMPLITUDE"]:
            assert abs(beat.max() - told[lead.name, "R_AMPLITUDE"]) <= 15, lead.name


@pytest.mark.parametrize("record", RECORDS[:3])
def test_a_record_in_a_zip_or_by_its_data_first(record):
    header = FOLDER / f"wfdb/{record}.hea"
    truth, packed = tracing(header), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in (header, header.with_suffix(".mat")):
            archive.write(path, f"folder/{path.name}")
    zipped = read(packed.getvalue(), "whatever.bin")
    turned = read(header.with_suffix(".mat").read_bytes(), "", {header.name: header.read_bytes()})
    for found in (zipped, turned):
        assert all(np.array_equal(one.samples, other.samples) for one, other in zip(found.leads, truth.leads, strict=True))


def test_a_header_alone_asks_for_its_data():
    header = FOLDER / f"wfdb/{RECORDS[0]}.hea"
    with pytest.raises(Unreadable) as refusal:
        read(header.read_bytes(), header.name)
    assert refusal.value.code == "companion_missing" and companions(header)
    with pytest.raises(Unreadable) as refusal:
        read(header.with_suffix(".mat").read_bytes(), "x.mat")
    assert refusal.value.code == "companion_missing"


def test_names_of_files_mean_nothing():
    path = FOLDER / "dicom/E07500.dcm"
    assert read(path.read_bytes(), "mistaken.xml").format == "dicom"
