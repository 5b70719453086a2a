"""Channels of a waveform group: samples, sensitivity, baseline, names and filters."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset

from yilianti.gateways.dicom.attributes import integer, readable, real, text
from yilianti.record.recordings import api as recordings

_KINDS = {("SB", 8): "i1", ("UB", 8): "u1", ("SS", 16): "i2", ("US", 16): "u2", ("SL", 32): "i4", ("UL", 32): "u4"}
_UNITS = {"uv": 1.0, "mv": 1e3, "v": 1e6, "nv": 1e-3}
_MEANT = {"microvolt": "uv", "millivolt": "mv", "volt": "v", "nanovolt": "nv"}


def together(groups: list[Dataset], order: str = "<") -> tuple[tuple[recordings.Lead, ...], float, tuple[str, ...]]:
    """The leads of groups with one rate, each where its time offset puts it; `order` is the order of bytes. → (leads, rate, notes)"""
    rates = [rate(group) for group in groups]
    same = [group for group, one in zip(groups, rates, strict=True) if abs(one - rates[0]) < 1e-6]
    pieces, notes = [], [] if len(same) == len(groups) else [f"文件里有 {len(groups)} 组波形，采样率不同的组未读"]
    for group in same:
        late = round((real(group, "MultiplexGroupTimeOffset") or 0.0) * rates[0] / 1000)
        found, strange = _leads(group, order)
        pieces += [(lead, max(late, 0)) for lead in found]
        notes += [f"通道“{name}”的单位不是电压，未读" for name in strange]
    leads, further = recordings.side_by_side(pieces)
    return leads, rates[0], (*notes, *further)


def rate(group: Dataset) -> float:
    """Samples a second."""
    value = real(group, "SamplingFrequency")
    if not value or not 0 < value <= 100_000:
        raise recordings.Unreadable("no_rate", "DICOM 波形没有可用的采样率（003A,001A）。请用设备重新导出。", "The DICOM waveform gives no usable sampling frequency (003A,001A).")
    return value


def _leads(group: Dataset, order: str) -> tuple[list[recordings.Lead], list[str]]:
    samples, definitions = _samples(group, order), readable(group, "ChannelDefinitionSequence")
    if len(definitions) != samples.shape[1]:
        raise recordings.Unreadable("damaged", f"DICOM 波形有 {samples.shape[1]} 个通道，定义了 {len(definitions)} 个。请重新导出。", "The DICOM channels and their definitions differ in number.")
    empty = _padding(group, samples.dtype)
    leads, strange = [], []
    for place, channel in enumerate(definitions):
        unit = _unit(channel)
        if unit is None:
            strange.append(name(channel, place))
            continue
        column = np.ascontiguousarray(samples[:, place])
        if empty is not None and (column == empty).any():
            column = np.where(column == empty, np.nan, column)
        leads.append(_lead(channel, name(channel, place), column, unit))
    return leads, strange


def _lead(channel: Dataset, called: str, column: np.ndarray, unit: float) -> recordings.Lead:
    sensitivity, correction = real(channel, "ChannelSensitivity"), real(channel, "ChannelSensitivityCorrectionFactor")
    if sensitivity is None:
        raise recordings.Unreadable("no_scale", f"DICOM 的 {called} 导联没有灵敏度（003A,0210），无法换算成微伏。请用设备重新导出。", f"Lead {called} has no channel sensitivity (003A,0210).")
    scale = sensitivity * (1.0 if correction is None else correction) * unit
    return recordings.Lead(called, column, float(f"{scale:.12g}"), float(f"{(real(channel, 'ChannelBaseline') or 0.0) * unit:.12g}"))


def _samples(group: Dataset, order: str) -> np.ndarray:
    """All samples, shape (samples, channels), in the numbers in which they are stored."""
    count, width = integer(group.get("NumberOfWaveformSamples")), integer(group.get("NumberOfWaveformChannels"))
    kind = _KINDS.get((text(group, "WaveformSampleInterpretation"), integer(group.get("WaveformBitsAllocated")) or 0))
    if not count or not width or count < 0 or width < 0:
        raise recordings.Unreadable("no_leads", "DICOM 波形的通道数或样本数为零。请用设备重新导出。", "The DICOM waveform declares no channel or no sample.")
    if kind is None:
        raise recordings.Unreadable("storage_format", f"DICOM 波形的样本类型 {text(group, 'WaveformSampleInterpretation') or '（空）'} 不支持。", "The DICOM sample interpretation is not supported.")
    recordings.within(count * width)
    raw = group.get("WaveformData") or b""
    need = count * width * np.dtype(kind).itemsize
    if len(raw) < need:
        raise recordings.Unreadable("truncated", f"文件不完整：DICOM 波形应有 {need} 字节，实有 {len(raw)} 字节。请重新传送。", f"The DICOM waveform should have {need} bytes and has {len(raw)}.")
    return np.frombuffer(raw, dtype=order + kind, count=count * width).reshape(count, width)


def _padding(group: Dataset, kind: np.dtype) -> int | None:
    raw = group.get("WaveformPaddingValue")
    if isinstance(raw, bytes):
        return int(np.frombuffer(raw, dtype=kind, count=1)[0]) if len(raw) >= kind.itemsize else None
    return integer(raw)


def _unit(channel: Dataset) -> float | None:
    """What one unit of sensitivity is in µV; nothing where it is no voltage."""
    item = next(iter(readable(channel, "ChannelSensitivityUnitsSequence")), None)
    if item is None:
        return None
    code = text(item, "CodeValue").lower().replace("µ", "u").replace("μ", "u")
    return _UNITS.get(code) or _UNITS.get(_MEANT.get(text(item, "CodeMeaning").lower().removesuffix("s"), ""))


def name(channel: Dataset, place: int) -> str:
    """The lead by its code (SCP-ECG 5.6.3-9-n, MDC 2:n), else by the code's meaning or the channel's label."""
    item = next(iter(readable(channel, "ChannelSourceSequence")), None)
    if item is not None:
        scheme, code = text(item, "CodingSchemeDesignator").upper(), text(item, "CodeValue")
        tail = code.removeprefix("5.6.3-9-") if scheme == "SCPECG" else code.removeprefix("2:") if scheme == "MDC" else ""
        number = integer(tail) if tail != code else None
        if number in recordings.BY_NUMBER:
            return str(recordings.BY_NUMBER[number])
    said = (text(item, "CodeMeaning") if item is not None else "") or text(channel, "ChannelLabel")
    return recordings.lead_name(said) or f"Channel {place + 1}"


def filters(group: Dataset) -> recordings.Filters:
    """What the first channel says had been filtered."""
    channel = next(iter(readable(group, "ChannelDefinitionSequence")), None)
    if channel is None:
        return recordings.Filters()
    return recordings.Filters(*(real(channel, word) or None for word in ("FilterLowFrequency", "FilterHighFrequency", "NotchFilterFrequency")))
