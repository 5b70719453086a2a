"""Staff and posts as tables that people bring in a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.entering import one_by_one
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Outcome, Row, day_of
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import actions, rules
from yilianti.registry.people.models import Licence, Person, Post
from yilianti.registry.people.terms import LicenceKind, Title

_TITLES = {label: value for value, label in Title.choices()}
_LICENCES = {label: value for value, label in LicenceKind.choices()}
NUMBER = Column("number", "工号", "2–32 位字母、数字、横线或下划线，全医共体唯一。", CellKind.CODE, True, "YX0023", longest=32)


class Staff:
    """「人员」: who works here, with their licence."""

    key, title, icon = "staff", "人员", "id-badge"
    permission = actions.MANAGE

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, (
            NUMBER,
            Column("name", "姓名", required=True, example="麦晓禾", longest=48),
            Column("title", "职称", required=True, example=Title.ATTENDING_PHYSICIAN.zh, choices=_TITLES),
            Column("phone", "工作电话", kind=CellKind.CODE, longest=24, also=("电话", "手机")),
            Column("licence_kind", "执业证种类", choices=_LICENCES, example=LicenceKind.PHYSICIAN.zh),
            Column("licence", "执业证编号", "填了编号，就要填种类和发证日。", CellKind.CODE, longest=48),
            Column("scope", "执业范围", example="全科医学", longest=64),
            Column("licensed_on", "发证日", kind=CellKind.DAY),
            Column("licence_until", "到期日", "长期有效不填。", CellKind.DAY),
        ), identity=("number",))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout = self.layout(actor, day)
        held = {one.number: one for one in Person.objects.filter(number__in=[row.values.get("number", "") for row in rows])}
        numbers = [row.values["licence"] for row in rows if row.values.get("licence")]
        licences = {(one.kind, one.number): one.person_id for one in Licence.objects.filter(number__in=numbers)}
        for row in rows:
            told, known = row.values, held.get(row.values.get("number", ""))
            for finding in rules.missing_particulars(told.get("number", ""), told.get("name", "")):
                row.blame(layout, finding.code, finding.sentence)
            _judge_licence(layout, row, licences, known)
            if row.faults:
                continue
            row.known = known
            if known:
                row.compare(layout, {"name": known.name, "title": known.title, "phone": known.phone})
                if told.get("licence") and (told["licence_kind"], told["licence"]) not in licences:
                    row.changes["执业证编号"] = ["", told["licence"]]

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        def act(row: Row) -> str:
            told, known = row.values, row.known
            if known is None:
                known = actions.register(actor=actor, number=told["number"], name=told["name"], title=told["title"], phone=told.get("phone", ""), at=at)
            elif set(row.changes) - {"执业证编号"}:
                actions.amend(actor=actor, person_id=known.id, name=told["name"], title=told["title"], phone=told.get("phone") or known.phone,
                              is_active=known.is_active, at=at)  # fmt: skip
            if told.get("licence") and not Licence.objects.filter(person=known, kind=told["licence_kind"], number=told["licence"]).exists():
                actions.add_licence(actor=actor, person_id=known.id, kind=told["licence_kind"], number=told["licence"], scope=told.get("scope", ""),
                                    from_on=date.fromisoformat(told["licensed_on"]), until_on=day_of(told.get("licence_until", "")), at=at)  # fmt: skip
            return f"person:{known.id}"

        return one_by_one(rows, act)

    @transaction.atomic
    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        """Those who never had a post leave again."""
        for person in Person.objects.filter(id__in=_ids(refs, "person"), is_active=True):
            if person.posts.exists():
                raise Refused("in_use", f"{person.name}（{person.number}）已有岗位，不能撤销；请先撤销岗位的导入，或逐人办理离职。")
            actions.amend(actor=actor, person_id=person.id, name=person.name, title=person.title, phone=person.phone, is_active=False, at=at)


def _judge_licence(layout: Layout, row: Row, licences: dict[tuple[str, str], int], known: Person | None) -> None:
    told = row.values
    if not told.get("licence"):
        return
    for key in ("licence_kind", "licensed_on"):
        if not told.get(key):
            row.blame(layout, key, "填了执业证编号，就要填写这一项。")
    owner = licences.get((told.get("licence_kind", ""), told["licence"]))
    if owner is not None and (known is None or owner != known.id):
        row.blame(layout, "licence", "这个编号已登记在另一人名下；请核对证件。")
    if told.get("licence_until") and told.get("licensed_on", "") >= told["licence_until"]:
        row.blame(layout, "licence_until", "到期日须晚于发证日。")


class Posts:
    """「岗位」: where each works, since when; what they may do there is granted separately."""

    key, title, icon = "posts", "岗位", "address-book"
    permission = actions.MANAGE

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, (
            NUMBER,
            Column("institution", "机构代码", "已登记的机构。", CellKind.CODE, True, "YX0101", longest=32),
            Column("department", "科室代码", "不分科室的不填。", CellKind.CODE, example="GENE", longest=32),
            Column("name", "岗位名称", required=True, example="全科医生", longest=48, also=("岗位",)),
            Column("from_on", "开始日期", "可以是将来的日子，到时自行生效。", CellKind.DAY, True, "2026-01-01"),
            Column("until_on", "结束日期", "从这一天起不再任职；长期任职不填。", CellKind.DAY),
        ), identity=("number", "institution", "department", "name", "from_on"))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout = self.layout(actor, day)
        persons = {one.number: one for one in Person.objects.filter(number__in=[row.values.get("number", "") for row in rows])}
        places = institutions.found_by_code(row.values.get("institution", "") for row in rows)
        departments = {(one.institution_id, one.code): one.id for one in institutions.Department.objects.filter(institution__in=places.values(), is_active=True)}
        held: dict[tuple[int, int, int | None, str], list[Post]] = {}
        for post in Post.objects.filter(person__in=persons.values(), institution__in=places.values()):
            held.setdefault((post.person_id, post.institution_id, post.department_id, post.name), []).append(post)
        for row in rows:
            told = row.values
            person, place = persons.get(told.get("number", "")), places.get(told.get("institution", ""))
            _judge_post(layout, row, actor, person, place)
            department = departments.get((place.id, told["department"])) if place and told.get("department") else None
            if place and told.get("department") and department is None:
                row.blame(layout, "department", "这个机构没有这个代码的科室；请先导入科室，或核对代码。")
            if not row.faults and person and place:
                told["_person"], told["_place"], told["_department"] = str(person.id), str(place.id), str(department or "")
                _compare_post(layout, row, held.get((person.id, place.id, department, told["name"]), []))

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        def act(row: Row) -> str:
            told = row.values
            if row.known:
                return f"post:{actions.end_post(actor=actor, post_id=row.known.id, until_on=date.fromisoformat(told['until_on']), at=at).id}"
            made = actions.give_post(actor=actor, person_id=int(told["_person"]), institution_id=int(told["_place"]), name=told["name"],
                                     department_id=int(told["_department"]) if told["_department"] else None,
                                     from_on=date.fromisoformat(told["from_on"]), until_on=day_of(told.get("until_on", "")), at=at)  # fmt: skip
            return f"post:{made.id}"

        return one_by_one(rows, act)

    @transaction.atomic
    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        """Posts without any role granted end again."""
        day = timezone.localdate(at)
        for post in Post.objects.filter(id__in=_ids(refs, "post")).select_related("person"):
            if post.grants.exists():
                raise Refused("in_use", f"{post.person.name}的岗位“{post.name}”已授予权限，不能撤销；请先收回权限，或逐个结束岗位。")
            if post.until_on is None:
                last = max(day, date.fromordinal(post.from_on.toordinal() + 1))
                actions.end_post(actor=actor, post_id=post.id, until_on=last, at=at)


def _judge_post(layout: Layout, row: Row, actor: Actor, person: Person | None, place: institutions.Institution | None) -> None:
    told = row.values
    if person is None:
        row.blame(layout, "number", "没有这个工号的人员；请先导入人员，或核对工号。")
    elif not person.is_active:
        row.blame(layout, "number", f"{person.name}已离职；请先在人员页恢复在职。")
    if place is None:
        row.blame(layout, "institution", "没有这个代码的在册机构；请先导入机构，或核对代码。")
    elif not actor.may(actions.MANAGE, place.id):
        row.blame(layout, "institution", f"“{place.name}”不在您管理的范围；请由其所在医联体的管理员办理。")
    if told.get("until_on") and told.get("from_on", "") >= told["until_on"]:
        row.blame(layout, "until_on", "结束日期须晚于开始日期。")


def _compare_post(layout: Layout, row: Row, held: Sequence[Post]) -> None:
    """The same post going on at that day is this one; a given end is a change."""
    start = row.values["from_on"]
    row.known = next((post for post in held if str(post.from_on) <= start and (post.until_on is None or str(post.until_on) > start)), None)
    if row.known:
        row.compare(layout, {"until_on": str(row.known.until_on or "")})


def _ids(refs: Sequence[str], kind: str) -> list[int]:
    return [int(ref.removeprefix(f"{kind}:")) for ref in refs if ref.startswith(f"{kind}:")]
