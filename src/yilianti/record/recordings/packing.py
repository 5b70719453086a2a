"""A tracing as bytes of our own: a JSON header and the deflated samples, so that no page waits for a maker's parser."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import numpy as np

from yilianti.record.recordings.terms import Device, Filters, Given, Lead, Mark, Subject, Tracing

_MAGIC = b"YLT1"
_KINDS = ("<i2", "<i4", "<f8")


def pack(tracing: Tracing) -> bytes:
    """The tracing as bytes; `unpack` gives back the same numbers, bit by bit. Derived leads are packed like recorded ones."""
    blocks: list[bytes] = []
    header = {
        "format": tracing.format, "rate": tracing.rate, "started_at": tracing.started_at.isoformat() if tracing.started_at else "",
        "subject": {**asdict(tracing.subject), "born_on": str(tracing.subject.born_on or "")}, "device": asdict(tracing.device), "filters": asdict(tracing.filters),
        "given": [asdict(one) for one in tracing.given], "statements": tracing.statements, "marks": [asdict(one) for one in tracing.marks],
        "key": tracing.key, "order": tracing.order, "notes": tracing.notes, "median_rate": tracing.median_rate,
        "leads": [_lead(lead, blocks) for lead in tracing.leads], "median": [_lead(lead, blocks) for lead in tracing.median],
    }  # fmt: skip
    head = json.dumps(header, ensure_ascii=False).encode()
    return _MAGIC + struct.pack("<I", len(head)) + zlib.compress(head + b"".join(blocks), 6)


def unpack(packed: bytes) -> Tracing:
    """The tracing that `pack` was given. Only our own bytes come here: they are stored authenticated."""
    if packed[:4] != _MAGIC:
        raise ValueError("not a packed tracing")
    size = struct.unpack_from("<I", packed, 4)[0]
    plain = zlib.decompress(packed[8:])
    head, place = json.loads(plain[:size]), size
    series: dict[str, tuple[Lead, ...]] = {}
    for name in ("leads", "median"):
        found = []
        for one in head[name]:
            samples = np.frombuffer(plain, dtype=one["kind"], count=one["count"], offset=place)
            place += samples.nbytes
            found.append(Lead(one["name"], samples, one["scale"], one["offset"], one["derived"]))
        series[name] = tuple(found)
    return Tracing(
        format=head["format"], leads=series["leads"], rate=head["rate"], started_at=_moment(head["started_at"]), subject=_subject(head["subject"]), device=Device(**head["device"]),
        filters=Filters(**head["filters"]), given=tuple(Given(**one) for one in head["given"]), statements=tuple(head["statements"]), marks=tuple(Mark(**one) for one in head["marks"]),
        median=series["median"], median_rate=head["median_rate"], key=head["key"], order=head["order"], notes=tuple(head["notes"]),
    )  # fmt: skip


def _lead(lead: Lead, blocks: list[bytes]) -> dict[str, Any]:
    kind = _kind(lead.samples)
    blocks.append(np.ascontiguousarray(lead.samples, dtype=kind).tobytes())
    return {"name": lead.name, "kind": kind, "count": len(lead.samples), "scale": lead.scale, "offset": lead.offset, "derived": lead.derived}


def _kind(samples: np.ndarray) -> str:
    """The narrowest of 16-bit, 32-bit and real numbers that holds every sample as it is."""
    if not np.issubdtype(samples.dtype, np.integer):
        return _KINDS[2]
    low, high = int(samples.min(initial=0)), int(samples.max(initial=0))
    return next((kind for kind in _KINDS[:2] if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max), _KINDS[2])


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _subject(values: dict[str, Any]) -> Subject:
    return Subject(**{**values, "born_on": date.fromisoformat(values["born_on"]) if values["born_on"] else None})


def for_viewer(tracing: Tracing) -> tuple[dict[str, Any], bytes]:
    """What the browser draws: a head with rate and, per lead, name, scale, offset, whether derived, and bytes per sample; and the samples themselves,
    16- or 32-bit little endian, each lead padded to a multiple of four bytes. Real numbers are sent as whole hundredths of a microvolt."""
    leads, blocks = [], []
    for lead in tracing.leads:
        samples, scale, offset, kind = np.asarray(lead.samples), lead.scale, lead.offset, _kind(lead.samples)
        if kind == _KINDS[2]:
            samples, scale, offset, kind = np.round(np.nan_to_num(lead.microvolts()) * 100).clip(-(2**31), 2**31 - 1), 0.01, 0.0, "<i4"
        block = np.ascontiguousarray(samples, dtype=kind).tobytes()
        blocks.append(block + b"\0" * (-len(block) & 3))
        leads.append({"name": lead.name, "scale": scale, "offset": offset, "derived": lead.derived, "bytes": 2 if kind == "<i2" else 4, "count": len(samples)})
    return {"rate": tracing.rate, "seconds": tracing.seconds, "leads": leads, "filters": asdict(tracing.filters)}, b"".join(blocks)
