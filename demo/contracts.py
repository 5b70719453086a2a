"""Family doctors in the county: a team in each township, people of the villages signed, what was done of it, and what was not."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.utils import timezone
from PIL import Image, ImageDraw

from demo.messages import Patient
from demo.places import CONSORTIUM, REGION, TOWNSHIPS
from demo.staff import STAFF, Staff
from demo.visits import township_of
from yilianti.care.contract import actions, book, queries, rules
from yilianti.care.contract.models import Contract, Team
from yilianti.care.contract.terms import EVERYBODY, PackageKind, Said, Told
from yilianti.kernel.actor import Actor
from yilianti.registry.residents import api as residents

#: how many people are signed, and what their doctors noted of some of them
SIGNED, _NOTED = 48, {0: ("hypertension", "门诊病历，三次血压升高"), 1: ("diabetes", "出院诊断"), 3: ("hypertension", "县医院出院小结")}


def load(staff: Staff, patients: list[Patient], now: datetime) -> int:
    """Teams, contracts in every state, a ledger with gaps; returns how many contracts there are."""
    founded = now - timedelta(days=110)
    teams = {key: _team(staff, key, founded) for key in TOWNSHIPS}
    for place, (patient, doctor) in enumerate(_served(staff, patients)):
        _one(staff, teams[township_of(patient.home)], patient, doctor, place, now)
    _known_but_not_signed(staff, patients, now)
    return Contract.objects.count()


def _served(staff: Staff, patients: list[Patient]) -> Iterator[tuple[Patient, Actor]]:
    """Every second of those whose village has a doctor, the eldest of them first."""
    doctors = {member.place: member.key for member in STAFF if member.role == "village_doctor"}
    near = [patient for patient in patients if patient.home in doctors and (person := residents.get(patient.resident)) is not None and person.died_at is None]
    eldest = sorted(near, key=lambda patient: (patient.who.born_on, patient.serial))[: SIGNED * 2]
    for patient in [one for number, one in enumerate(eldest) if number % 2 == 0]:
        yield patient, staff.actor(doctors[patient.home])


def _known_but_not_signed(staff: Staff, patients: list[Patient], now: datetime) -> None:
    """Some with high pressure have no contract yet: they too stand in the denominator."""
    signed = set(Contract.objects.values_list("resident", flat=True))
    at = now - timedelta(days=30)
    for patient in [one for one in patients if one.who.born_on.year < 1970 and one.resident not in signed][:40:4]:
        there = Actor.system("演示装入", institution=staff.county.id(patient.home), consortium=CONSORTIUM, region=REGION)
        actions.tag(actor=there, resident=patient.resident, tag="hypertension", from_on=timezone.localdate(at), source="document", record=f"TJ{patient.serial:05d}", at=at)


def _team(staff: Staff, key: str, at: datetime) -> Team:
    """Led by the township's doctor, with the doctors of its villages."""
    leader = next(member for member in STAFF if member.place == key and member.role == "township_doctor")
    village = [member for member in STAFF if member.role == "village_doctor" and township_of(member.place) == key]
    members = {staff.posts[leader.key].person_id: "leader"} | {staff.posts[member.key].person_id: "village_doctor" for member in village}
    place = staff.county.at[key]
    return actions.found_team(actor=staff.actor(leader.key), institution=place.id, name=f"{place.short_name.removesuffix('卫生院')}家庭医生团队", members=members, phone="0000-8001000", limit=600, at=at)


def _one(staff: Staff, team: Team, patient: Patient, doctor: Actor, place: int, now: datetime) -> None:
    at = (timezone.localtime(now) - timedelta(days=100 - place * 2)).replace(hour=8, minute=40, second=0, microsecond=0)
    if place % 4 in _NOTED and patient.who.born_on.year < 1980:
        tag, evidence = _NOTED[place % 4]
        actions.tag(actor=doctor, resident=patient.resident, tag=tag, from_on=timezone.localdate(at), evidence=evidence, at=at)
    made = actions.propose(actor=doctor, resident=patient.resident, told=Told(team.id, _fitting(doctor, patient, at), 12), client_key=uuid5(_KEY, patient.number), at=at)
    if place == SIGNED - 1:
        return  # waits for the resident's word
    if place % 17 == 16:
        actions.refuse(actor=doctor, number=made.number, because="想先和子女商量，下月再说", at=at + timedelta(minutes=10))
        return
    actions.confirm(actor=doctor, number=made.number, said=Said("signature", picture=_signature(place)), at=at + timedelta(minutes=6))
    _served_since(doctor, made, place, now)


def _fitting(doctor: Actor, patient: Patient, at: datetime) -> tuple[str, ...]:
    """Every basic package that fits, as the page proposes them."""
    day = timezone.localdate(at)
    noted = [one.tag for one in queries.noted(patient.resident, day)]
    tags = rules.tags_of(book.tags(day, doctor.scope), born_on=patient.who.born_on, sex=patient.who.sex, day=day, noted=noted)
    return tuple(code for code, package in book.packages(day, doctor.scope).items() if package.kind == PackageKind.BASIC and any(tag in tags or tag == EVERYBODY for tag in package.tags))


def _served_since(doctor: Actor, made: Contract, place: int, now: datetime) -> None:
    """Most was done in its time, some late, some not at all."""
    today = timezone.localdate(now)
    for number, one in enumerate(made.obligations.filter(opens_on__lt=today).order_by("due_on", "id")):
        done_on = one.opens_on + timedelta(days=(2, 4, 9)[(place + number) % 3])
        if (place + number) % 5 == 4 or done_on >= today:
            continue
        actions.fulfil(actor=doctor, number=made.number, obligation=one.pk, done_on=done_on, evidence=_EVIDENCE.get(one.item, "已完成，记在居民健康档案"), at=_evening(done_on))
    if place % 12 == 5:
        actions.rate(actor=doctor, number=made.number, score="content" if place % 24 == 5 else "fair", text="打电话会回，来得准时" if place % 24 == 5 else "希望周末也能来", at=now - timedelta(days=2))
    if place % 20 == 9:
        actions.end(actor=doctor, number=made.number, reason="moved", stopped_on=today - timedelta(days=3), note="随子女迁往外县，家属电话告知，村委会证实", at=now - timedelta(days=1))


_EVIDENCE = {"record": "已核对并更新健康档案", "visit": "上门随访，量血压、问用药，已记录", "yearly": "在卫生院体检，结果已告知", "check": "身高体重、发育正常"}
_KEY = UUID("6f1d1c46-2f0e-4b55-9a3e-5d1f7c3a9b10")


def _evening(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 17, 20))  # noqa: DTZ001 - made aware


def _signature(seed: int) -> bytes:
    """Strokes that look like a hurried name; nobody's."""
    image = Image.new("RGBA", (320, 130))
    pen = ImageDraw.Draw(image)
    for stroke in range(4):
        points = [(20 + stroke * 70 + step * 14, 65 + ((seed * 7 + stroke * 13 + step * step * 5) % 70) - 35) for step in range(5)]
        pen.line(points, fill=(20, 35, 46, 255), width=4, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
