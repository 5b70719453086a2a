"""XML of makers: what is held against it, what MUSE and Philips write beside what the shared files hold."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.ecg.mutation import aecg, muse, philips, wave, xli
from yilianti.gateways.ecg_devices.api import read
from yilianti.gateways.ecg_devices.philips import xli as product
from yilianti.record.recordings.api import Unreadable


@pytest.mark.parametrize(("raw", "code"), [
    (b"", "empty"), (aecg()[:-5], "damaged"), (b'<!DOCTYPE a [<!ENTITY x "y">]><AnnotatedECG/>', "xml_entities"), (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><AnnotatedECG>&x;</AnnotatedECG>', "damaged"),
    (b"<AnnotatedECG/>", "no_leads"), (b"<html><body>1</body></html>", "unknown_xml"), (b"<a>" * 400, "too_deep"), (aecg().replace(b'unit="uV"', b'unit="mmHg"'), "unknown_unit"),
    (aecg().replace(b'increment value="0.002"', b'increment value="0"'), "no_rate"), (aecg().replace(b'value="2.5"', b'value="x"'), "damaged"), (aecg().replace(b"<digits>", b"<digits>x "), "damaged"),
    (aecg().replace(b'<increment value="0.002" unit="s"/>', b""), "no_rate"), (aecg().replace(b"<digits>", b"<digits>1 ", 1), "none"), (aecg().replace(b"UTF-8", b"klingon"), "charset"),
    (muse().replace(b"<WaveformType>Rhythm", b"<WaveformType>Other"), "no_leads"), (muse().replace(b"<SampleBase>500", b"<SampleBase>0"), "no_rate"),
    (muse().replace(b"<LeadSampleCountTotal>300", b"<LeadSampleCountTotal>301"), "truncated"), (muse().replace(b"<LeadAmplitudeUnitsPerBit>4.88", b"<LeadAmplitudeUnitsPerBit>"), "damaged"),
    (muse().replace(b"MICROVOLTS", b"BANANAS"), "unknown_unit"), (philips(version="2.00"), "unknown_version"), (philips().replace(b'"XLI"', b'"ZIP"'), "compression"),
    (philips().replace(b'"Base64"', b'"Base91"'), "encoding"), (philips().replace(b"<samplingrate>500", b"<samplingrate>"), "no_rate"),
    (philips().replace(b'durationperchannel="500"', b'durationperchannel="90000"'), "truncated"), (philips().replace(b'durationperchannel="500"', b'durationperchannel="9000000000"'), "too_long"),
    (philips().replace(b'durationperchannel="500"', b'durationperchannel="20"'), "bomb"), (b"%PDF-1.7 1 0 obj", "drawing"), (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "drawing"), (b"\x01\x02\0\x03" * 50, "unknown_format"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_reason(raw, code):
    if code == "none":
        assert len(read(raw).leads[0].samples) == 301, "leads of different lengths stand side by side, the shorter with an empty end"
        return
    with pytest.raises(Unreadable) as refusal:
        read(raw, "file.xml")
    assert refusal.value.code == code and refusal.value.zh.endswith("。") and refusal.value.en


def test_a_doctype_that_names_a_file_is_passed_over():
    """Real MUSE exports begin with `<!DOCTYPE RestingECG SYSTEM "restecg.dtd">`; the file is never looked for."""
    assert read(muse(head='<!DOCTYPE RestingECG SYSTEM "restecg.dtd">')).subject.name == "王"


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "GB18030", "GB2312", "UTF-16"])
def test_character_sets_that_are_declared(encoding):
    assert read(muse(encoding=encoding)).subject.name == "王"


@pytest.mark.parametrize("declared", [b"UTF-8", b"ISO-8859-1", b"windows-1252"])
def test_chinese_text_under_a_wrong_declaration_is_read_and_noted(declared):
    found = read(muse(encoding="GB18030").replace(b'"GB18030"', b'"' + declared + b'"'))
    assert found.subject.name == "王" and any("GB18030" in note for note in found.notes)


@pytest.mark.parametrize("name", ["Müller", "José", "Ærø", "Lefèvre"])
def test_latin_names_stay_latin(name):
    found = read(muse().replace(b'"UTF-8"', b'"ISO-8859-1"').replace("王".encode(), name.encode("latin-1")))
    assert found.subject.name == name and not found.notes


def test_text_of_no_set_at_all_is_refused():
    with pytest.raises(Unreadable):
        read(muse().replace("王".encode(), b"\xff\xfe\xfd\x80"))


def test_muse_adds_derived_leads_and_keeps_the_median_apart():
    found = read(muse(400))
    assert found.names() == ("I", "II", "V1", "III", "aVR", "aVL", "aVF") and [lead.name for lead in found.median] == ["I", "II", "V1"]
    assert found.leads[0].scale == 4.88 and np.array_equal(found.leads[1].samples, wave(400, 1))
    assert {one.code: one.value for one in found.given} == {"QT": 420}


def test_muse_statements_go_on_until_their_line_ends():
    words = [("Normal sinus rhythm", "ENDSLINE"), ("with", ""), ("1st degree block", "ENDSLINE")]
    said = "".join(f"<DiagnosisStatement>{f'<StmtFlag>{flag}</StmtFlag>' if flag else ''}<StmtText>{text}</StmtText></DiagnosisStatement>" for text, flag in words)
    found = read(muse().replace(b"<Waveform>", f"<Diagnosis>{said}</Diagnosis><Waveform>".encode(), 1))
    assert found.statements == ("Normal sinus rhythm", "with 1st degree block")


@pytest.mark.parametrize(("written", "truth"), [("16", 0.16), ("5", 0.05), ("0.05", 0.05)])
def test_muse_writes_high_passes_in_hundredths(written, truth):
    assert read(muse().replace(b"<LeadData>", f"<HighPassFilter>{written}</HighPassFilter><ACFilter>50</ACFilter><LeadData>".encode(), 1)).filters.high_pass == truth


def test_philips_is_the_same_plain_and_compressed():
    one, other = read(philips(compressed=True)), read(philips(compressed=False))
    assert one.names() == other.names() and all(np.array_equal(a.samples, b.samples) for a, b in zip(one.leads, other.leads, strict=True))
    assert np.array_equal(one.lead("III").samples, wave(250, 1) - wave(250, 0)), "stored as zero: no difference from II − I"


def test_philips_plain_leads_that_are_whole_stay_as_they_are():
    first, second = wave(250, 0), wave(250, 1)
    leads = [first, second, second - first, -((first + second) // 2), first - second // 2, second - first // 2, *[wave(250, number) for number in range(6)]]
    text = base64.b64encode(np.concatenate(leads).astype("<i2").tobytes())
    found = read(re.sub(rb"(<parsedwaveforms[^>]*>)[^<]*", lambda match: match[1] + text, philips(compressed=False)))
    assert all(np.array_equal(lead.samples, truth) for lead, truth in zip(found.leads, leads, strict=True))


@settings(max_examples=80, deadline=None)
@given(some.lists(some.integers(-8000, 8000), min_size=3, max_size=120))
def test_xli_comes_back(values):
    lead = np.array(values)
    assert np.array_equal(product.leads(xli([lead, lead[::-1]]), 120)[1].astype(int), lead[::-1])


def test_xli_of_a_long_flat_lead_is_small_and_comes_back():
    """A run of one value uses codes that the decoder has only just made."""
    lead = np.full(5000, 7)
    packed = xli([lead])
    assert len(packed) < 500 and np.array_equal(product.leads(packed, 5000)[0], lead)


def test_aecg_in_other_units_and_with_an_origin():
    raw = aecg().replace(b'<origin value="0" unit="uV"/><scale value="2.5" unit="uV"/>', b'<origin value="0.01" unit="mV"/><scale value="2500" unit="nV"/>')
    found = read(raw)
    assert (found.leads[0].scale, found.leads[0].offset) == (2.5, 10.0)


def test_aecg_sets_one_after_another_keep_their_time():
    raw = aecg(100)
    start, end = raw.index(b"<sequenceSet>"), raw.index(b"</sequenceSet>") + len(b"</sequenceSet>")
    later = raw[start:end].replace(b"20260301083000.000", b"20260301083000.200").replace(b"LEAD_V1", b"LEAD_V4").replace(b"LEAD_II", b"LEAD_V5").replace(b"LEAD_I\"", b'LEAD_V6"')
    found = read(raw[:end] + b"</component><component>" + later + raw[end:])
    assert len(found.lead("I").samples) == 200 and np.isnan(found.lead("V4").samples[:100]).all() and np.array_equal(found.lead("V4").samples[100:], wave(100, 2))
