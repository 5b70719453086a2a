"""Services as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti.capacity.services import access, actions, queries, rules
from yilianti.capacity.services.models import HealthcareService
from yilianti.capacity.services.tables import places
from yilianti.capacity.services.terms import GreenChannel, ServiceKind, Told
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.entering import one_by_one
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Outcome, Row
from yilianti.kernel.terms import Term
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people

_PLAIN = ("specialty", "preparation", "place", "phone")
_WORDS = ("symptoms", "diagnosis_prefixes")
_TERMS: dict[str, type[Term]] = {"kinds": ServiceKind, "channels": GreenChannel}
_COMPARED = ("kinds", "symptoms", "diagnosis_prefixes", "practitioners", "specialty", "channels", "preparation", "place", "phone")


class Services:
    """「服务」: one line of the directory in each row."""

    key, title, icon = "services", "服务", "stethoscope"
    permission = access.KEEP

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, (
            places.INSTITUTION,
            Column("department", "科室代码", "该机构已登记的科室；不分科室的留空。", CellKind.CODE, example="XNK", longest=32),
            Column("name", "服务名称", "如“胸痛门诊”“冠脉造影”。", required=True, example="胸痛门诊", longest=64, also=("服务",)),
            Column("kinds", "类别", f"可填几种，用顿号分开：{_choices(ServiceKind)}。", required=True, example="门诊、住院"),
            Column("symptoms", "症状", f"基层会怎么说，用顿号分开，每个不超过 {rules.LONGEST['symptoms']} 个字。", example="胸痛、胸闷", longest=400),
            Column("diagnosis_prefixes", "诊断编码", "ICD-10 开头，用顿号分开。", example="I20、I21", longest=200, also=("诊断编码开头",)),
            Column("practitioners", "医生工号", "已登记的在岗人员的工号，用顿号分开。", CellKind.CODE, longest=400, also=("工号",)),
            Column("specialty", "医生特长", longest=200),
            Column("channels", "绿色通道", f"可填几种，用顿号分开：{_choices(GreenChannel)}。"),
            Column("preparation", "就诊须知", "带什么、怎么准备；会告诉病人。", longest=1000),
            Column("place", "报到地点", longest=80),
            Column("phone", "电话", kind=CellKind.CODE, longest=32, also=("联系电话",)),
        ), identity=("institution", "department", "name"), notes=("空着的格不改动已登记的内容；停诊的服务请到服务页按“停止服务”。",))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout, found = self.layout(actor, day), places.named(rows, "institution")
        ids = [place.id for place in found.values()]
        departments = {(one.institution_id, one.code): one for one in institutions.Department.objects.filter(institution__in=ids, is_active=True)}
        staff = people.staff_numbers(ids, day)
        known = {(row.institution_id, row.department_id, row.name): row for row in _open().filter(institution__in=ids)}
        for row in rows:
            place = places.kept(actor, layout, row, found)
            if place is None:
                continue
            department = _department(layout, row, place.id, departments)
            row.known = known.get((place.id, department, row.values["name"]))
            _words(layout, row)
            _staff(layout, row, staff.get(place.id, {}))
            row.values |= {"_institution": str(place.id), "_department": str(department or "")}
            if row.known and not row.faults:
                row.compare(layout, _stored(row.known))

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        staff = people.staff_numbers({int(row.values["_institution"]) for row in rows}, timezone.localdate(at))
        numbers = {number: person for persons in staff.values() for number, person in persons.items()}

        def act(row: Row) -> str:
            told = _told(row, numbers)
            if row.known:
                one = actions.amend(actor=actor, service=row.known.pk, told=told, version=row.known.version, at=at)
            else:
                one = actions.offer(actor=actor, institution=int(row.values["_institution"]), told=told, at=at)
            return f"service:{one.pk}@{one.version}"

        return one_by_one(rows, act)

    @transaction.atomic
    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        """Stop what was made; refused where a line has been worked on since."""
        made = dict(ref.removeprefix("service:").split("@") for ref in refs)
        for row in HealthcareService.objects.select_for_update(of=("self",)).filter(pk__in=made, until_on__isnull=True).order_by("pk"):
            if row.version != int(made[str(row.pk)]):
                raise Refused("in_use", f"“{row.name}”导入后又修改过，不能整批撤销；请到服务页逐项停止。")
            actions.withdraw(actor=actor, service=row.pk, because="撤销导入", at=at)

    def taken_out(self, actor: Actor, day: date) -> Iterable[Sequence[str]]:
        keys = [column.key for column in self.layout(actor, day).columns]
        for row in queries.kept_by(actor, day):
            stored = _stored(row) | {"institution": row.institution.code, "department": row.department.code if row.department else "", "name": row.name}
            yield [stored[key] for key in keys]


def _open() -> Any:
    return HealthcareService.objects.filter(until_on__isnull=True).prefetch_related("practitioners")


def _choices(terms: type[Term]) -> str:
    return "、".join(label for _, label in terms.choices())


def _department(layout: Layout, row: Row, place: int, departments: Mapping[tuple[int, str], Any]) -> int | None:
    code = row.values.get("department", "")
    one = departments.get((place, code))
    if code and one is None:
        row.blame(layout, "department", "这家机构没有这个代码的科室；请先登记科室，或留空表示不分科室。")
    return one.pk if one else None


def _words(layout: Layout, row: Row) -> None:
    """Lists within a cell, in one spelling; each word must be one that is known, or short enough."""
    for key, terms in _TERMS.items():
        said = rules.words(row.values.get(key, ""))
        strange = [word for word in said if word not in {zh for _, zh in terms.choices()}]
        if strange:
            row.blame(layout, key, f"“{strange[0]}”不在可选范围；请填：{_choices(terms)}，几种用顿号分开。")
        row.values[key] = "、".join(label for _, label in terms.choices() if label in said) if not strange else row.values[key]
    for key in _WORDS:
        said = rules.words(row.values.get(key, ""))
        for finding in rules.misspelt(key, said):
            row.blame(layout, key, finding.sentence)
        row.values[key] = "、".join(said)


def _staff(layout: Layout, row: Row, staff: Mapping[str, int]) -> None:
    said = rules.words(row.values.get("practitioners", ""))
    stay = {person.number for person in row.known.practitioners.all()} if row.known else set()
    if strange := next((number for number in said if number not in staff and number not in stay), ""):
        row.blame(layout, "practitioners", f"这家机构没有工号为“{strange}”的在岗人员；请核对工号，或先登记岗位。")
    row.values["practitioners"] = "、".join(sorted(said))


def _stored(row: HealthcareService) -> dict[str, str]:
    """What stands in the register, spelt as the cells are."""
    spelt = {key: "、".join(label for value, label in terms.choices() if value in getattr(row, key)) for key, terms in _TERMS.items()}
    spelt |= {key: "、".join(getattr(row, key)) for key in _WORDS} | {key: getattr(row, key) for key in _PLAIN}
    return spelt | {"practitioners": "、".join(sorted(person.number for person in row.practitioners.all()))}


def _told(row: Row, numbers: Mapping[str, int]) -> Told:
    """The row over what is on record: an empty cell leaves that as it stands."""
    said = (_stored(row.known) if row.known else {}) | {key: row.values[key] for key in _COMPARED if row.values.get(key)}
    given: dict[str, Any] = {key: said.get(key, "") for key in _PLAIN} | {key: rules.words(said.get(key, "")) for key in _WORDS}
    given |= {key: tuple(value for value, label in terms.choices() if label in rules.words(said.get(key, ""))) for key, terms in _TERMS.items()}
    kept = {person.number: person.pk for person in row.known.practitioners.all()} if row.known else {}
    doctors = tuple((kept | dict(numbers))[number] for number in rules.words(said.get("practitioners", "")))
    return Told(name=row.values["name"], department=int(row.values["_department"]) if row.values["_department"] else None, practitioners=doctors, **given)
