"""What leads are called: one spelling for each, whatever a maker, EN 1064 or ISO/IEEE 11073-10101 call it."""

from __future__ import annotations

import re

from yilianti.record.recordings.terms import LEADS

#: EN 1064 (SCP-ECG), table of lead identifiers; ISO/IEEE 11073-10101 uses the same numbers (2:1 is lead I).
BY_NUMBER = {
    1: "I", 2: "II", 3: "V1", 4: "V2", 5: "V3", 6: "V4", 7: "V5", 8: "V6", 9: "V7", 10: "V2R", 11: "V3R", 12: "V4R", 13: "V5R", 14: "V6R", 15: "V7R",
    16: "X", 17: "Y", 18: "Z", 19: "CC5", 20: "CM5", 21: "LA", 22: "RA", 23: "LL", 24: "fI", 25: "fE", 26: "fC", 27: "fA", 28: "fM", 29: "fF", 30: "fH",
    61: "III", 62: "aVR", 63: "aVL", 64: "aVF", 65: "-aVR", 66: "V8", 67: "V9", 68: "V8R", 69: "V9R", 70: "D", 71: "A", 72: "J",
    85: "MCL", 86: "MCL1", 87: "MCL2", 88: "MCL3", 89: "MCL4", 90: "MCL5", 91: "MCL6", 92: "CC", 93: "CC1", 94: "CC2", 95: "CC3", 96: "CC4", 97: "CC6",
    98: "CC7", 99: "CM", 100: "CM1", 101: "CM2", 102: "CM3", 103: "CM4", 104: "CM6", 131: "ES", 132: "AS", 133: "AI",
}  # fmt: skip
_SPELT = {name.upper(): name for name in (*LEADS, *BY_NUMBER.values())} | {
    "VR": "aVR", "VL": "aVL", "VF": "aVF", "L1": "I", "L2": "II", "L3": "III", "1": "I", "2": "II", "3": "III", "Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III",
    **{f"C{number}": f"V{number}" for number in range(1, 7)},
}  # fmt: skip
_BEFORE = re.compile(r"^(?:MDC_)?(?:ECG_)?(?:LEADS?|CHANNEL|导联)[\s_:.-]*", re.I)
_AFTER = re.compile(r"(?:[\s_]*\((?:EINTHOVEN|GOLDBERGER|WILSON)[^)]*\)|[\s_]+LEAD|导联|[\s_]*[\[(](?:uV|µV|μV|mV|V)[\])])$", re.I)


def lead_name(text: str) -> str:
    """The usual name of a lead (`aVR`, `V1`) for any spelling of it (`MDC_ECG_LEAD_AVR`, `Lead aVR`, `avr`); another text stays as it is."""
    plain = _AFTER.sub("", _BEFORE.sub("", text.strip()[:80])).strip()
    return _SPELT.get(plain.upper().replace(" ", "").replace("_", ""), plain[:20])


def is_lead(text: str) -> bool:
    """Whether a text names one of the twelve leads or another that the standards know."""
    return lead_name(text) in _SPELT.values()
