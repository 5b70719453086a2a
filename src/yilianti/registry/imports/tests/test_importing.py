"""A county filled by tables: previewed, written, written again without effect, undone where nothing has used it."""

from __future__ import annotations

import io
import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.tables import writing
from yilianti.registry.access.models import Account, Grant
from yilianti.registry.access.queries import actor_for
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.imports import actions, queries, working
from yilianti.registry.imports.models import Import
from yilianti.registry.imports.tests.sheets import book, id_card
from yilianti.registry.institutions.models import Department, Institution, Membership
from yilianti.registry.people.models import Licence, Person, Post
from yilianti.registry.residents import api as residents
from yilianti.registry.residents.models import CareRelation, Coverage, DuplicateSuspicion, Identifier, Kin, Resident

INSTITUTIONS = ("机构代码", "机构名称", "类别", "上级机构代码", "医联体身份")
STAFF = ("工号", "姓名", "职称", "执业证种类", "执业证编号", "发证日")
RESIDENTS = ("姓名", "居民身份证号", "性别", "出生日期", "电话", "住址", "建档机构代码", "监护人姓名")


@pytest.fixture
def county(db) -> staff.County:
    return staff.county()


def somebody(place: Institution, role: str, at: datetime) -> Actor:
    found = actor_for(staff.staff(place, role).pk, at)
    assert found is not None
    return found


def brought(actor: Actor, kind: str, content: bytes, at: datetime, name: str = "表.xlsx") -> Import:
    one = actions.bring(actor=actor, kind=kind, file_name=name, source=io.BytesIO(content), at=at)
    working.read(one.pk, actor, at)
    return Import.objects.get(pk=one.pk)


def written(actor: Actor, one: Import, at: datetime, *, whole: bool = False) -> Import:
    actions.begin(actor=actor, import_id=one.pk, whole_or_nothing=whole, at=at)
    working.apply(one.pk, actor, at)
    return Import.objects.get(pk=one.pk)


def faults(one: Import) -> list[str]:
    return [f"{row.number} {fault['column']} {fault['sentence']}" for row in queries.errors_of(one.pk) for fault in row.faults]


def test_institutions_stand_under_one_another_and_a_second_time_changes_nothing(county, at) -> None:
    admin = somebody(county.hospital, "administrator", at)
    table = book(INSTITUTIONS, [("XZ01", "稻香镇卫生院", "乡镇卫生院", county.hospital.code, "成员单位"), ("CW01", "青禾村卫生室", "村卫生室", "XZ01", "")])
    one = brought(admin, "institutions", table, at)
    assert (one.state, one.counts["new"], one.counts["error"]) == ("ready", 2, 0)
    assert written(admin, one, at, whole=True).state == "done"
    township, clinic = Institution.objects.get(code="XZ01"), Institution.objects.get(code="CW01")
    assert (clinic.parent, clinic.level, township.parent) == (township, "village", county.hospital)
    assert Membership.objects.get(institution=township).role == "member"
    assert brought(admin, "institutions", table, at).counts == {"new": 0, "changed": 0, "unchanged": 2, "error": 0}
    renamed = brought(admin, "institutions", book(INSTITUTIONS, [("CW01", "青禾村卫生所", "村卫生室", "XZ01", "")]), at)
    assert renamed.rows.get().changes == {"机构名称": ["青禾村卫生室", "青禾村卫生所"]}
    regions = [("CW02", "甲村卫生室", "村卫生室", "XZ01", "34118"), ("CW03", "乙村卫生室", "村卫生室", "XZ01", "341181102")]
    assert faults(brought(admin, "institutions", book((*INSTITUTIONS[:4], "行政区划代码"), regions), at)) == ["2 行政区划代码 行政区划代码为 6、9 或 12 位数字。"]


