"""A referral brought to each state in which somebody owes something, and the step that keeps the promise: for tests here and of what follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from yilianti.care.referral import actions
from yilianti.care.referral.models import Referral
from yilianti.care.referral.rules.promises import Promise
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.factories import Scene

Bring = Callable[[Scene, datetime], Referral]
Keep = Callable[[Scene, str, datetime], object]


def _approval(scene: Scene, at: datetime) -> Referral:
    place = scene.county.other_hospital
    place.connected = False
    place.save()
    return factories.submitted(scene, at, to_institution=place.id)


def _sent_out(scene: Scene, at: datetime) -> Referral:
    return actions.approve_out(actor=_colleague(scene, at), number=_approval(scene, at).number, at=at)


def _colleague(scene: Scene, at: datetime) -> factories.Actor:
    return factories.actor(scene.county.township, "township_doctor", at)


def _assigned(scene: Scene, at: datetime) -> Referral:
    return actions.assign(actor=scene.office, number=factories.submitted(scene, at).number, department=scene.cardiology.id, at=at)


def _sent_back(scene: Scene, at: datetime) -> Referral:
    return actions.send_back(actor=scene.office, number=factories.submitted(scene, at).number, note="请补充心电图", at=at)


def _rerouting(scene: Scene, at: datetime) -> Referral:
    made = factories.submitted(scene, at)
    return actions.propose_redirect(actor=scene.office, number=made.number, to_institution=scene.county.other_hospital.id, note="对方有卒中中心", at=at)


def _advised(scene: Scene, at: datetime) -> Referral:
    return actions.advise(actor=scene.department, number=factories.submitted(scene, at, service="advice").number, advice="加用氨氯地平，两周后复查。", at=at)


def _home(scene: Scene, at: datetime) -> Referral:
    origin = factories.discharged(scene, at - timedelta(days=5))
    home = actions.offer_home(actor=scene.department, number=origin.number, application=factories.home_application(scene, origin), client_key=uuid4(), at=at)
    return actions.accept(actor=scene.township, number=home.number, appointment_at=at + timedelta(days=1), at=at)


def _asked(scene: Scene, at: datetime) -> Referral:
    made = factories.accepted(scene, at)
    actions.say(actor=scene.office, number=made.number, text="血钾多少？", kind="question", at=at)
    return made


def _again(scene: Scene, number: str, at: datetime) -> object:
    return actions.submit(actor=scene.township, resident=scene.resident.id, application=factories.application(scene), client_key=uuid4(), number=number, at=at)


BRING: dict[Promise, Bring] = {
    Promise.APPROVAL: _approval, Promise.ANSWER: factories.submitted, Promise.DEPARTMENT: _assigned, Promise.COMPLETION: _sent_back, Promise.REDIRECT: _rerouting,
    Promise.ADVICE: _advised, Promise.ARRIVAL: factories.accepted, Promise.OUTCOME: _sent_out, Promise.FOLLOW_UP: _home, Promise.QUESTION: _asked,
}  # fmt: skip
KEEP: dict[Promise, Keep] = {
    Promise.APPROVAL: lambda s, n, at: actions.approve_out(actor=_colleague(s, at), number=n, at=at),
    Promise.ANSWER: lambda s, n, at: actions.accept(actor=s.office, number=n, appointment_at=at + timedelta(hours=1), at=at),
    Promise.DEPARTMENT: lambda s, n, at: actions.take(actor=s.department, number=n, appointment_at=at + timedelta(hours=1), at=at),
    Promise.COMPLETION: _again,
    Promise.REDIRECT: lambda s, n, at: actions.agree_redirect(actor=s.township, number=n, consent="家属电话同意", at=at),
    Promise.ADVICE: lambda s, n, at: actions.adopt(actor=s.township, number=n, note="已调整用药", at=at),
    Promise.ARRIVAL: lambda s, n, at: actions.arrive(actor=s.office, number=n, arrived_at=at, at=at),
    Promise.OUTCOME: lambda s, n, at: actions.note_outcome(actor=s.township, number=n, outcome="admitted", outcome_on=at.date(), note="", at=at),
    Promise.FOLLOW_UP: lambda s, n, at: actions.follow_up(actor=s.township, number=n, note="血压平稳", followed_up_at=at, at=at),
    Promise.QUESTION: lambda s, n, at: actions.say(actor=s.township, number=n, text="4.1", kind="answer", at=at),
}  # fmt: skip
