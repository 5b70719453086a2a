"""DICOM waveforms: byte orders, sample types, groups, units, character sets, and what is refused."""

from __future__ import annotations

import io
from copy import deepcopy

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.ecg.mutation import dicom, wave
from yilianti.gateways.dicom.api import tracing_of
from yilianti.gateways.ecg_devices.api import read
from yilianti.record.recordings.api import Unreadable


def changed(change, **options) -> bytes:
    """The small object after `change(dataset, its group)`."""
    dataset = pydicom.dcmread(io.BytesIO(dicom()))
    change(dataset, dataset.WaveformSequence[0])
    out = io.BytesIO()
    pydicom.dcmwrite(out, dataset, enforce_file_format=not options, **options)
    return out.getvalue()


def same(found):
    assert [lead.microvolts().tolist() for lead in found.leads[:2]] == [(wave(300, lead) * 2.5).tolist() for lead in (0, 1)]


def test_the_small_object():
    found = read(dicom())
    same(found)
    assert (found.subject.name, found.subject.identifier, found.statements) == ("王小明", "ZL1", ("窦性心律",))
    same(read(dicom(deflated=True)))


def test_other_transfer_syntaxes():
    def swap(dataset, group):
        dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
        group.WaveformData = np.frombuffer(group.WaveformData, "<i2").astype(">i2").tobytes()

    same(read(changed(swap, implicit_vr=False, little_endian=False)))
    same(read(changed(lambda dataset, _: setattr(dataset.file_meta, "TransferSyntaxUID", ImplicitVRLittleEndian), implicit_vr=True, little_endian=True)))


def test_a_data_set_from_the_network_has_no_preamble():
    raw = dicom()
    start = 144 + int.from_bytes(raw[140:144], "little")
    same(read(raw[start:]))
    same(tracing_of(pydicom.dcmread(io.BytesIO(raw))))


@pytest.mark.parametrize(("bits", "kind", "numpy"), [(8, "SB", "i1"), (8, "UB", "u1"), (16, "US", "<u2"), (32, "SL", "<i4"), (32, "UL", "<u4")])
def test_sample_types(bits, kind, numpy):
    counts = np.arange(100, dtype=numpy).repeat(2)

    def change(_, group):
        group.WaveformBitsAllocated, group.WaveformSampleInterpretation, group.NumberOfWaveformSamples, group.WaveformData = bits, kind, 100, counts.tobytes()

    assert read(changed(change)).leads[0].samples.tolist() == list(range(100))


def test_sensitivity_correction_baseline_and_padding():
    def change(_, group):
        channel = group.ChannelDefinitionSequence[0]
        channel.ChannelSensitivity, channel.ChannelSensitivityCorrectionFactor, channel.ChannelBaseline = "0.5", "1.5", "2"
        channel.ChannelSensitivityUnitsSequence[0].CodeValue = "mV"
        group.add_new(0x5400100A, "OW", int(wave(300, 0)[7]).to_bytes(2, "little", signed=True))

    lead = read(changed(change)).leads[0]
    assert (lead.scale, lead.offset) == (750, 2000) and np.isnan(lead.samples[7]) and lead.microvolts()[8] == wave(300, 0)[8] * 750 + 2000


def test_groups_one_after_another_and_the_median_beat():
    def change(dataset, group):
        second, third = deepcopy(group), deepcopy(group)
        definitions = list(second.ChannelDefinitionSequence)
        for channel, number in zip(definitions, (7, 8), strict=True):
            source = Dataset()
            source.CodeValue, source.CodingSchemeDesignator, source.CodeMeaning = f"2:{number}", "MDC", "Lead"
            channel.ChannelSourceSequence = Sequence([source])
        second.ChannelDefinitionSequence, second.MultiplexGroupTimeOffset = Sequence(definitions), "600"
        third.MultiplexGroupLabel, third.WaveformOriginality = "MEDIAN BEAT", "DERIVED"
        dataset.WaveformSequence = Sequence([group, second, third])

    found = read(changed(change))
    assert found.names()[:4] == ("I", "II", "V5", "V6") and len(found.leads[0].samples) == 600 and len(found.median) == 2
    assert np.isnan(found.lead("V5").samples[:300]).all() and np.array_equal(found.lead("V5").samples[300:], wave(300, 0))