def test_a_row_at_fault_names_column_value_and_way_out_and_comes_back_mended(county, at) -> None:
    admin = somebody(county.hospital, "administrator", at)
    rows = [("D1", "麦晓禾", "主治医师", "", "", ""), ("D2", "", "主治医师", "", "", ""), ("D3", "石明川", "神医", "", "", ""), ("D1", "又一人", "护士", "", "", "")]
    one = brought(admin, "staff", book(STAFF, rows), at)
    assert one.counts == {"new": 1, "changed": 0, "unchanged": 0, "error": 3}
    said = faults(one)
    assert said[0] == "3 姓名 请填写姓名。"
    assert "请从下拉列表中选择" in said[1]
    assert "与第 2 行重复" in said[2]
    with pytest.raises(Refused) as refused:
        actions.begin(actor=admin, import_id=one.pk, whole_or_nothing=True, at=at)
    assert refused.value.code == "has_errors"
    assert not Person.objects.filter(number="D1").exists()
    assert written(admin, one, at).counts["new"] == 1
    assert Person.objects.get(number="D1").name == "麦晓禾"


def test_the_faulty_rows_are_handed_back_as_the_same_sheet(county, at, client) -> None:
    account = staff.staff(county.hospital, "administrator")
    admin = actor_for(account.pk, at)
    one = brought(admin, "staff", book(STAFF, [("D2", "=1+1", "神医", "", "", "")]), at)
    client.force_login(account)
    answer = client.get(f"/imports/{one.pk}/errors")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    heads = [cell.value for cell in sheet[1]]
    assert (heads[0], heads[-1]) == ("工号*", writing.FAULTS)
    assert "下拉列表" in sheet.cell(2, len(heads)).value
    mended = brought(admin, "staff", answer.content, at)
    assert mended.state == "ready"


def test_posts_then_roles_and_accounts_each_by_their_own_administrator(county, at) -> None:
    admin, security = somebody(county.hospital, "administrator", at), somebody(county.hospital, "security_administrator", at)
    written(admin, brought(admin, "departments", book(("机构代码", "科室代码", "科室名称"), [(county.township.code, "GENE", "全科门诊")]), at), at)
    written(admin, brought(admin, "staff", book(STAFF, [("D1", "麦晓禾", "主治医师", "执业医师", "110000000000001", 43831)]), at), at)
    assert Licence.objects.get().from_on.isoformat() == "2020-01-01"
    heads = ("工号", "机构代码", "科室代码", "岗位名称", "开始日期")
    posts = brought(admin, "posts", book(heads, [("D1", county.township.code, "GENE", "全科医生", "2026年1月1日"), ("D9", county.township.code, "", "护士", "2026.1.1")]), at)
    assert "没有这个工号" in faults(posts)[0]
    written(admin, posts, at)
    assert Post.objects.get(person__number="D1").department == Department.objects.get(code="GENE")
    table = book(("工号", "机构代码", "角色", "账号"), [("D1", county.township.code, "乡镇医生", "maixiaohe")])
    with pytest.raises(Refused) as refused:
        actions.bring(actor=admin, kind="grants", file_name="x", source=io.BytesIO(table), at=at)
    assert refused.value.code == "not_your_table"
    grants = written(security, brought(security, "grants", table, at), at)
    assert (Grant.objects.get(post__person__number="D1").role, Account.objects.get(username="maixiaohe").must_change_password) == ("township_doctor", True)
    told = actions.issue_passwords(actor=security, import_id=grants.pk, at=at)
    assert Account.objects.get(username="maixiaohe").check_password(dict(told)["maixiaohe"])
    assert brought(security, "grants", table, at).counts["unchanged"] == 1
    with pytest.raises(Refused) as in_use:
        actions.undo(actor=admin, import_id=posts.pk, at=at)
    assert in_use.value.code == "in_use"
    assert actions.undo(actor=security, import_id=grants.pk, at=at) == 1
    assert Grant.objects.get(post__person__number="D1").until_on is not None


