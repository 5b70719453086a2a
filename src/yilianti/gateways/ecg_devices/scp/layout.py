"""Sections 3 and 4 of SCP-ECG: which leads, from where to where; where the reference beat was taken away and which zones were protected."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from yilianti.gateways.ecg_devices.refusing import damaged, no_leads, truncated
from yilianti.record.recordings import api as recordings


@dataclass(frozen=True)
class Place:
    """One lead: its number, its first and last sample (from 1, both included)."""

    number: int
    start: int
    end: int

    @property
    def name(self) -> str:
        return recordings.BY_NUMBER.get(self.number, f"SCP {self.number}")

    @property
    def length(self) -> int:
        return self.end - self.start + 1


@dataclass(frozen=True)
class Leads:
    """Section 3."""

    places: tuple[Place, ...]
    subtracted: bool


@dataclass(frozen=True)
class Beat:
    """One QRS of section 4: its type (0: the reference beat was taken away), samples of begin, fiducial point and end; the protected zone (0, 0: none)."""

    kind: int
    start: int
    fiducial: int
    end: int
    zone: tuple[int, int]


@dataclass(frozen=True)
class Beats:
    """Section 4: length of the reference beat in ms, its fiducial sample (from 1), the QRS complexes."""

    milliseconds: int
    fiducial: int
    found: tuple[Beat, ...]


def leads(body: bytes) -> Leads:
    """Section 3; lengths of a record that no device makes are refused before anything is unpacked."""
    if len(body) < 2:
        raise truncated("第 3 节（导联定义）", "section 3 (lead definition)")
    count, flags = body[0], body[1]
    if count == 0:
        raise no_leads()
    if len(body) < 2 + 9 * count:
        raise truncated(f"第 3 节声明 {count} 个导联", f"section 3 declares {count} leads")
    places = tuple(Place(number, start, end) for start, end, number in (struct.unpack_from("<IIB", body, 2 + 9 * one) for one in range(count)))
    for place in places:
        if not 0 < place.start <= place.end:
            raise damaged(f"{place.name} 导联的起止样本不合理", f"the first and last sample of {place.name} are absurd")
    recordings.within((max(place.end for place in places) - min(place.start for place in places) + 1) * count)
    return Leads(places, bool(flags & 1))


def beats(body: bytes, version: int, *, subtracted: bool, bimodal: bool) -> Beats:
    """Section 4. Versions before 1.2 give no protected zones: there they are the spans of the subtracted beats."""
    if len(body) < 6:
        raise truncated("第 4 节（QRS 位置）", "section 4 (QRS locations)")
    milliseconds, fiducial, count = struct.unpack_from("<HHH", body)
    with_spans = subtracted or len(body) >= 6 + 22 * count
    zones_too = version >= 12 and (bimodal or subtracted) or len(body) >= 6 + 22 * count
    need = 6 + (14 * count if with_spans else 0) + (8 * count if zones_too else 0)
    if len(body) < need:
        if not subtracted and not bimodal:
            return Beats(milliseconds, fiducial, ())
        raise truncated(f"第 4 节声明 {count} 个 QRS", f"section 4 declares {count} QRS complexes")
    spans = [struct.unpack_from("<HIII", body, 6 + 14 * one) for one in range(count)] if with_spans else [(1, 0, 0, 0)] * count
    after = 6 + (14 * count if with_spans else 0)
    zones = [struct.unpack_from("<II", body, after + 8 * one) for one in range(count)] if zones_too else [(start, end) for _, start, _, end in spans]
    return Beats(milliseconds, fiducial, tuple(Beat(kind, start, middle, end, (first, last)) for (kind, start, middle, end), (first, last) in zip(spans, zones, strict=True)))
