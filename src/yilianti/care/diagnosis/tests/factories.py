"""A village that records, a centre with three physicians, and an exam in any state, for tests of this room and of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np

from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.models import Delegation, Exam, ReportTemplate
from yilianti.care.diagnosis.terms import Order
from yilianti.kernel.actor import Actor
from yilianti.record.recordings import api as recordings
from yilianti.record.recordings.api import Lead, Tracing
from yilianti.registry.access import api as access
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.institutions.models import Centre, Consortium
from yilianti.registry.residents import api as residents

PDF = b"%PDF-1.4 a report"


@dataclass(frozen=True)
class Scene:
    """A township doctor with a patient; at the county hospital's centre a reader, an auditor and the head; and a stranger."""

    county: staff.County
    doctor: Actor
    reader: Actor
    auditor: Actor
    head: Actor
    stranger: Actor
    resident: residents.Resident


def actor(place: Any, role: str, at: datetime) -> Actor:
    """Somebody of that role there, as they would act if they signed in."""
    made = access.actor_for(staff.staff(place, role).id, at)
    assert made is not None
    return made


def scene(at: datetime) -> Scene:
    county = staff.county()
    for host, code in ((county.hospital, "yunxi"), (county.other_hospital, "shiqiao")):
        Centre.objects.create(consortium=Consortium.objects.get(code=code), kind="ecg", host=host, from_on=staff.LONG_AGO)
    doctor = actor(county.township, "township_doctor", at)
    registered = residents.register(
        actor=doctor, at=at, identifiers=[], demographics=residents.Demographics(name="苏禾", sex="2", born_on=None, phone="", address="", home=county.township.id)
    )
    return Scene(county, doctor, actor(county.hospital, "centre_reader", at), actor(county.hospital, "centre_auditor", at), actor(county.hospital, "centre_head", at),
                 actor(county.other_hospital, "centre_reader", at), registered.resident)  # fmt: skip


def tracing(seed: int = 1) -> Tracing:
    """Ten seconds of twelve leads of noise: nothing of it is read, it only has to be kept."""
    numbers = np.random.default_rng(seed)
    return Tracing("csv", tuple(Lead(name, numbers.integers(-500, 500, 5000).astype(np.int16), 2.5) for name in recordings.LEADS), 500.0)


def ordered(scene: Scene, at: datetime, **changes: Any) -> Exam:
    given = {"complaint": "胸闷三天", **changes}
    return actions.order(actor=scene.doctor, resident=scene.resident.id, institution=scene.county.township.id, order=Order(**given), client_key=uuid4(), at=at)


def acquired(scene: Scene, at: datetime, quality: tuple[Any, ...] = (), recorded: Tracing | None = None, **changes: Any) -> Exam:
    exam = ordered(scene, at, **changes)
    kept = recordings.keep(actor=scene.doctor, institution_id=exam.institution_id, content=exam.number.encode(), format="csv", tracing=recorded or tracing(), at=at)
    return actions.acquire(actor=scene.doctor, number=exam.number, recording=kept, quality=quality, measured={"HR": 72.0}, suggested=["SR"], at=at)


def queued(scene: Scene, at: datetime, **changes: Any) -> Exam:
    return actions.send(actor=scene.doctor, number=acquired(scene, at, **changes).number, at=at)


def concluded(scene: Scene, at: datetime, statements: tuple[str, ...] = ("SR",), measurements: dict[str, float] | None = None, **changes: Any) -> Exam:
    exam = queued(scene, at, **changes)
    actions.claim(actor=scene.reader, number=exam.number, at=at)
    return actions.conclude(actor=scene.reader, number=exam.number, statements=statements, conclusion="窦性心律", measurements=measurements or {"HR": 72.0}, at=at)


def issued(scene: Scene, at: datetime, **changes: Any) -> Exam:
    exam = concluded(scene, at, **changes)
    return actions.issue(actor=scene.auditor, number=exam.number, statements=exam.statements, conclusion=exam.conclusion, measurements=exam.measurements, draw=lambda exam: PDF, at=at)


def delegated(place: Any, at: datetime) -> Delegation:
    """The head of a centre lets an auditor decide for a day."""
    head, auditor = actor(place, "centre_head", at), actor(place, "centre_auditor", at)
    return actions.delegate(actor=head, person=auditor.person or 0, from_at=at, until_at=at + timedelta(days=1), at=at)


def template(place: Any) -> ReportTemplate:
    """A template of the whole centre."""
    return ReportTemplate.objects.get_or_create(centre=place, modality="ecg", owner=None, name="正常", defaults={"statements": ["SR"], "conclusion": "窦性心律"})[0]