@pytest.fixture
def doctor(county, at) -> Actor:
    return somebody(county.township, "township_doctor", at)


def people(county: staff.County, count: int) -> list[tuple[Any, ...]]:
    return [(f"苏映{chr(0x4E00 + n)}", id_card(n + 1), "", "", f"1380000{n:04d}", f"青禾村 {n} 号", county.clinic.code, "") for n in range(count)]


def test_residents_are_recognised_by_number_and_nothing_is_overwritten(county, doctor, at) -> None:
    first = brought(doctor, "residents", book(RESIDENTS, [*people(county, 3), ("苏小禾", None, "女", "2024-05-01", "", "", "", "苏映荷")]), at)
    assert (first.counts["new"], faults(first)) == (4, [])
    written(doctor, first, at)
    assert Resident.objects.filter(home=county.clinic).count() == 3
    assert Kin.objects.get().name == "苏映荷"
    assert CareRelation.objects.count() == 0, "a list says who lives here, not who came"
    assert JournalEntry.objects.filter(word="residents.registered").count() == 4
    again = brought(doctor, "residents", book(RESIDENTS, [*people(county, 3), ("苏小禾", None, "女", "2024-05-01", "", "", "", "苏映荷")]), at)
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 4, "error": 0}
    with pytest.raises(Refused):
        actions.begin(actor=doctor, import_id=again.pk, whole_or_nothing=False, at=at)
    other = list(people(county, 1)[0])
    other[0], other[4] = "王大力", "13900000000"
    doubtful = brought(doctor, "residents", book(RESIDENTS, [other]), at)
    assert "疑似重复" in doubtful.rows.get().notes[0]
    written(doctor, doubtful, at)
    assert Resident.objects.earliest("id").name == "苏映一"
    assert DuplicateSuspicion.objects.get().told["name"] == "王大力"


def test_a_correction_shows_old_and_new_and_keeps_the_past(county, doctor, at) -> None:
    row = list(people(county, 1)[0])
    written(doctor, brought(doctor, "residents", book(RESIDENTS, [row]), at), at)
    row[4], row[5] = "13911112222", ""
    changed = brought(doctor, "residents", book(RESIDENTS, [row]), at)
    assert changed.rows.get().changes == {"电话": ["13800000000", "13911112222"]}
    written(doctor, changed, at)
    kept = Resident.objects.get()
    assert (kept.phone, kept.address, kept.past.get().particulars["phone"]) == ("13911112222", "青禾村 0 号", "13800000000")


def test_numbers_spoilt_by_excel_are_named_with_the_way_out(county, doctor, at) -> None:
    rows = [("甲", 530921195903140011.0, "", "", "", "", "", ""), ("乙", "5.30921E+17", "", "", "", "", "", ""), ("丙", id_card(3)[:-1] + "0", "", "", "", "", "", "")]
    said = faults(brought(doctor, "residents", book(RESIDENTS, rows), at))
    assert "科学计数" in said[0] and "“文本”" in said[1]
    assert "校验位" in said[2] or "校验位" in " ".join(said)


def test_an_unknown_heading_is_asked_once_and_remembered(county, doctor, at) -> None:
    table = book(("患者名字", "公民身份号码"), [("苏映荷", id_card(1))])
    one = brought(doctor, "residents", table, at)
    assert (one.state, one.headings) == ("mapping", ["患者名字", "公民身份号码"])
    actions.name_columns(actor=doctor, import_id=one.pk, headings={"name": "患者名字", "id_card": "公民身份号码"}, at=at)
    working.read(one.pk, doctor, at)
    assert Import.objects.get(pk=one.pk).counts["new"] == 1
    assert brought(doctor, "residents", table, at).state == "ready"


def test_the_wrong_table_is_recognised(county, doctor, at) -> None:
    one = brought(doctor, "residents", book(("机构代码", "科室代码", "科室名称"), [("A", "B", "C")]), at)
    assert one.state == "refused"
    assert "这像是“科室”的表" in one.refusal


