"""Damaged recordings: every way in which a wire, a disk or a person spoils a file, and those who mean harm."""

from __future__ import annotations

import base64
import binascii
import io
import random
import re
import struct
import zipfile

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, TwelveLeadECGWaveformStorage

from tests.ecg import samples, scp_encoding

NUMBERS = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
NASTY = ["", "0", "-1", "1e999", "NaN", "inf", "9" * 400, "0x10", "½", "٣", "A" * 5000, "\u202e倒", "云" * 300, "1e-300", "-0", "1,5", "99999999999", "20261399", "UTF-7", "uV", "mmHg",
         "Base64", "XLI", "]]>", "&lt;", "&#0;", "&x;", "<!DOCTYPE a [<!ENTITY x 'y'>]>", "<a>" * 300, "=" * 50]  # fmt: skip


def wave(length: int, lead: int) -> np.ndarray:
    at = np.arange(length)
    return np.rint(150 * np.exp(-(((at % 200) - 90) ** 2) / 30) + 9 * np.sin(at / 30 + lead) + 2 * np.sin(at / 3)).astype(np.int64)


def dicom(length: int = 300, *, deflated: bool = False) -> bytes:
    """A small 12-lead object with annotations."""
    dataset, group = Dataset(), Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.Modality = TwelveLeadECGWaveformStorage, "1.2.826.0.1.3680043.10.1313.77", "ECG"
    dataset.SpecificCharacterSet, dataset.PatientName, dataset.PatientID = "GB18030", "王^小明", "ZL1"
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples, group.SamplingFrequency = 2, length, 500
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation, group.WaveformOriginality = 16, "SS", "ORIGINAL"
    group.ChannelDefinitionSequence = Sequence([_channel(number) for number in (1, 2)])
    group.WaveformData = np.stack([wave(length, 0), wave(length, 1)], axis=1).astype("<i2").tobytes()
    dataset.WaveformSequence = Sequence([group])
    note = Dataset()
    note.ReferencedWaveformChannels, note.UnformattedTextValue = [1, 0], "窦性心律"
    dataset.WaveformAnnotationSequence = Sequence([note])
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian if deflated else ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID, dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPClassUID, dataset.SOPInstanceUID
    out = io.BytesIO()
    pydicom.dcmwrite(out, dataset, enforce_file_format=True)
    return out.getvalue()


def _channel(number: int) -> Dataset:
    channel, source, unit = Dataset(), Dataset(), Dataset()
    source.CodeValue, source.CodingSchemeDesignator, source.CodeMeaning = f"5.6.3-9-{number}", "SCPECG", f"Lead {number}"
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "uV", "UCUM", "microvolt"
    channel.ChannelSourceSequence, channel.ChannelSensitivityUnitsSequence = Sequence([source]), Sequence([unit])
    channel.ChannelSensitivity, channel.ChannelSensitivityCorrectionFactor, channel.ChannelBaseline, channel.WaveformBitsStored = "2.5", "1", "0", 16
    return channel


def aecg(length: int = 300) -> bytes:
    leads = "".join(
        f'<component><sequence><code code="MDC_ECG_LEAD_{name}"/><value xsi:type="SLIST_PQ"><origin value="0" unit="uV"/><scale value="2.5" unit="uV"/>'
        f"<digits>{' '.join(map(str, wave(length, number)))}</digits></value></sequence></component>" for number, name in enumerate(("I", "II", "V1"))
    )  # fmt: skip
    time = '<component><sequence><code code="TIME_ABSOLUTE"/><value xsi:type="GLIST_TS"><head value="20260301083000.000"/><increment value="0.002" unit="s"/></value></sequence></component>'
    mark = (
        '<subjectOf><annotationSet><component><annotation><code code="MDC_ECG_TIME_PD_QT"/><value xsi:type="PQ" value="420" unit="ms"/></annotation></component></annotationSet></subjectOf>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><id root="1.2.3"/>'
        f'<component><series><code code="RHYTHM"/><component><sequenceSet>{time}{leads}</sequenceSet></component>{mark}</series></component></AnnotatedECG>'
    ).encode()


def muse(length: int = 300, encoding: str = "UTF-8", head: str = "") -> bytes:
    leads = "".join(
        f"<LeadData><LeadSampleCountTotal>{length}</LeadSampleCountTotal><LeadTimeOffset>0</LeadTimeOffset><LeadAmplitudeUnitsPerBit>4.88</LeadAmplitudeUnitsPerBit>"
        f"<LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits><LeadID>{name}</LeadID><LeadSampleSize>2</LeadSampleSize>"
        f"<WaveFormData>{base64.encodebytes(wave(length, number).astype('<i2').tobytes()).decode()}</WaveFormData></LeadData>" for number, name in enumerate(("I", "II", "V1"))
    )  # fmt: skip
    waveform = "".join(f"<Waveform><WaveformType>{kind}</WaveformType><SampleBase>500</SampleBase><SampleExponent>0</SampleExponent>{leads}</Waveform>" for kind in ("Rhythm", "Median"))
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>{head}<RestingECG><PatientDemographics><PatientID>ZL1</PatientID><PatientLastName>王</PatientLastName><Gender>MALE</Gender>'
        f"</PatientDemographics><RestingECGMeasurements><QTInterval>420</QTInterval></RestingECGMeasurements>{waveform}</RestingECG>"
    ).encode(encoding)


