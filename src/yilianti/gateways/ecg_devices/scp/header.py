"""Section 1 of SCP-ECG: who was recorded, when, with what; texts in the character set that the device names."""

from __future__ import annotations

import struct
from datetime import date, datetime, timedelta, timezone

from yilianti.gateways.ecg_devices.refusing import truncated
from yilianti.record.recordings import api as recordings

_MAKERS = {
    1: "Burdick", 2: "Cambridge Heart", 3: "Compumed", 4: "Datamed", 5: "Fukuda Denshi", 6: "Hewlett-Packard", 7: "Marquette", 8: "Mortara", 9: "Nihon Kohden", 10: "Okin",
    11: "Quinton", 12: "Siemens", 13: "SpaceLabs", 14: "Telemed", 15: "Hellige", 16: "Esaote", 17: "Schiller", 18: "Picker-Schwarzer", 19: "Elettronica Trentina", 20: "Zwonitz",
}  # fmt: skip
#: Language support code (EN 1064, tag 14 byte 17) → character set.
_SETS = {
    0x03: "iso8859-2", 0x0B: "iso8859-4", 0x13: "iso8859-5", 0x1B: "iso8859-6", 0x23: "iso8859-7", 0x2B: "iso8859-8", 0x33: "iso8859-11", 0x3B: "iso8859-15", 0x07: "utf-16-le",
    0x0F: "shift_jis", 0x17: "euc_jp", 0x1F: "euc_jp", 0x27: "gb18030", 0x2F: "euc_kr", 0x37: "utf-8",
}  # fmt: skip
_AGE = {1: 1.0, 2: 1 / 12, 3: 7 / 365.25, 4: 1 / 365.25, 5: 1 / 8766}


class Texts:
    """Decodes the texts of one record; `notes` say where its character set was not the one it names."""

    def __init__(self, language: int, version: int) -> None:
        self.name = "utf-8" if version >= 30 else "latin-1" if language & 3 == 1 else _SETS.get(language, "")
        self.notes: dict[str, None] = {}

    def __call__(self, raw: bytes, longest: int = 200) -> str:
        if self.name.startswith("utf-16"):
            return recordings.clean(raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else self.name, "replace").partition("\0")[0], longest)
        raw = raw.partition(b"\0")[0]
        latin = recordings.mislabelled(raw) if self.name == "latin-1" else None
        if latin is not None:
            self.notes["文字声明为西文，实际是 GB18030，已按后者读出，请核对姓名"] = None
            return recordings.clean(latin, longest)
        try:
            return recordings.clean(raw.decode(self.name or "ascii"), longest)
        except UnicodeDecodeError:
            text, note = recordings.undeclared(raw)
            self.notes[note or "文字按 UTF-8 读出，文件没有这样声明"] = None
            return recordings.clean(text, longest)


def tags(body: bytes) -> dict[int, list[bytes]]:
    """The fields of section 1 by tag; the last is 255, some devices forget it."""
    found: dict[int, list[bytes]] = {}
    place = 0
    while place + 3 <= len(body) and body[place] != 255:
        tag, length = struct.unpack_from("<BH", body, place)
        if place + 3 + length > len(body):
            raise truncated(f"第 1 节的字段 {tag}", f"field {tag} of section 1")
        found.setdefault(tag, []).append(body[place + 3 : place + 3 + length])
        place += 3 + length
    return found


def language(fields: dict[int, list[bytes]]) -> int:
    """The language support code of the acquiring device, else of the analysing one."""
    return next((raw[16] for tag in (14, 15) for raw in fields.get(tag, []) if len(raw) > 16), 0)


def subject(fields: dict[int, list[bytes]], text: Texts) -> recordings.Subject:
    """Tags 0 to 5 and 8."""
    age, born, sex = _first(fields, 4), _first(fields, 5), _first(fields, 8)
    years = _AGE.get(age[2]) if len(age) >= 3 else None
    return recordings.Subject(
        identifier=text(_first(fields, 2), 80), name=recordings.full_name(*(text(_first(fields, tag)) for tag in (0, 3, 1))), sex={1: "M", 2: "F"}.get(sex[0] if sex else 0, ""),
        born_on=_day(born), age_years=round(struct.unpack_from("<H", age)[0] * years, 3) if years is not None else None,
    )  # fmt: skip


def started(fields: dict[int, list[bytes]]) -> datetime | None:
    """Tags 25 and 26; a zone only where tag 34 gives an offset."""
    on, at, zone = _day(_first(fields, 25)), _first(fields, 26), _first(fields, 34)
    if on is None or len(at) < 3 or at[0] > 23 or at[1] > 59 or at[2] > 59:
        return None
    minutes = struct.unpack_from("<h", zone)[0] if len(zone) >= 2 else 0x7FFF
    return datetime(on.year, on.month, on.day, at[0], at[1], at[2], tzinfo=timezone(timedelta(minutes=minutes)) if abs(minutes) < 1440 else None)


def device(fields: dict[int, list[bytes]], text: Texts) -> recordings.Device:
    """Tag 14 (machine), 16 (institution), 22 (technician). In the machine's field the model stands at byte 9, texts after byte 36."""
    raw = _first(fields, 14)
    length = raw[35] if len(raw) > 35 else 0
    words = raw[36 + length :].split(b"\0") if len(raw) > 36 else []
    serial, system, _, maker = (text(word, 80) for word in (words + [b""] * 4)[:4])
    model = text(raw[8:14], 40) if len(raw) >= 14 else ""
    return recordings.Device(
        maker=maker or _MAKERS.get(raw[7] if len(raw) > 7 else 0, ""), model=model, serial=serial, software=system or text(raw[36 : 36 + length], 80),
        institution=text(_first(fields, 16)) or text(_first(fields, 18)), operator=text(_first(fields, 22)),
    )  # fmt: skip


def filters(fields: dict[int, list[bytes]]) -> recordings.Filters:
    """Tag 27 in hundredths of a hertz, tag 28 in hertz, tag 29 bits: 60 Hz notch, 50 Hz notch."""
    high, low, bits = (_number(_first(fields, tag)) for tag in (27, 28, 29))
    notch = None if bits is None else 60.0 if bits & 1 else 50.0 if bits & 2 else None
    return recordings.Filters(high / 100 if high else None, float(low) if low else None, notch)


def order(fields: dict[int, list[bytes]], text: Texts) -> str:
    """Tag 31, the sequence number of the ECG."""
    return text(_first(fields, 31), 80)


def free_texts(fields: dict[int, list[bytes]], text: Texts) -> tuple[str, ...]:
    """Tags 13 (referral indication) and 30 (free text)."""
    return tuple(said for tag in (13, 30) for raw in fields.get(tag, [])[:20] if (said := text(raw, 300)))


def _first(fields: dict[int, list[bytes]], tag: int) -> bytes:
    return next(iter(fields.get(tag, [])), b"")


def _number(raw: bytes) -> int | None:
    return int.from_bytes(raw[:2], "little") if raw else None


def _day(raw: bytes) -> date | None:
    if len(raw) < 4:
        return None
    try:
        return date(*struct.unpack_from("<HBB", raw))
    except ValueError:
        return None