def test_insured_lists_follow_the_residents(county, doctor, at) -> None:
    written(doctor, brought(doctor, "residents", book(RESIDENTS, people(county, 2)), at), at)
    heads = ("身份证号", "姓名", "险种", "参保号", "参保起", "参保止")
    rows = [(id_card(1), "苏映一", "城乡居民基本医疗保险", "YB1", "2026-01-01", ""), (id_card(2), "另有其人", "职工基本医疗保险", "YB2", "20260101", ""),
            (id_card(9), "", "医疗救助", "", "2026/1/1", "")]  # fmt: skip
    one = brought(doctor, "insured", book(heads, rows), at)
    assert (one.counts["new"], one.counts["error"]) == (1, 2)
    written(doctor, one, at)
    assert Coverage.objects.get().number == "YB1"
    ended = brought(doctor, "insured", book(heads, [(*rows[0][:5], "2027-01-01")]), at)
    assert ended.rows.get().changes == {"参保止": ["", "2027-01-01"]}
    assert written(doctor, ended, at).counts["changed"] == 1
    assert brought(doctor, "insured", book(heads, [rows[0]]), at).counts["unchanged"] == 1


def test_undoing_residents_takes_back_those_nobody_has_used(county, doctor, at) -> None:
    one = written(doctor, brought(doctor, "residents", book(RESIDENTS, people(county, 3)), at), at)
    assert actions.undo(actor=doctor, import_id=one.pk, at=at) == 3
    assert not Resident.objects.exists()
    two = written(doctor, brought(doctor, "residents", book(RESIDENTS, people(county, 3)), at), at)
    residents.note_relation(Resident.objects.earliest("id").id, county.hospital.id, at)
    with pytest.raises(Refused) as used:
        actions.undo(actor=doctor, import_id=two.pk, at=at)
    assert used.value.code == "in_use"
    assert Resident.objects.count() == 3


def test_statements_do_not_grow_with_the_rows(county, doctor, at) -> None:
    taken = []
    for count, start in ((1, 0), (60, 100)):
        rows = [(f"某{chr(0x4E00 + n)}", id_card(start + n + 1), "", "", "", "", county.clinic.code, "") for n in range(count)]
        with CaptureQueriesContext(connection) as reading:
            one = brought(doctor, "residents", book(RESIDENTS, rows), at)
        with CaptureQueriesContext(connection) as writing_:
            written(doctor, one, at)
        taken.append((len(reading), len(writing_)))
    assert taken[1][0] <= taken[0][0] + 1, taken
    assert taken[1][1] <= taken[0][1] + 130, taken  # two savepoint marks for each row's corrections


@pytest.mark.django_db(transaction=True)
def test_two_people_apply_the_same_file_and_hl7_registers_one_of_them(at) -> None:
    """Three at once, one resident each in the end."""
    county = staff.county()
    first, second = somebody(county.township, "township_doctor", at), somebody(county.hospital, "referral_office", at)
    rows = people(county, 30)
    files = [brought(first, "residents", book(RESIDENTS, rows), at), brought(second, "residents", book(RESIDENTS, rows), at)]
    start = threading.Barrier(3)
    trouble: list[BaseException] = []

    def run(act: Any) -> None:
        try:
            start.wait()
            act()
        except BaseException as error:  # noqa: BLE001 - told by the test
            trouble.append(error)
        finally:
            connections.close_all()

    def hl7() -> None:
        system = Actor.system("接口", institution=county.hospital.id)
        for _, number, *_ in rows:
            residents.register(actor=system, identifiers=[residents.IdentifierGiven("id_card", number)], demographics=residents.Demographics(name="接口来"), at=at)

    acts = [lambda: written(first, files[0], at), lambda: written(second, files[1], at), hl7]
    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    assert Resident.objects.count() == 30
    assert Identifier.objects.filter(system="id_card").count() == 30
