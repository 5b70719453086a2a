"""DICOM waveform objects (PS3.3 A.34, C.10.9; 12-lead, general, ambulatory ECG): bytes → tracing. Knows no network."""

from __future__ import annotations

import io
import logging
import warnings
import zlib
from datetime import datetime
from typing import Any

import pydicom
from pydicom.charset import convert_encodings
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

from yilianti.gateways.dicom import channels, findings
from yilianti.gateways.dicom.attributes import day, integer, moment, readable, text
from yilianti.record.recordings import api as recordings

logging.getLogger("pydicom").setLevel(logging.ERROR)  # its warnings on reading quote values of patients


def looks_like(content: bytes) -> bool:
    """Whether the bytes are a DICOM file: the preamble, or a data set that begins with group 2 or 8 in either encoding."""
    return content[128:132] == b"DICM" or content[:8] in (b"\x02\0\0\0UL\x04\0", b"\x08\0\x05\0CS\x0a\0") or content[:4] in (b"\x08\0\x05\0", b"\x08\0\x16\0")


def tracing_in(content: bytes) -> recordings.Tracing:
    """The tracing of a DICOM file, or `Unreadable`."""
    if len(content) > recordings.MAX_BYTES:
        raise recordings.Unreadable("too_large", "DICOM 文件大于 64 MB，不是静息心电图。", "The DICOM file is larger than 64 MB.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of values that only matter to those who write
        try:
            _refuse_bombs(content)
            return tracing_of(pydicom.dcmread(io.BytesIO(content), force=True))
        except recordings.Unreadable:
            raise
        except RecursionError:
            raise recordings.Unreadable("too_deep", "DICOM 序列嵌套过深，不予读取。请重新导出。", "The DICOM sequences are nested too deeply.") from None
        except MemoryError:
            raise recordings.Unreadable("absurd_size", "DICOM 文件声明的大小不合理。请重新导出。", "The DICOM file declares an absurd size.") from None
        except Exception as trouble:  # pydicom raises whatever its parts raise on damaged bytes
            raise recordings.Unreadable("damaged", "DICOM 文件已损坏或不完整。请从设备重新导出或重新传送。", f"The DICOM file is damaged or incomplete ({type(trouble).__name__}).") from None


def tracing_of(dataset: Dataset) -> recordings.Tracing:
    """The tracing of a data set: original groups as the recording, the median beat beside it."""
    groups = readable(dataset, "WaveformSequence")
    if not groups:
        what = text(dataset, "Modality") or "？"
        raise recordings.Unreadable("no_waveform", f"这个 DICOM 文件（{what}）里没有波形。请在设备上选择发送心电波形（12-Lead ECG Waveform）。", f"This DICOM object ({what}) holds no waveform.")
    said = charset_settled(dataset)
    rhythm, median = _sorted(list(groups))
    order = ">" if dataset.original_encoding[1] is False else "<"
    leads, rate, notes = channels.together(rhythm, order)
    beats, beat_rate, _ = channels.together(median, order) if median else ((), 0.0, ())
    first = rhythm[0]
    return recordings.Tracing(
        format=recordings.Format.DICOM, leads=leads, rate=rate, started_at=_started(dataset, first), subject=_subject(dataset), device=_device(dataset), filters=channels.filters(first),
        given=findings.given(dataset, list(groups)), statements=findings.statements(dataset), marks=findings.marks(dataset, list(groups), first), median=beats,
        median_rate=beat_rate, key=text(dataset, "SOPInstanceUID"), order=text(dataset, "AccessionNumber"), notes=(*notes, *said),
    )  # fmt: skip


def charset_settled(dataset: Dataset) -> tuple[str, ...]:
    """Gives the data set a character set that pydicom knows: GB 2312 and its widenings under any of their names, Chinese text of files that name none or
    call it Latin. → notes"""
    raw = dataset.get_item("SpecificCharacterSet")
    stored = raw.value if raw is not None else b""
    words = stored.decode("ascii", "replace") if isinstance(stored, bytes) else "\\".join(stored if isinstance(stored, list | tuple) else [str(stored or "")])
    names = [word.strip() for word in words.strip("\0 ").split("\\")]
    person = dataset.get_item("PatientName")
    value = person.value if person is not None and isinstance(person.value, bytes) else b""
    if names == ["ISO_IR 100"] and recordings.mislabelled(value) is not None:
        _recoded(dataset, "GB18030")
        return ("文字声明为西文，实际是 GB18030，已按后者读出，请核对姓名",)
    known = {"gb18030": "GB18030", "utf-8": "ISO_IR 192"}.get(recordings.codec(names[-1]), "")
    if known and not any(name.startswith("ISO") for name in names):
        _recoded(dataset, known)
    elif not any(name.startswith("ISO") for name in names) and not value.isascii():
        _recoded(dataset, "ISO_IR 192" if _is_utf8(value) else "GB18030")
        return ("文件没有声明字符集或声明的未知，文字按 UTF-8 或 GB18030 读出，请核对姓名",)
    return ()


def _recoded(dataset: Dataset, name: str) -> None:
    """The data set and its annotations as if they had named this character set; nothing of them has been decoded yet."""
    dataset.SpecificCharacterSet = name
    for one in (dataset, *readable(dataset, "WaveformAnnotationSequence")):
        implicit, little = one.original_encoding
        one.set_original_encoding(implicit, little, convert_encodings(name))


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_bombs(content: bytes) -> None:
    """A deflated data set is measured before pydicom inflates it."""
    if content[128:132] != b"DICM" or DeflatedExplicitVRLittleEndian.encode() not in content[132:4096]:
        return
    length = int.from_bytes(content[140:144], "little") + 144
    if len(zlib.decompressobj(-zlib.MAX_WBITS).decompress(content[length:], recordings.MAX_BYTES + 1)) > recordings.MAX_BYTES:
        raise recordings.Unreadable("bomb", "压缩的 DICOM 文件展开后超过 64 MB，不予读取。请重新导出。", "The deflated DICOM file expands beyond 64 MB.")


def _sorted(groups: list[Dataset]) -> tuple[list[Dataset], list[Dataset]]:
    """(the recording, the median beat): by label, else by originality and length."""
    beats = [one for one in groups if any(word in text(one, "MultiplexGroupLabel").upper() for word in ("MEDIAN", "BEAT", "AVERAGE", "TEMPLATE", "REPRESENTATIVE"))]
    if not beats:
        derived = [one for one in groups if text(one, "WaveformOriginality").upper() == "DERIVED"]
        beats = derived if 0 < len(derived) < len(groups) else []
    rest = [one for one in groups if not any(one is other for other in beats)]
    return (rest, beats[:1]) if rest else (groups, [])


def _started(dataset: Dataset, group: Dataset) -> datetime | None:
    for on, at in (("AcquisitionDateTime", ""), ("AcquisitionDate", "AcquisitionTime"), ("ContentDate", "ContentTime"), ("StudyDate", "StudyTime")):
        found = moment(text(dataset, on) + (text(dataset, at) if at else ""))
        if found is not None:
            return found
    return None


def _subject(dataset: Dataset) -> recordings.Subject:
    age = text(dataset, "PatientAge")
    unit = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}.get(age[-1:].upper())
    years = integer(age[:-1])
    return recordings.Subject(
        identifier=text(dataset, "PatientID"), name=person(dataset, "PatientName"), sex={"M": "M", "F": "F"}.get(text(dataset, "PatientSex").upper(), ""),
        born_on=day(text(dataset, "PatientBirthDate")), age_years=None if unit is None or years is None else round(years * unit, 3),
    )  # fmt: skip


def person(dataset: Dataset, keyword: str) -> str:
    """A person's name as people write it: the ideographic group where there is one, family before given."""
    value: Any = dataset.get(keyword)
    groups = str(value[0] if isinstance(value, list | tuple) and value else value or "").split("=")
    chosen = groups[1] if len(groups) > 1 and groups[1].strip(" ^") else groups[0]
    return recordings.full_name(*chosen.split("^")[:3])


def _device(dataset: Dataset) -> recordings.Device:
    return recordings.Device(
        maker=text(dataset, "Manufacturer"), model=text(dataset, "ManufacturerModelName"), serial=text(dataset, "DeviceSerialNumber"), software=text(dataset, "SoftwareVersions"),
        institution=text(dataset, "InstitutionName"), operator=person(dataset, "OperatorsName"),
    )  # fmt: skip
