"""Sections 7, 8, 10 and 11 of SCP-ECG: what the device measured and says."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from yilianti.gateways.ecg_devices.scp.header import Texts
from yilianti.record.recordings import api as recordings

#: Values that mean "not measured", "measurement failed", "no such wave".
_NOTHING = {29999, 29998, 19999}
_GLOBAL = ("P_onset", "P_offset", "QRS_onset", "QRS_offset", "T_offset")
_LEADWISE = (
    ("P_DUR", "ms"), ("PR", "ms"), ("QRS", "ms"), ("QT", "ms"), ("Q_DUR", "ms"), ("R_DUR", "ms"), ("S_DUR", "ms"), ("R'_DUR", "ms"), ("S'_DUR", "ms"), ("Q_AMPLITUDE", "uV"), ("R_AMPLITUDE", "uV"),
    ("S_AMPLITUDE", "uV"), ("R'_AMPLITUDE", "uV"), ("S'_AMPLITUDE", "uV"), ("J_AMPLITUDE", "uV"), ("P+_AMPLITUDE", "uV"), ("P-_AMPLITUDE", "uV"), ("T+_AMPLITUDE", "uV"),
    ("T-_AMPLITUDE", "uV"), ("ST_SLOPE", "uV/s"), ("", ""), ("", ""), ("", ""), ("", ""), ("VAT", "ms"), ("", ""), ("ST_J20", "uV"), ("ST_J60", "uV"), ("ST_J80", "uV"),
    ("ST_J_RR16", "uV"), ("ST_J_RR8", "uV"),
)  # fmt: skip


def measured(body: bytes) -> tuple[recordings.Given, ...]:
    """Section 7: intervals from the first (reference) beat, axes, rates, QTc."""
    if len(body) < 6:
        return ()
    count, spikes, rr, pp = struct.unpack_from("<BBHH", body)
    found = [*_value("RR", rr, "ms"), *_value("PP", pp, "ms")]
    if count and len(body) >= 22:
        found += _beat(struct.unpack_from("<5H3h", body, 6))
    place = 6 + 16 * count + 10 * spikes
    if place + 2 <= len(body):
        kinds = struct.unpack_from("<H", body, place)[0]
        place += 2 + (kinds if kinds < 29998 else 0)
        if place + 7 <= len(body):
            ventricular, atrial, corrected = struct.unpack_from("<HHH", body, place)
            formula = {2: "QTC_HODGES"}.get(body[place + 6], "QTC")
            found += [*_value("HR", ventricular, "bpm"), *_value("ATRIAL_RATE", atrial, "bpm"), *_value(formula, corrected, "ms")]
    return tuple(found)


def _beat(values: tuple[int, ...]) -> Iterator[recordings.Given]:
    at = {name: value for name, value in zip(_GLOBAL, values, strict=False) if value not in _NOTHING}
    for code, start, end in (("P_DUR", "P_onset", "P_offset"), ("PR", "P_onset", "QRS_onset"), ("QRS", "QRS_onset", "QRS_offset"), ("QT", "QRS_onset", "T_offset")):
        if start in at and end in at and at[end] >= at[start]:
            yield recordings.Given(code, float(at[end] - at[start]), "ms")
    for code, axis in zip(("P_AXIS", "QRS_AXIS", "T_AXIS"), values[5:], strict=True):
        if axis != 999 and abs(axis) <= 360:
            yield recordings.Given(code, float(axis), "deg")


def _value(code: str, value: int, unit: str) -> Iterator[recordings.Given]:
    if value and value not in _NOTHING:
        yield recordings.Given(code, float(value), unit)


def leadwise(body: bytes) -> tuple[recordings.Given, ...]:
    """Section 10: per lead durations and amplitudes."""
    found: list[recordings.Given] = []
    count, place = struct.unpack_from("<H", body)[0] if len(body) >= 4 else 0, 4
    for _ in range(min(count, 255)):
        if place + 4 > len(body):
            break
        number, length = struct.unpack_from("<HH", body, place)
        values = [struct.unpack_from("<h", body, at)[0] for at in range(place + 4, min(place + 4 + length, len(body) - 1), 2)]
        lead = recordings.BY_NUMBER.get(number, f"SCP {number}")
        found += [recordings.Given(code, float(value), unit, lead) for (code, unit), value in zip(_LEADWISE, values, strict=False) if code and value not in _NOTHING]
        place += 4 + length
    return tuple(found)


def texts(body: bytes, text: Texts) -> tuple[str, ...]:
    """Section 8: the interpretation as text."""
    return tuple(said for _, raw in _numbered(body) if (said := text(raw, 400)))


def coded(body: bytes, text: Texts) -> tuple[str, ...]:
    """Section 11: full text as it stands, universal codes as their acronyms (`SR`, `AFIB_PR`)."""
    found = []
    for _, raw in _numbered(body):
        if raw[:1] in (b"\1", b"\2", b"\3"):
            said = text(raw[1:].rstrip(b"\0").replace(b"\0", b" ") if not text.name.startswith("utf-16") else raw[1:], 400)
            if said and raw[0] != 3:
                found.append(said)
    return tuple(found)


def _numbered(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Statements after the head of sections 8 and 11: status, date, time, how many; each with its number and length."""
    place = 9
    for _ in range(body[8] if len(body) > 8 else 0):
        if place + 3 > len(body):
            return
        number, length = struct.unpack_from("<BH", body, place)
        yield number, body[place + 3 : place + 3 + length]
        place += 3 + length
