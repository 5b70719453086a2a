"""What people of the county take and do not tolerate: ordered in the townships, asked by their doctors; all invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from demo import visits
from demo.messages import Patient
from demo.places import CONSORTIUM, REGION
from demo.river import Story
from demo.stage import Stage
from yilianti.kernel.actor import Actor
from yilianti.record.prescriptions import api as prescriptions
from yilianti.record.prescriptions.api import Intolerance, Medicine, OrderSaid

#: what goes together for somebody of that age: pressure, sugar, heart, lungs
_TAKEN = (
    (Medicine("苯磺酸氨氯地平片", dose="5mg", route="口服", frequency="每日1次"), Medicine("缬沙坦胶囊", dose="80mg", route="口服", frequency="每日1次")),
    (Medicine("盐酸二甲双胍片", dose="0.5g", route="口服", frequency="每日3次", instructions="餐中服"), Medicine("格列美脲片", dose="2mg", route="口服", frequency="每日1次", instructions="早餐前")),
    (Medicine("阿司匹林肠溶片", dose="100mg", route="口服", frequency="每日1次"), Medicine("阿托伐他汀钙片", dose="20mg", route="口服", frequency="每晚1次"),
     Medicine("酒石酸美托洛尔片", dose="25mg", route="口服", frequency="每日2次")),
    (Medicine("噻托溴铵粉吸入剂", dose="18μg", route="吸入", frequency="每日1次"), Medicine("沙丁胺醇气雾剂", dose="100μg", route="吸入", frequency="必要时")),
)  # fmt: skip
_NOT_TOLERATED = (
    Intolerance("drug", "青霉素", severity="severe", reaction="过敏性休克"), Intolerance("drug", "磺胺类", severity="moderate", reaction="皮疹"),
    Intolerance("none"), Intolerance("food", "海虾", severity="mild", reaction="荨麻疹"), Intolerance("none"),
    Intolerance("drug", "碘造影剂", severity="moderate", reaction="恶心、皮疹"),
)  # fmt: skip


def all_medicines(s: Stage, patients: list[Patient], now: datetime) -> Iterator[Story]:
    """Every second of those beyond fifty takes something; most of these were asked what they do not tolerate, the others not yet."""
    elderly = [patient for patient in patients if patient.who.born_on.year < 1975]
    for place, patient in enumerate(elderly[::2]):
        yield taken(s, patient, place, _morning(now, 15 + place % 40))
        if place % 4:
            yield asked(s, patient, place, _morning(now, 15 + place % 40) + timedelta(minutes=5))


def taken(s: Stage, patient: Patient, place: int, start: datetime) -> Story:
    """The township's system tells what was ordered, to be taken from then on."""
    at = yield start
    here = s.staff.county.id(visits.township_of(patient.home))
    for number, medicine in enumerate(_TAKEN[place % len(_TAKEN)], 1):
        order = OrderSaid(f"CF{patient.serial:06d}-{number}", "active", at, at)
        prescriptions.file_prescription(actor=_system(here), resident_id=patient.resident, institution_id=here, encounter_id=None, order=order, medicine=medicine,
                                        source="乡镇卫生院信息系统", at=at)  # fmt: skip
    s.river.is_behind = True


def asked(s: Stage, patient: Patient, place: int, start: datetime) -> Story:
    """The doctor asks, and writes the answer down."""
    at = yield start
    here = s.staff.county.id(visits.township_of(patient.home))
    prescriptions.record_allergy(actor=_system(here), resident_id=patient.resident, institution_id=here, told=_NOT_TOLERATED[place % len(_NOT_TOLERATED)], at=at)
    s.river.is_behind = True


def _system(here: int) -> Actor:
    return Actor.system("演示装入", institution=here, consortium=CONSORTIUM, region=REGION)


def _morning(now: datetime, days: int) -> datetime:
    return (timezone.localtime(now) - timedelta(days=days)).replace(hour=9, minute=15, second=0, microsecond=0)