@pytest.mark.parametrize(("name", "raw"), [("GBK", "gbk"), ("GB2312", "gb2312"), ("GB18030-2000", "gb18030"), ("ISO_IR 192", "utf-8"), ("UTF-8", "utf-8"), ("", "gbk"), ("", "utf-8"), ("ISO_IR 100", "gbk"), ("GB1803", "gbk"), ("klingon", "utf-8")])
def test_character_sets_under_any_of_their_names(name, raw):
    data = dicom()
    start = 144 + int.from_bytes(data[140:144], "little")
    dataset = pydicom.dcmread(io.BytesIO(data))
    person = "欧阳^海燕".encode(raw)
    old_set = b"\x08\0\x05\0CS" + len(b"GB18030 ").to_bytes(2, "little") + b"GB18030 "
    old_name = b"\x10\0\x10\0PN" + (len("王^小明".encode("gb18030")) + 1).to_bytes(2, "little") + "王^小明".encode("gb18030") + b" "
    assert old_set in data and old_name in data and dataset.PatientName
    padded, set_ = person + b" " * (len(person) % 2), name.encode() + b" " * (len(name) % 2)
    body = data[start:].replace(old_name, b"\x10\0\x10\0PN" + len(padded).to_bytes(2, "little") + padded)
    body = body.replace(old_set, b"\x08\0\x05\0CS" + len(set_).to_bytes(2, "little") + set_ if name else b"")
    assert read(data[:start] + body).subject.name == "欧阳海燕"


def test_the_ideographic_name_is_taken():
    def change(dataset, _):
        dataset.SpecificCharacterSet, dataset.PatientName = "ISO_IR 192", "Wang^XiaoMing=王^小明"

    assert read(changed(change)).subject.name == "王小明"


@pytest.mark.parametrize(("change", "code"), [
    (lambda dataset, _: dataset.__delattr__("WaveformSequence"), "no_waveform"), (lambda _, group: group.__delattr__("SamplingFrequency"), "no_rate"),
    (lambda _, group: setattr(group, "NumberOfWaveformSamples", 301), "truncated"), (lambda _, group: setattr(group, "NumberOfWaveformSamples", 2**31), "too_long"),
    (lambda _, group: setattr(group, "NumberOfWaveformChannels", 3), "truncated"), (lambda _, group: setattr(group, "WaveformSampleInterpretation", "MB"), "storage_format"),
    (lambda _, group: group.ChannelDefinitionSequence[0].__delattr__("ChannelSensitivity"), "no_scale"), (lambda _, group: group.ChannelDefinitionSequence.pop(), "damaged"),
    (lambda _, group: setattr(group, "NumberOfWaveformSamples", 0), "no_leads"),
])  # fmt: skip
def test_what_is_refused(change, code):
    with pytest.raises(Unreadable) as refusal:
        read(changed(change))
    assert refusal.value.code == code and refusal.value.zh.endswith("。")


def test_a_channel_that_is_no_voltage_is_left_out_and_noted():
    found = read(changed(lambda _, group: setattr(group.ChannelDefinitionSequence[1].ChannelSensitivityUnitsSequence[0], "CodeValue", "mm[Hg]") or setattr(group.ChannelDefinitionSequence[1].ChannelSensitivityUnitsSequence[0], "CodeMeaning", "millimetre of mercury")))
    assert found.names() == ("I",) and any("不是电压" in note for note in found.notes)


@pytest.mark.parametrize("cut", [132, 300, 900, -100])
def test_cut_objects_are_refused(cut):
    with pytest.raises(Unreadable):
        read(dicom()[:cut])
