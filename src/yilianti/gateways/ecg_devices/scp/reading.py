"""SCP-ECG (EN 1064, versions 1.x to 3.x as far as resting recordings go): bytes → tracing."""

from __future__ import annotations

import numpy as np

from yilianti.gateways.ecg_devices.refusing import damaged, no_leads, unsupported
from yilianti.gateways.ecg_devices.scp import findings, header, huffman, layout, rhythm
from yilianti.gateways.ecg_devices.scp.container import Section, sections
from yilianti.record.recordings import api as recordings


def read(content: bytes) -> recordings.Tracing:
    """Sections 0 to 11; the reference beat is also the median."""
    found, notes = sections(content)
    if 3 not in found or 6 not in found:
        if 12 in found:
            raise unsupported("long_term", "这是 SCP-ECG 长程记录（第 12 节），不是静息心电图", "This is a long-term SCP-ECG record (section 12)")
        raise no_leads()
    fields = header.tags(found[1].body) if 1 in found else {}
    text = header.Texts(header.language(fields), found[1].version if 1 in found else 0)
    leads, rate, median, median_rate, further = _waveforms(found)
    return recordings.Tracing(
        format=recordings.Format.SCP, leads=leads, rate=rate, started_at=header.started(fields), subject=header.subject(fields, text), device=header.device(fields, text),
        filters=header.filters(fields), given=(*findings.measured(_body(found, 7)), *findings.leadwise(_body(found, 10))),
        statements=tuple(dict.fromkeys((*findings.texts(_body(found, 8), text), *findings.coded(_body(found, 11), text)))), median=median, median_rate=median_rate,
        order=header.order(fields, text), notes=(*notes, *further, *(f"文件附言：{said}" for said in header.free_texts(fields, text)), *text.notes),
    )  # fmt: skip


def _body(found: dict[int, Section], number: int) -> bytes:
    return found[number].body if number in found else b""


def _waveforms(found: dict[int, Section]) -> tuple[tuple[recordings.Lead, ...], float, tuple[recordings.Lead, ...], float, tuple[str, ...]]:
    """→ (leads, rate, reference beat, its rate, notes)"""
    defined = layout.leads(found[3].body)
    known = huffman.tables(_body(found, 2))
    data = rhythm.block(found[6].body, len(defined.places), 6)
    reference = rhythm.block(found[5].body, len(defined.places), 5) if _body(found, 5) else None
    if (defined.subtracted or data.bimodal) and (not _body(found, 4) or (defined.subtracted and reference is None)):
        raise damaged("减去参考心搏的记录缺少第 4 节或第 5 节", "a record with subtracted reference beats lacks section 4 or 5")
    beats = layout.beats(found[4].body, found[4].version, subtracted=defined.subtracted, bimodal=data.bimodal) if _body(found, 4) else layout.Beats(0, 0, ())
    factor = rhythm.factor_of(data, reference, subtracted=defined.subtracted)
    median, broken = _beat(reference, beats, defined, known)
    pieces = [(_lead(place, part, data, known, beats, factor, defined.subtracted, median[number] if median else None), place.start) for number, (place, part) in enumerate(zip(defined.places, data.parts, strict=True))]
    leads, notes = recordings.side_by_side(pieces)
    low = (f"QRS 以外的部分在设备里按 1/{factor} 采样存储，已线性内插",) if factor > 1 else ()
    full = data.microseconds / factor
    return leads, 1e6 / full, median, 1e6 / reference.microseconds if reference is not None and median else 0.0, (*notes, *low, *broken)


def _beat(
    reference: rhythm.Block | None, beats: layout.Beats, defined: layout.Leads, known: tuple[tuple[huffman.Code, ...], ...] | None
) -> tuple[tuple[recordings.Lead, ...], tuple[str, ...]]:
    """The reference beat; where the rhythm can do without, one that is broken is left out and a note says so."""
    try:
        return _median(reference, beats, defined.places, known) if reference is not None else (), ()
    except recordings.Unreadable:
        if defined.subtracted:
            raise
        return (), ("参考心搏（第 5 节）读不出，已略去",)


def _median(reference: rhythm.Block, beats: layout.Beats, places: tuple[layout.Place, ...], known: tuple[tuple[huffman.Code, ...], ...] | None) -> tuple[recordings.Lead, ...]:
    count = beats.milliseconds * 1000 // reference.microseconds
    if not count or not any(reference.parts):
        return ()
    recordings.within(count * len(places))
    return tuple(
        recordings.Lead(place.name, _narrow(rhythm.unpacked(part, count, reference.differences, known)), reference.nanovolts / 1000)
        for place, part in zip(places, reference.parts, strict=True)
    )


def _lead(
    place: layout.Place, part: bytes, data: rhythm.Block, known: tuple[tuple[huffman.Code, ...], ...] | None, beats: layout.Beats, factor: int, subtracted: bool, reference: recordings.Lead | None
) -> recordings.Lead:
    protected = rhythm.zones(place, beats) if factor > 1 else []
    count = rhythm.stored_length(place, protected, factor) if factor > 1 else place.length
    values = rhythm.unpacked(part, count, data.differences, known)
    if factor > 1:
        values = rhythm.expanded(values, place, protected, factor)
    scale = data.nanovolts / 1000
    if subtracted and reference is not None:
        other = reference.samples if reference.scale == scale else reference.samples * (reference.scale / scale)
        values = rhythm.with_reference(values, other, place, beats)
    return recordings.Lead(place.name, _narrow(values), scale)


def _narrow(values: np.ndarray) -> np.ndarray:
    """32-bit integers where all of them fit; a number beyond is a sign of damage."""
    if np.issubdtype(values.dtype, np.integer):
        if len(values) and (values.max() >= 2**31 or values.min() < -(2**31)):
            raise damaged("采样值超出范围，差分数据已损坏", "a sample is out of range: the differences are damaged")
        return values.astype(np.int32)
    return values
