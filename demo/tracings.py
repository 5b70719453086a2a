"""Invented tracings: waves as bell curves along a heart's axis, seen by twelve leads, and what the centre made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from django.conf import settings

from demo.messages import Patient
from demo.staff import Staff
from demo.visits import township_of
from yilianti.care.diagnosis import actions, report
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.terms import Order
from yilianti.gateways.ecg_devices import receiving
from yilianti.record.recordings import api as recordings

RATE, SECONDS = 500, 10
_KEYS = UUID("6f0c4c1e-1111-4c1d-9a77-8d1b4c9f0e21")
#: wave: centre after R and width in seconds at 60 beats a minute, amplitude in mV on lead II
_WAVES = {"P": (-0.16, 0.025, 0.14), "Q": (-0.03, 0.008, -0.09), "R": (0.0, 0.011, 1.05), "S": (0.028, 0.010, -0.22), "T": (0.26, 0.050, 0.30)}
#: how each lead sees P, Q, R, S and T of lead II; limb leads follow from I and II
_SEEN = {
    "I": (0.7, 1.0, 0.62, 0.5, 0.75), "II": (1.0, 1.0, 1.0, 1.0, 1.0), "V1": (0.4, 0.0, 0.22, 4.2, -0.25), "V2": (0.5, 0.0, 0.45, 5.0, 0.9),
    "V3": (0.5, 0.0, 0.75, 3.4, 1.2), "V4": (0.6, 0.6, 1.25, 1.8, 1.15), "V5": (0.6, 1.0, 1.3, 0.7, 1.0), "V6": (0.6, 1.0, 1.05, 0.3, 0.8),
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """One invented patient's heart: rate, whether the rhythm is irregular without P, ST in mV by lead."""

    rate: float = 72
    fibrillates: bool = False
    st: tuple[tuple[str, float], ...] = ()


def samples(picture: Picture, seed: int) -> dict[str, np.ndarray]:
    """Ten seconds of twelve leads, whole microvolts."""
    chance = np.random.default_rng(seed)
    beats, at = [], 0.35
    while at < SECONDS:
        beats.append(at)
        spread = 0.22 if picture.fibrillates else 0.02
        at += 60 / picture.rate * (1 + spread * chance.standard_normal())
    t = np.arange(SECONDS * RATE) / RATE
    seen = {lead: _lead(t, beats, factors, picture, dict(picture.st).get(lead, 0.0), chance) for lead, factors in _SEEN.items()}
    one, two = seen["I"], seen["II"]
    limb = {"I": one, "II": two, "III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
    return {name: np.round(({**seen, **limb})[name] * 1000).astype(int) for name in recordings.LEADS}


def _lead(t: np.ndarray, beats: list[float], factors: tuple[float, ...], picture: Picture, st: float, chance: np.random.Generator) -> np.ndarray:
    values = 0.008 * chance.standard_normal(t.size) + 0.03 * np.sin(2 * np.pi * 0.2 * t + chance.uniform(0, 6))
    pace = (60 / picture.rate) ** 0.5  # a fast heart recovers sooner
    for beat in beats:
        after = t - beat
        for (name, (centre, width, height)), factor in zip(_WAVES.items(), factors, strict=True):
            slower = pace if name == "T" else 1.0
            if not (picture.fibrillates and name == "P"):
                values += height * factor * np.exp(-(((after / slower - centre) / width) ** 2) / 2)
        if st:  # from the J point until T falls
            values += st * _step((after - 0.03) / 0.006) * _step((0.25 * pace - after) / 0.03)
    if picture.fibrillates:
        values += 0.04 * np.sin(2 * np.pi * 6.2 * t + chance.uniform(0, 6))
    return values


def _step(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -50, 50))))


def as_csv(picture: Picture, seed: int, name: str, started_at: datetime) -> bytes:
    """The same as a file a cart would export, in the platform's own layout."""
    leads = samples(picture, seed)
    rows = "\n".join(",".join(str(value) for value in row) for row in zip(*leads.values(), strict=True))
    return f"# yilianti ecg\n# sampling_rate_hz: {RATE}\n# patient_name: {name}\n# started_at: {started_at:%Y-%m-%dT%H:%M:%S}\n{','.join(leads)}\n{rows}\n".encode()


@dataclass(frozen=True)
class Walk:
    """One exam of the demo: whose, how it looks, how far it has come."""

    who: str
    complaint: str
    urgency: str
    picture: Picture
    until: str
    minutes_ago: int
    statements: tuple[str, ...] = ()
    conclusion: str = ""
    heart_rate: float = 72


WALKS = (
    Walk("daoxiang", "胸痛两小时，出汗", "chest_pain", Picture(88, st=(("V2", 0.35), ("V3", 0.4), ("V4", 0.3), ("I", 0.12))), "concluded", 14, ("SR", "STEMI"), "窦性心律\n急性前壁ST段抬高型心肌梗死", 88),
    Walk("qinghe", "心慌一周", "routine", Picture(104, fibrillates=True), "queued", 12),
    Walk("qinghe", "高血压随访", "routine", Picture(66), "queued", 20),
    Walk("daoxiang", "术前检查", "routine", Picture(74), "issued", 200, ("SR", "NORM"), "窦性心律\n正常心电图", 74),
    Walk("daoxiang", "头晕，脉慢", "emergency", Picture(41), "issued", 400, ("SBRAD",), "窦性心动过缓", 41),
    Walk("qinghe", "体检", "routine", Picture(70), "acquired", 5),
)  # fmt: skip


def load(staff: Staff, patients: Sequence[Patient], at: datetime) -> list[Exam]:
    """Walk each exam as far as it has come."""
    made = []
    for number, walk in enumerate(WALKS):
        near = [patient for patient in patients if walk.who in (patient.home, township_of(patient.home))]
        made.append(_walked(staff, walk, number, near[number * 7 % len(near)], at - timedelta(minutes=walk.minutes_ago)))
    return made


def _walked(staff: Staff, walk: Walk, number: int, patient: Patient, at: datetime) -> Exam:
    doctor, reader, auditor = staff.actor(walk.who), staff.actor("ecg_reader"), staff.actor("ecg_auditor")
    order = Order(urgency=walk.urgency, complaint=walk.complaint, placer_number=f"YX-ECG-{number:03d}", fee=2000)
    exam = actions.order(actor=doctor, resident=patient.resident, institution=doctor.institution or 0, order=order, client_key=uuid5(_KEYS, str(number)), at=at)
    exam = receiving.receive(actor=doctor, number=exam.number, files={f"{exam.number}.csv": as_csv(walk.picture, number, patient.who.name, at)}, at=at)
    if walk.until == "acquired":
        return exam
    exam = actions.send(actor=doctor, number=exam.number, because="演示", at=at + timedelta(minutes=1))
    if walk.until == "queued":
        return exam
    said: dict[str, Any] = {"statements": walk.statements, "conclusion": walk.conclusion, "measurements": {"HR": walk.heart_rate}}
    actions.claim(actor=reader, number=exam.number, at=at + timedelta(minutes=3))
    exam = actions.conclude(actor=reader, number=exam.number, at=at + timedelta(minutes=8), **said)
    if walk.until == "concluded" or exam.recording_id is None:
        return exam
    tracing = recordings.tracing_of(exam.recording_id)
    return actions.issue(actor=auditor, number=exam.number, draw=lambda exam: report.sealed(exam, keys=settings.KEYS_DIR, tracing=tracing), at=at + timedelta(minutes=20), **said)