def xli(leads: list[np.ndarray]) -> bytes:
    """XLI: second differences, high bytes before low bytes, LZW."""
    out = b""
    for lead in leads:
        values = [int(value) for value in lead]
        steps = [2 * values[n - 1] - values[n - 2] - values[n] for n in range(2, len(values))]
        stored = np.array(values[:2] + [step + 64 for step in steps[1:]] + [0]).astype(np.int16)
        raw = (stored >> 8).astype(np.uint8).tobytes() + (stored & 0xFF).astype(np.uint8).tobytes()
        bits = "".join(f"{code:010b}" for code in lzw(raw)) + "1" * 10
        bits += "0" * (-len(bits) % 8)
        packed = int("1" + bits, 2).to_bytes(len(bits) // 8 + 1, "big")[1:]
        out += struct.pack("<ihh", len(packed), 1, steps[0]) + packed
    return out


def lzw(raw: bytes) -> list[int]:
    """Codes of ten bits; the dictionary is full with number 1022, 1023 is the end."""
    known, word, out = {bytes([one]): one for one in range(256)}, b"", list[int]()
    for byte in raw:
        longer = word + bytes([byte])
        if longer in known:
            word = longer
            continue
        out.append(known[word])
        if len(known) < 1023:
            known[longer] = len(known)
        word = bytes([byte])
    return [*out, known[word]] if word else out


def philips(length: int = 250, *, compressed: bool = True, version: str = "1.04") -> bytes:
    names = "I II III aVR aVL aVF V1 V2 V3 V4 V5 V6"
    zero = [wave(length, 0), wave(length, 1), *[np.zeros(length, dtype=np.int64)] * 4, *[wave(length, number) for number in range(6)]]
    data = xli(zero) if compressed else np.concatenate(zero).astype("<i2").tobytes()
    method = 'compression="XLI"' if compressed else 'compression="Uncompressed"'
    return (
        f'<?xml version="1.0"?><restingecgdata xmlns="http://www3.medical.philips.com"><documentinfo><documenttype>PhilipsECG</documenttype><documentversion>{version}</documentversion></documentinfo>'
        f"<dataacquisition><signalcharacteristics><samplingrate>500</samplingrate><resolution>5</resolution></signalcharacteristics></dataacquisition>"
        f'<waveforms><parsedwaveforms dataencoding="Base64" {method} durationperchannel="{length * 2}" numberofleads="12" leadlabels="{names}">{base64.b64encode(data).decode()}</parsedwaveforms>'
        "</waveforms></restingecgdata>"
    ).encode()


def wfdb_zip(length: int = 300, kind: int = 16) -> bytes:
    counts = np.stack([wave(length, 0), wave(length, 1)], axis=1)
    if kind == 16:
        raw = counts.astype("<i2").tobytes()
    else:
        low, high = counts[:, 0].astype(int) & 0xFFF, counts[:, 1].astype(int) & 0xFFF
        raw = np.stack([low & 0xFF, (low >> 8) | (high >> 8) << 4, high & 0xFF], axis=1).astype(np.uint8).tobytes()
    lines = "".join(f"r.dat {kind} 200/mV 16 0 0 {_checksum(counts[:, place])} 0 {name}\n" for place, name in enumerate(("I", "II")))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("r.hea", f"r 2 500 {length}\n{lines}# Age: 60\n")
        archive.writestr("r.dat", raw)
    return out.getvalue()


def _checksum(values: np.ndarray) -> int:
    return int(np.int64(values.sum()).astype(np.int16))


def csv(length: int = 300) -> bytes:
    rows = "\n".join(f"{i},{ii},{v}" for i, ii, v in zip(wave(length, 0), wave(length, 1), wave(length, 2), strict=True))
    return f"采样率,500\n姓名,王小明\n单位,uV\nI,II,V1\n{rows}\n".encode("gb18030")


def scp() -> list[bytes]:
    tags = ((0, "王".encode("gb18030") + b"\0"), (14, scp_encoding.machine(0x27)), (25, struct.pack("<HBB", 2026, 3, 1)), (26, bytes([8, 30, 5])))
    leads = [wave(400, lead) for lead in range(3)]
    beats, zones = [(0, 51, 91, 180), (0, 251, 291, 380)], [(80, 103), (280, 303)]
    plain = [scp_encoding.Record((1, 2, 3), leads, differences=order, huffman=coding, tags=tags) for order, coding in ((0, ""), (1, "default"), (2, "switching"))]
    with_beat = scp_encoding.Record((1, 2, 3), leads, differences=2, reference=[wave(130, 0)] * 3, fiducial=41, beats=beats, zones=zones, subtract=True, factor=4, tags=tags)
    return [scp_encoding.encode(one) for one in (*plain, with_beat)]


def originals() -> list[bytes]:
    """What is spoiled: a small built file for every branch of every reader, and the smaller shared ones where they are."""
    built = [dicom(), dicom(deflated=True), aecg(), muse(), philips(), philips(compressed=False), wfdb_zip(), wfdb_zip(kind=212), csv(), *scp()]
    return built + [path.read_bytes() for path in samples.everything()[::7] if path.suffix != ".hea" and path.stat().st_size < 130_000]


def mutate(raw: bytes, chance: random.Random, all_of_them: list[bytes]) -> bytes:
    """One to four wounds; of an SCP record the checksum is made right again three times out of four, so that the wound goes deeper."""
    kind = raw[16:22]
    for _ in range(chance.choice((1, 1, 2, 4))):
        wounds = _TEXT if raw.lstrip()[:1] == b"<" or raw[:40].isascii() and b"\0" not in raw[:400] else _BINARY
        raw = chance.choice(wounds)(raw, chance, all_of_them)[:600_000]
    return healed(raw) if kind == b"SCPECG" and chance.random() < 0.75 else raw


def healed(raw: bytes) -> bytes:
    """An SCP record with its size and checksum as they should be."""
    if len(raw) < 22:
        return raw
    sized = struct.pack("<I", len(raw)) + raw[6:]
    return struct.pack("<H", binascii.crc_hqx(sized, 0xFFFF)) + sized


def _flip(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    spoiled = bytearray(raw or b"M")
    for _ in range(chance.choice((1, 1, 3, 20))):
        spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
    return bytes(spoiled)


def _early(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """A bit in the head, where sizes and kinds stand."""
    spoiled = bytearray(raw or b"M")
    spoiled[chance.randrange(min(len(spoiled), 700))] = chance.randrange(256)
    return bytes(spoiled)


def _cut(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _remove(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    start = chance.randrange(len(raw) + 1)
    return raw[:start] + raw[start + chance.choice((1, 2, 10, 200)) :]


def _insert(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    start = chance.randrange(len(raw) + 1)
    return raw[:start] + chance.randbytes(chance.choice((1, 2, 40))) + raw[start:]


def _repeat(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    start = chance.randrange(len(raw) + 1)
    end = start + chance.choice((1, 20, 500))
    return raw[:end] + raw[start:end] * chance.choice((1, 3, 30)) + raw[end:]


def _splice(raw: bytes, chance: random.Random, all_of_them: list[bytes]) -> bytes:
    other = chance.choice(all_of_them)
    return raw[: chance.randrange(len(raw) + 1)] + other[chance.randrange(len(other)) :]


def _size(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """A number of two or four bytes replaced by one that makes trouble."""
    if len(raw) < 8:
        return raw
    width, place = chance.choice((2, 4)), chance.randrange(min(len(raw) - 4, chance.choice((200, 2000, 10**9))))
    return raw[:place] + (chance.choice(NUMBERS) & (1 << 8 * width) - 1).to_bytes(width, chance.choice(("little", "big"))) + raw[place + width :]


def _value(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """The text of an element or the value of an attribute."""
    found = [match.span(1) for match in _VALUES.finditer(raw[:60_000])]
    if not found:
        return raw
    start, end = chance.choice(found)
    return raw[:start] + chance.choice(NASTY).encode("utf-8", "replace") + raw[end:]


def _element(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """An element taken out, doubled, or renamed."""
    found = [match.span() for match in _ELEMENTS.finditer(raw[:60_000])]
    if not found:
        return raw
    start, end = chance.choice(found)
    what = chance.randrange(3)
    return raw[:start] + (b"" if what == 0 else raw[start:end] * 2 if what == 1 else raw[start:end].replace(b"a", b"b")) + raw[end:]


def _character_set(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    return re.sub(rb'encoding="[^"]*"', b'encoding="' + chance.choice((b"gbk", b"utf-16", b"latin-1", b"utf-7", b"rot13", b"", b"ebcdic-cp-us", b"utf-8-sig")) + b'"', raw, count=1)


_VALUES = re.compile(rb"[>\"]([^<>\"]{0,400})[<\"]")
_ELEMENTS = re.compile(rb"<(\w+)[^<>]*>[^<>]*</\1>")
_BINARY = [_flip, _early, _early, _cut, _remove, _insert, _repeat, _splice, _size, _size, _size]
_TEXT = [_flip, _cut, _remove, _insert, _repeat, _splice, _value, _value, _value, _element, _element, _character_set]
