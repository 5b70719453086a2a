"""Institutions and departments as tables that people bring in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.entering import one_by_one
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Outcome, Row
from yilianti.registry.institutions import actions, rules, tree
from yilianti.registry.institutions.actions.recording import MANAGE, still_held
from yilianti.registry.institutions.models import Department, Institution, Membership
from yilianti.registry.institutions.terms import Kind, Level, MemberRole, Particulars, Standing

_KINDS = {label: value for value, label in Kind.choices()}
_LEVELS = {label: value for value, label in Level.choices()}
_ROLES = {label: value for value, label in MemberRole.choices() if value != MemberRole.LEAD}
_TOLD = ("name", "short_name", "kind", "level", "region", "address", "phone")
_WHERE = ("latitude", "longitude")


class Institutions:
    """「机构」: the tree from above to below, each under one that stands in the register or further up in the table."""

    key, title, icon = "institutions", "机构", "building-hospital"
    permission = MANAGE

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, (
            Column("code", "机构代码", "2–32 位字母、数字、点、横线或下划线，全医共体唯一。", CellKind.CODE, True, "YX0101", longest=32),
            Column("name", "机构名称", "登记证上的全称。", required=True, example="稻香镇卫生院", longest=96),
            Column("short_name", "简称", "不填时与名称相同。", example="稻香卫生院", longest=32),
            Column("kind", "类别", required=True, example=Kind.TOWNSHIP_CENTRE.zh, choices=_KINDS, also=("机构类别", "机构类型")),
            Column("level", "层级", "不填时按类别推定。", example=Level.TOWNSHIP.zh, choices=_LEVELS),
            Column("parent", "上级机构代码", "已登记的机构，或本表中写在上面的机构。", CellKind.CODE, example="YX0001", longest=32, also=("上级代码", "上级机构")),
            Column("role", "医联体身份", "填了才单独收发转诊；村卫生室通常留空，随上级。", example=MemberRole.MEMBER.zh, choices=_ROLES),
            Column("region", "行政区划代码", "GB/T 2260，6、9 或 12 位；不填时随上级。", CellKind.CODE, longest=12, also=("区划代码",)),
            Column("address", "地址", longest=120),
            Column("phone", "电话", kind=CellKind.CODE, longest=32, also=("联系电话",)),
            Column("latitude", "纬度", "小数度数，与经度一起填；没有登记路程时用来显示直线距离。", CellKind.CODE, longest=12),
            Column("longitude", "经度", "小数度数，与纬度一起填。", CellKind.CODE, longest=12),
        ), identity=("code",), notes=("上级机构写在下级的上面。", "牵头医院在建立医联体时已登记，不必再填。"), at_once=100_000)  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout = self.layout(actor, day)
        asked = {row.values[key] for row in rows for key in ("code", "parent") if row.values.get(key)}
        held = {one.code: one for one in Institution.objects.filter(code__in=asked).select_related("parent")}
        members = set(Membership.objects.filter(still_held(day), institution__code__in=asked, consortium__code=actor.consortium).values_list("institution__code", flat=True))
        above: dict[str, str] = {code: one.level for code, one in held.items() if one.standing == Standing.ACTIVE}
        for row in rows:
            self._judge(layout, row, held.get(row.values["code"]), above, members)
            if not row.faults:
                above[row.values["code"]] = row.values["level"]

    def _judge(self, layout: Layout, row: Row, known: Institution | None, above: dict[str, str], members: set[str]) -> None:
        told = row.values
        told["short_name"] = told.get("short_name") or (known.short_name if known else told.get("name", "")[:32])
        told["level"] = told.get("level") or (known.level if known else rules.usual_level(told["kind"]) if told.get("kind") else "")
        for finding in rules.missing_particulars(told.get("code", ""), told.get("name", ""), told["short_name"]):
            row.blame(layout, finding.code, finding.sentence)
        if told.get("kind") and not told["level"]:
            row.blame(layout, "level", "这一类别推定不出层级；请填写层级。")
        if told.get("region") and not rules.REGION.fullmatch(told["region"]):
            row.blame(layout, "region", "行政区划代码为 6、9 或 12 位数字。")
        _locate(layout, row)
        parent = told.get("parent", "")
        if parent == told.get("code") or (parent and parent not in above):
            row.blame(layout, "parent", f"没有代码为“{parent}”的在册机构；请先登记上级机构，或把它写在本表的上面。")
        if known and known.standing != Standing.ACTIVE:
            row.blame(layout, "code", f"“{known.name}”{Standing.label(known.standing)}，不能再更改；请换一个代码。")
        if row.faults:
            return
        row.known = known
        row.notes += [finding.sentence for finding in rules.placement_findings(told["level"], above.get(parent, ""))]
        if known:
            row.compare(layout, {name: str(getattr(known, name)) for name in _TOLD} | {name: _degrees(getattr(known, name)) for name in _WHERE} | {"parent": known.parent.code if known.parent else ""})
            if told.get("role") and known.code not in members:
                row.changes["医联体身份"] = ["", MemberRole.label(told["role"])]

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        day = timezone.localdate(at)

        def act(row: Row) -> str:
            nonlocal actor
            parent = Institution.objects.filter(code=row.values.get("parent") or None).first()
            known: Institution | None = row.known
            given: dict[str, Any] = {name: row.values.get(name) or (str(getattr(known, name)) if known else "") for name in ("code", *_TOLD)}
            given |= {name: rules.degrees(row.values[name]) if row.values.get(name) else getattr(known, name, None) for name in _WHERE}
            told = Particulars(connected=known.connected if known else True, parent=parent.id if parent else known.parent_id if known else None, **given)
            one = actions.amend(actor=actor, institution_id=known.id, particulars=told, at=at) if known else actions.register(actor=actor, particulars=told, at=at)
            actor = _reaching(actor, one)
            if row.values.get("role") and not Membership.objects.filter(still_held(day), institution=one, consortium__code=actor.consortium).exists():
                actions.open_membership(actor=actor, institution_id=one.id, consortium=actor.consortium, role=row.values["role"], from_on=day, at=at)
            return f"institution:{one.id}"

        return one_by_one(rows, act)

    @transaction.atomic
    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        """Close what was made, the lowest first; refused where something is recorded there."""
        tree.hold()
        made = list(Institution.objects.filter(id__in=_ids(refs, "institution"), standing=Standing.ACTIVE.value).order_by("-path"))
        for one in made:
            if one.departments.filter(is_active=True).exists() or one.posts.exists():
                raise Refused("in_use", f"“{one.name}”已有科室或人员，不能撤销；请先撤销那些导入，或到机构页逐一停用。")
            actions.close(actor=actor, institution_id=one.id, because="撤销导入", at=at)


class Departments:
    """「科室」"""

    key, title, icon = "departments", "科室", "sitemap"
    permission = MANAGE

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, (
            Column("institution", "机构代码", "已登记的机构。", CellKind.CODE, True, "YX0101", longest=32),
            Column("code", "科室代码", "本机构内唯一。", CellKind.CODE, True, "GENE", longest=32),
            Column("name", "科室名称", required=True, example="全科门诊", longest=48),
        ), identity=("institution", "code"))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout = self.layout(actor, day)
        places = found_by_code(row.values.get("institution", "") for row in rows)
        known = {(one.institution_id, one.code): one for one in Department.objects.filter(institution__in=places.values())}
        for row in rows:
            place = places.get(row.values.get("institution", ""))
            if place is None:
                row.blame(layout, "institution", "没有这个代码的在册机构；请先导入机构，或核对代码。")
            elif not row.faults:
                row.known = known.get((place.id, row.values["code"]))
                if row.known and not row.known.is_active:
                    row.blame(layout, "code", "这个科室已撤销；请换一个代码。")
                elif row.known:
                    row.compare(layout, {"name": row.known.name})

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        places = found_by_code(row.values["institution"] for row in rows)

        def act(row: Row) -> str:
            if row.known:
                return f"department:{actions.rename_department(actor=actor, department_id=row.known.id, name=row.values['name'], at=at).id}"
            place = places[row.values["institution"]]
            return f"department:{actions.add_department(actor=actor, institution_id=place.id, code=row.values['code'], name=row.values['name'], at=at).id}"

        return one_by_one(rows, act)

    @transaction.atomic
    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        for one in Department.objects.filter(id__in=_ids(refs, "department"), is_active=True):
            if one.posts.exists():
                raise Refused("in_use", f"“{one.name}”已有人任职，不能撤销；请先撤销岗位的导入。")
            actions.close_department(actor=actor, department_id=one.id, at=at)


def _locate(layout: Layout, row: Row) -> None:
    """Read the coordinates of a row, or say what is wrong with them."""
    found: dict[str, Decimal | None] = {}
    for name in _WHERE:
        try:
            found[name] = rules.degrees(row.values.get(name, ""))
        except ValueError:
            row.blame(layout, name, rules.DEGREES)
            return
        if row.values.get(name):
            row.values[name] = _degrees(found[name])
    for finding in rules.misplaced(found["latitude"], found["longitude"]):
        row.blame(layout, finding.code, finding.sentence)


def _degrees(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.6f}"


def _reaching(actor: Actor, one: Institution) -> Actor:
    """The actor's reach was reckoned before this institution stood in their branch."""
    if one.parent_id is None or not actor.may(MANAGE, one.parent_id) or actor.is_system:
        return actor
    return replace(actor, reach={**actor.reach, MANAGE: actor.reaches(MANAGE) | {one.id}})


def found_by_code(codes: Iterable[str]) -> dict[str, Institution]:
    """Code → institution in use, in one statement."""
    asked = {code for code in codes if code}
    return {one.code: one for one in Institution.objects.active().filter(code__in=asked)}


def _ids(refs: Sequence[str], kind: str) -> list[int]:
    return [int(ref.removeprefix(f"{kind}:")) for ref in refs if ref.startswith(f"{kind}:")]
