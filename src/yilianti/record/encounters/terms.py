"""Encounters in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from yilianti.kernel.finding import Finding
from yilianti.kernel.terms import Term


class Kind(Term):
    """PV1-2 patient class, in the words of the FHIR Encounter class."""

    OUTPATIENT = "outpatient", "门诊", "out-patient"
    INPATIENT = "inpatient", "住院", "in-patient"
    EMERGENCY = "emergency", "急诊", "emergency"
    OTHER = "other", "其他", "other"


class State(Term):
    OPEN = "open", "就诊中", "in progress"
    CLOSED = "closed", "已结束", "finished"
    CANCELLED = "cancelled", "已撤销", "cancelled"


class Verb(Term):
    OPEN_ENCOUNTER = "open_encounter", "登记就诊", "open"
    TRANSFER = "transfer", "转科转床", "transfer"
    CLOSE = "close", "结束就诊", "close"
    CANCEL_OPEN = "cancel_open", "撤销登记", "cancel the opening"
    CANCEL_CLOSE = "cancel_close", "撤销结束", "cancel the closing"


class Change(Term):
    OPENED = "opened", "建立", "opened"
    TRANSFERRED = "transferred", "转科转床", "transferred"
    AMENDED = "amended", "更新", "amended"
    CLOSED = "closed", "结束", "closed"
    CANCELLED = "cancelled", "撤销", "cancelled"
    REOPENED = "reopened", "撤销结束", "closing cancelled"


class DiagnosisKind(Term):
    """DG1-6 (HL7 table 0052)."""

    ADMITTING = "admitting", "入院诊断", "admitting"
    WORKING = "working", "初步诊断", "working"
    FINAL = "final", "出院诊断", "final"


@dataclass(frozen=True)
class Diagnosis:
    """One diagnosis as the sender gave it; `kind` is a DiagnosisKind or "", `at` its moment."""

    name: str
    code: str = ""
    system: str = ""
    kind: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class EncounterContent:
    """What a message says of a visit. An empty value means “not said” and keeps what is known; `clears` names
    fields the sender emptied on purpose (HL7 `""`). Diagnoses replace those of the same kind; details are merged."""

    department: str = ""
    ward: str = ""
    bed: str = ""
    doctor: str = ""
    reason: str = ""
    diagnoses: tuple[Diagnosis, ...] = ()
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    clears: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Filed:
    """What an action did: the encounter, its state and version now, and what was noticed. `changed` is False when
    the record already said exactly this."""

    id: int
    number: str
    state: str
    version: int
    changed: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Visit:
    """An encounter as other rooms may know it."""

    id: int
    number: str
    resident_id: int
    institution_id: int
    visit_number: str
    kind: str
    state: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Stay:
    """Somebody who lies in a bed: `code` and `diagnosis` are the weightiest diagnosis given so far, `ward`, `bed` and `doctor` as the sender wrote them."""

    number: str
    resident_id: int
    institution_id: int
    department: str
    ward: str
    bed: str
    doctor: str
    code: str
    diagnosis: str
    opened_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Happening:
    """One light line of a timeline; the record rooms and the desks share its shape."""

    source: str
    id: int
    number: str
    at: datetime
    title: str
    kind: str
    kind_label: str
    institution_id: int
    institution: str
    note: str = ""
    state: str = ""
    tone: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Narrowing:
    """Filters of a timeline: half-open moments, an institution, kinds of the room, a text."""

    institution: int | None = None
    kinds: tuple[str, ...] = ()
    from_at: datetime | None = None
    until_at: datetime | None = None
    text: str = ""


class Sharing(Term):
    """Why a resident's items of other institutions may be read, or not; and whether sealed ones are among them."""

    ALLOWED = "allowed", "居民已同意共享", "the resident agreed to sharing"
    SEPARATELY = "separately", "居民已单独同意共享敏感内容", "the resident agreed to sharing sensitive items too"
    EMERGENCY = "emergency", "紧急调阅", "opened in an emergency"
    NO_CONSENT = "no_consent", "居民未同意（或已撤回）跨机构调阅", "no consent in force"
    NO_RELATION = "no_relation", "本机构与该居民没有诊疗关系", "no care relation with your institution"

    @property
    def is_wide(self) -> bool:
        """Items of other institutions are shown."""
        return self in (Sharing.ALLOWED, Sharing.SEPARATELY, Sharing.EMERGENCY)

    @property
    def is_unsealed(self) -> bool:
        """Sealed items are shown too."""
        return self in (Sharing.SEPARATELY, Sharing.EMERGENCY)

#: What each journal word of this room is called on pages.
JOURNAL = {
    "encounter.amended": "更正就诊", "encounter.closed": "就诊结束", "encounter.open_cancelled": "撤销就诊",
    "encounter.opened": "就诊开始", "encounter.reopened": "恢复就诊", "encounter.transferred": "转科",
}  # fmt: skip
