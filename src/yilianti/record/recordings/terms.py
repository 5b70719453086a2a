"""What a device recorded, in words and arrays: formats, leads, a tracing as its file holds it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np

from yilianti.kernel.terms import Term


class Format(Term):
    DICOM = "dicom", "DICOM 心电波形", "DICOM ECG waveform"
    AECG = "aecg", "HL7 aECG", "HL7 aECG"
    SCP = "scp", "SCP-ECG", "SCP-ECG"
    MUSE = "muse", "GE MUSE XML", "GE MUSE XML"
    PHILIPS = "philips", "飞利浦 XML", "Philips XML"
    WFDB = "wfdb", "WFDB", "WFDB"
    CSV = "csv", "CSV 导联数据", "CSV of leads"
    PDF = "pdf", "PDF 图纸", "PDF"
    IMAGE = "image", "图像", "image"


#: The twelve leads in the order in which they are read and printed.
LIMB = ("I", "II", "III", "aVR", "aVL", "aVF")
CHEST = ("V1", "V2", "V3", "V4", "V5", "V6")
LEADS = LIMB + CHEST


@dataclass(frozen=True, eq=False)
class Lead:
    """One lead as stored: integer or real `samples`, one microvolt value being `samples * scale + offset`.
    `derived` says that the file does not hold it and how it was made of others (III = II − I)."""

    name: str
    samples: np.ndarray
    scale: float = 1.0
    offset: float = 0.0
    derived: str = ""

    def microvolts(self) -> np.ndarray:
        """The samples in µV, float64, shape (n,)."""
        return np.asarray(self.samples, dtype=np.float64) * self.scale + self.offset


@dataclass(frozen=True)
class Subject:
    """The person as the file names them, nothing interpreted but the character set, the sex and the birthday."""

    identifier: str = ""
    name: str = ""
    sex: str = ""  # M, F or nothing
    born_on: date | None = None
    age_years: float | None = None


@dataclass(frozen=True)
class Device:
    """Who made the recording, as the file says."""

    maker: str = ""
    model: str = ""
    serial: str = ""
    software: str = ""
    institution: str = ""
    operator: str = ""


@dataclass(frozen=True)
class Filters:
    """What the device had filtered before it stored the samples, in Hz; None where the file does not say."""

    high_pass: float | None = None
    low_pass: float | None = None
    notch: float | None = None


@dataclass(frozen=True)
class Given:
    """One measurement that the device made itself: `code` as in `measurements` of a report where known, else the maker's; lead-wise ones name their lead."""

    code: str
    value: float
    unit: str
    lead: str = ""


@dataclass(frozen=True)
class Mark:
    """One annotation over time: what, and from where to where in seconds from the first sample (an instant has both the same)."""

    code: str
    start: float
    end: float
    lead: str = ""


@dataclass(frozen=True, eq=False)
class Tracing:
    """A resting recording as its file holds it: leads in the file's order, all at `rate` samples a second.
    `median` are the representative beats, where the file has them, at `median_rate`; `notes` say what the reader had to decide."""

    format: str
    leads: tuple[Lead, ...]
    rate: float
    started_at: datetime | None = None  # without a time zone where the file names none
    subject: Subject = field(default_factory=Subject)
    device: Device = field(default_factory=Device)
    filters: Filters = field(default_factory=Filters)
    given: tuple[Given, ...] = ()
    statements: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    median: tuple[Lead, ...] = ()
    median_rate: float = 0.0
    key: str = ""  # the file's own unique name: SOP instance UID, aECG root id, …
    order: str = ""  # the order or accession number in it
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.leads[0].samples) / self.rate if self.leads else 0.0

    def lead(self, name: str) -> Lead | None:
        return next((lead for lead in self.leads if lead.name == name), None)

    def names(self) -> tuple[str, ...]:
        return tuple(lead.name for lead in self.leads)


def twelve(tracing: Tracing) -> Tracing:
    """The tracing with the limb leads that follow from two recorded ones added, marked as derived; recorded leads and their order stay.
    Einthoven: III = II − I; Goldberger: aVR = −(I + II) / 2, aVL = I − II / 2, aVF = II − I / 2."""
    two = _two(tracing)
    if two is None:
        return tracing
    first, second = two
    made = {
        "I": (first, "II − III"), "II": (second, "I + III"), "III": (second - first, "II − I"), "aVR": (-(first + second) / 2, "−(I + II) / 2"),
        "aVL": (first - second / 2, "I − II / 2"), "aVF": (second - first / 2, "II − I / 2"),
    }  # fmt: skip
    added = tuple(Lead(name, samples, derived=how) for name, (samples, how) in made.items() if tracing.lead(name) is None)
    return replace(tracing, leads=(*tracing.leads, *added)) if added else tracing


def _two(tracing: Tracing) -> tuple[np.ndarray, np.ndarray] | None:
    """I and II in µV from whichever two of I, II and III are there."""
    have = {name: lead.microvolts() for name in ("I", "II", "III") if (lead := tracing.lead(name)) is not None}
    if "I" in have and "II" in have:
        return have["I"], have["II"]
    if "I" in have and "III" in have:
        return have["I"], have["I"] + have["III"]
    if "II" in have and "III" in have:
        return have["II"] - have["III"], have["II"]
    return None


class Unreadable(Exception):
    """A file that no tracing can be read from: `zh` says why and what to do; nothing of it is guessed."""

    def __init__(self, code: str, zh: str, en: str = "") -> None:
        super().__init__(zh)
        self.code, self.zh, self.en = code, zh, en or code


#: What each journal word of this room is called on pages.
JOURNAL = {"recordings.kept": "保存记录"}
