"""The parsed waveforms of a Philips XML: plain or XLI, and the four limb leads that the device stores as residuals."""

from __future__ import annotations

import numpy as np
from lxml import etree

from yilianti.gateways.ecg_devices.markup import number, said, unpacked
from yilianti.gateways.ecg_devices.philips import xli
from yilianti.gateways.ecg_devices.refusing import absurd, damaged, no_rate, truncated, unsupported
from yilianti.record.recordings import api as recordings

_PLAIN = ("", "uncompressed", "none", "false")


def waveforms(root: etree._Element) -> tuple[tuple[recordings.Lead, ...], float, tuple[str, ...]]:
    """→ (leads, rate, notes)"""
    signal, node = root.find(".//signalcharacteristics"), root.find(".//parsedwaveforms")
    if node is None:
        raise unsupported("no_leads", "飞利浦文件里没有 parsedwaveforms 波形", "The Philips file has no parsed waveforms")
    rate = number(said(signal, "samplingrate")) or number(node.get("samplespersecond"))
    if not rate or not 0 < rate <= 100_000:
        raise no_rate("（samplingrate）", " (samplingrate)")
    scale = number(said(signal, "signalresolution")) or number(said(signal, "resolution")) or number(node.get("resolution"))
    if not scale:
        raise damaged("没有幅值分辨率（signalresolution）", "there is no signalresolution")
    names, length = _names(signal, node), _length(node, rate)
    samples, notes = _samples(node, len(names), length)
    whole, further = _rebuilt(dict(zip(names, samples, strict=False)), compressed=_method(node) not in _PLAIN)
    offset = -(number(said(signal, "signaloffset")) or 0.0) * scale
    return tuple(recordings.Lead(name, values, scale, offset) for name, values in whole.items()), rate, (*notes, *further)


def _names(signal: etree._Element | None, node: etree._Element) -> list[str]:
    labels = (node.get("leadlabels") or "").split()
    count = int(number(node.get("numberofleads") or said(signal, "numberchannelsvalid") or said(signal, "numberchannelsallocated")) or 0)
    if labels:
        named = [recordings.lead_name(label) for label in labels[: count or len(labels)]]
        return [name if name not in named[:place] else f"{name}#{place + 1}" for place, name in enumerate(named)]
    if not 0 < count <= 64:
        raise absurd(f"{count} 个通道", f"{count} channels")
    return list(recordings.LEADS[:count]) + [f"Channel {place + 1}" for place in range(12, count)]


def _length(node: etree._Element, rate: float) -> int:
    milliseconds = number(node.get("durationperchannel"))
    samples = number(node.get("numberofsamples")) or (milliseconds * rate / 1000 if milliseconds else 0)
    if not samples or samples < 1:
        raise damaged("没有声明记录时长（durationperchannel）", "there is no durationperchannel")
    return recordings.within(round(samples))


def _method(node: etree._Element) -> str:
    if (node.get("compressflag") or "").lower() == "false":
        return ""
    return (node.get("compressmethod") or node.get("compression") or "").lower()


def _samples(node: etree._Element, count: int, length: int) -> tuple[list[np.ndarray], tuple[str, ...]]:
    recordings.within(count * length)
    encoding, method = (node.get("dataencoding") or "base64").lower(), _method(node)
    if encoding == "plain":
        return _written(node.text or "", count, length), ()
    if encoding != "base64":
        raise unsupported("encoding", f"飞利浦波形的编码“{encoding[:20]}”未知", f"The waveform encoding '{encoding[:20]}' is unknown")
    raw = unpacked(node.text or "")
    if method == "xli":
        found = xli.leads(raw, length)
    elif method in _PLAIN:
        if len(raw) < count * length * 2:
            raise truncated(f"应有 {count * length * 2} 字节波形，实有 {len(raw)} 字节", f"{count * length * 2} bytes of waveform are declared, {len(raw)} are there")
        found = list(np.frombuffer(raw, dtype="<i2", count=count * length).reshape(count, length))
    else:
        raise unsupported("compression", f"飞利浦波形的压缩方法“{method[:20]}”未知", f"The compression '{method[:20]}' is unknown")
    if len(found) < count or any(len(lead) < length for lead in found[:count]):
        raise truncated(f"应有 {count} 个导联、各 {length} 个样本", f"{count} leads of {length} samples are declared")
    return [lead[:length] for lead in found[:count]], ()


def _written(text: str, count: int, length: int) -> list[np.ndarray]:
    """Samples as decimal numbers, lead after lead."""
    tokens = text.replace(",", " ").split(None, count * length)[: count * length]
    try:
        values = np.array([int(token) for token in tokens], dtype=np.int64)
    except (ValueError, OverflowError):
        raise damaged("采样值里有不是整数的内容", "a sample is no integer") from None
    if len(values) < count * length:
        raise truncated(f"应有 {count} 个导联、各 {length} 个样本", f"{count} leads of {length} samples are declared")
    return list(values.reshape(count, length).astype(np.int32))


def _rebuilt(leads: dict[str, np.ndarray], *, compressed: bool) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """III, aVR, aVL and aVF as they were: what is stored is the difference from what follows of I and II, in whole counts, halves cut towards zero.
    Plain files are of both kinds; in those of the first kind III itself is near II − I."""
    if not {"I", "II", "III", "aVR", "aVL", "aVF"} <= leads.keys():
        return leads, ()
    first, second, third = (leads[name].astype(np.int64) for name in ("I", "II", "III"))
    if not compressed and np.abs(third - (second - first)).mean() <= np.abs(third).mean():
        return leads, ()
    whole = dict(leads)
    whole["III"] = second - first - third
    whole["aVR"] = -_half(first + second) - leads["aVR"]
    whole["aVL"] = _half(first - whole["III"]) - leads["aVL"]
    whole["aVF"] = _half(second + whole["III"]) - leads["aVF"]
    return {name: values.astype(np.int32) for name, values in whole.items()}, ("III、aVR、aVL、aVF 由文件中的残差还原",)


def _half(values: np.ndarray) -> np.ndarray:
    return np.sign(values) * (np.abs(values) // 2)
