"""The directory brought in tables: looked at first, each bad row with its way out, the same file once."""

from __future__ import annotations

import contextlib
import io
import threading
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from yilianti.capacity.services import actions, queries
from yilianti.capacity.services.models import Capability, HealthcareService, Travel
from yilianti.capacity.services.tests.test_directory import World, signed_in
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.imports import actions as importing
from yilianti.registry.imports.models import Import, ImportRow
from yilianti.registry.imports.tests.sheets import book
from yilianti.registry.imports.tests.test_importing import brought, faults, written
from yilianti.registry.institutions.models import Department

SERVICES = ("机构代码", "科室代码", "服务名称", "类别", "症状", "诊断编码", "医生工号", "绿色通道")
CAPABILITIES = ("机构代码", "类别", "代码", "名称")
WAYS = ("出发机构代码", "到达机构代码", "分钟", "公里")
NOTHING = {"new": 0, "changed": 0, "unchanged": 0, "error": 0}


@pytest.fixture
def world(db: None, at: datetime) -> World:
    return World(at)


def chest(world: World, **more: str) -> tuple[str, ...]:
    told = {"name": "胸痛门诊", "kinds": "门诊，住院", "symptoms": "胸痛、胸闷", "prefixes": "I20 I21", "doctors": "", "channels": "胸痛"} | more
    return world.county.hospital.code, "", told["name"], told["kinds"], told["symptoms"], told["prefixes"], told["doctors"], told["channels"]


def test_services_are_looked_at_then_written_and_a_second_time_changes_nothing(world: World) -> None:
    hospital = world.county.hospital
    Department.objects.create(institution=hospital, code="XNK", name="心内科")
    doctor = staff.post(hospital).person
    table = book(SERVICES, [chest(world, doctors=doctor.number), (hospital.code, "XNK", "冠脉造影", "检查", "", "", "", "")])
    one = brought(world.office, "services", table, world.at)
    assert one.counts == NOTHING | {"new": 2}
    assert not HealthcareService.objects.exists(), "looked at, not written"
    assert written(world.office, one, world.at).state == "done"
    row = HealthcareService.objects.get(name="胸痛门诊")
    assert (row.kinds, row.symptoms, row.diagnosis_prefixes, row.channels) == (["outpatient", "inpatient"], ["胸痛", "胸闷"], ["I20", "I21"], ["chest_pain"])
    assert [person.pk for person in row.practitioners.all()] == [doctor.pk]
    assert HealthcareService.objects.get(name="冠脉造影").department.code == "XNK"
    assert brought(world.office, "services", table, world.at).counts == NOTHING | {"unchanged": 2}
    assert JournalEntry.objects.filter(word="services.offered").count() == 2
    assert not any(row.values for row in ImportRow.objects.filter(of=one)), "values go when they are written"


def test_a_change_shows_old_and_new_and_an_empty_cell_leaves_what_stands(world: World) -> None:
    written(world.office, brought(world.office, "services", book(SERVICES, [chest(world)]), world.at), world.at)
    one = brought(world.office, "services", book(SERVICES, [chest(world, symptoms="心慌", prefixes="", channels="")]), world.at)
    assert one.rows.get().changes == {"症状": ["胸痛、胸闷", "心慌"]}
    written(world.office, one, world.at)
    row = HealthcareService.objects.get()
    assert (row.symptoms, row.diagnosis_prefixes, row.channels, row.version) == (["心慌"], ["I20", "I21"], ["chest_pain"], 2)


def test_bad_rows_name_row_column_and_way_out_and_the_good_ones_are_written(world: World) -> None:
    code = world.county.hospital.code
    rows = [
        chest(world), chest(world), ("T99999", "", "甲", "门诊"), (world.county.township.code, "", "乙", "门诊"), (code, "ZZZ", "丙", "门诊"),
        (code, "", "丁", "急诊"), (code, "", "", "门诊"), (code, "", "戊", "门诊", "胸口闷得喘不上气来而且出汗还恶心想吐"), (code, "", "己", "门诊", "", "胸痛"),
        (code, "", "庚", "门诊", "", "", "P77777"), (code, "", "辛", "=1+1"),
    ]  # fmt: skip
    one = brought(world.office, "services", book(SERVICES, rows), world.at)
    said = faults(one)
    expected = [("3 机构代码", "与第 2 行重复"), ("4 机构代码", "请核对代码"), ("5 机构代码", "请该机构自己导入"), ("6 科室代码", "请先登记科室"), ("7 类别", "请填：门诊、住院"),
                ("8 服务名称", "请填写服务名称"), ("9 症状", "用顿号分开"), ("10 诊断编码", "以字母开头"), ("11 医生工号", "请核对工号"), ("12 类别", "公式")]  # fmt: skip
    assert len(said) == len(expected)
    for sentence, (where, way_out) in zip(said, expected, strict=True):
        assert sentence.startswith(where) and way_out in sentence, sentence
    assert written(world.office, one, world.at).counts == NOTHING | {"new": 1, "error": 10}
    assert HealthcareService.objects.get().name == "胸痛门诊"


def test_the_bad_rows_come_back_as_the_same_sheet(world: World) -> None:
    client = signed_in(world.county.hospital, "referral_office")
    sent = client.post("/imports/kinds/services/", {"file": SimpleUploadedFile("服务.xlsx", book(SERVICES, [chest(world, kinds="急诊")]))})
    assert sent.status_code == 302
    page = client.get(sent.url).content.decode()
    assert "第 2 行" in page and "“急诊”不在可选范围" in page
    sheet = load_workbook(io.BytesIO(client.get(f"{sent.url}errors").content)).active
    heads = [cell.value for cell in sheet[1]]
    assert heads[0] == "机构代码*" and "不在可选范围" in sheet.cell(2, len(heads)).value
    sheet.cell(2, heads.index("类别*") + 1).value = "门诊"
    out = io.BytesIO()
    sheet.parent.save(out)
    assert brought(world.office, "services", out.getvalue(), world.at).counts["new"] == 1


def test_what_is_taken_out_changes_nothing_when_brought_again(world: World) -> None:
    code = world.county.hospital.code
    written(world.office, brought(world.office, "services", book(SERVICES, [chest(world)]), world.at), world.at)
    written(world.office, brought(world.office, "capabilities", book(CAPABILITIES, [(code, "技术", "PCI", "急诊介入")]), world.at), world.at)
    written(world.manager, brought(world.manager, "ways", book(WAYS, [(world.county.township.code, code, 35, "28.5")]), world.at), world.at)
    office, manager = signed_in(world.county.hospital, "referral_office"), signed_in(world.county.hospital, "consortium_manager")
    for client, actor, kind in ((office, world.office, "services"), (office, world.office, "capabilities"), (manager, world.manager, "ways")):
        answer = client.get(f"/imports/kinds/{kind}/export")
        content = b"".join(answer.streaming_content)
        assert brought(actor, kind, content, world.at).counts == NOTHING | {"unchanged": 1}, kind
    assert office.get("/imports/kinds/ways/export").status_code == 422, "who keeps services measures no ways"
    assert "不由您当前的岗位导入导出" in manager.get("/imports/kinds/services/").content.decode()


def test_capabilities_and_ways_with_their_faults(world: World) -> None:
    code, township = world.county.hospital.code, world.county.township.code
    held = brought(world.office, "capabilities", book(CAPABILITIES, [(code, "技术", "PCI", "急诊介入"), (code, "法术", "X", "某"), (code, "设备", "", "CT")]), world.at)
    assert [line.split("；")[0] for line in faults(held)] == ["3 类别 不在可选范围", "4 代码 请填写代码。"]
    written(world.office, held, world.at)
    assert queries.can_do(world.county.hospital.id, world.at.date()) == {"PCI"}
    renamed = brought(world.office, "capabilities", book(CAPABILITIES, [(code, "技术", "PCI", "介入")]), world.at)
    assert "已登记为“急诊介入”" in faults(renamed)[0]
    bad = [(township, code, "半小时", ""), (code, code, 30, ""), (township, "T99999", 30, ""), (code, township, 30, "28.55"), (world.county.clinic.code, code, 0, "")]
    said = faults(brought(world.manager, "ways", book(WAYS, bad), world.at))
    assert [line.split()[:2] for line in said] == [["2", "分钟"], ["3", "到达机构代码"], ["4", "到达机构代码"], ["5", "公里"], ["6", "分钟"]]
    one = written(world.manager, brought(world.manager, "ways", book(WAYS, [(township, code, 35, 28.5)]), world.at), world.at)
    written(world.manager, brought(world.manager, "ways", book(WAYS, [(township, code, 40, "")]), world.at), world.at + timedelta(hours=1))
    way = Travel.objects.get()
    assert (way.minutes, str(way.km)) == (40, "28.5"), "an empty cell leaves the kilometres"
    with pytest.raises(Refused, match="重新登记过"):
        importing.undo(actor=world.manager, import_id=one.pk, at=world.at)


def test_undoing_takes_back_what_was_made_unless_worked_on_since(world: World) -> None:
    one = written(world.office, brought(world.office, "services", book(SERVICES, [chest(world), chest(world, name="心电图")]), world.at), world.at)
    assert importing.undo(actor=world.office, import_id=one.pk, at=world.at) == 2
    assert not queries.of_institution(world.county.hospital.id, world.at.date())
    two = written(world.office, brought(world.office, "services", book(SERVICES, [chest(world)]), world.at), world.at)
    row = HealthcareService.objects.get(until_on__isnull=True)
    actions.amend(actor=world.office, service=row.pk, told=actions.Told(name="胸痛门诊", kinds=("outpatient",)), version=1, at=world.at)
    with pytest.raises(Refused, match="又修改过"):
        importing.undo(actor=world.office, import_id=two.pk, at=world.at)
    with pytest.raises(Refused) as again:
        written(world.office, two, world.at)
    assert again.value.code == "wrong_state"
    held = written(world.office, brought(world.office, "capabilities", book(CAPABILITIES, [(world.county.hospital.code, "技术", "PCI", "介入")]), world.at), world.at)
    assert importing.undo(actor=world.office, import_id=held.pk, at=world.at) == 1
    assert not Capability.objects.filter(until_on__isnull=True).exists()


def test_the_wrong_file_is_told_apart(world: World) -> None:
    for content, sentence in ((book(CAPABILITIES, [("A", "技术", "B", "C")]), "这像是“能力”的表"), (book(SERVICES, []), "没有数据"), (b"", "这个文件是空的")):
        one = brought(world.office, "services", content, world.at)
        assert one.state == "refused" and sentence in one.refusal, one.refusal
    for content in (book(SERVICES[:2], [("A", "")]), b"%PDF"):
        assert brought(world.office, "services", content, world.at).state == "mapping", "whoever brought it says which column is which"
    assert not ImportRow.objects.exists()


def test_pages_from_the_template_to_the_undoing(world: World) -> None:
    client = signed_in(world.county.hospital, "referral_office")
    assert "还没有导入过" in client.get("/imports/").content.decode()
    template = client.get("/imports/kinds/services/template")
    assert load_workbook(io.BytesIO(template.content))["服务"].cell(2, 1).value.startswith("示例")
    refused = client.post("/imports/kinds/services/", {"file": SimpleUploadedFile("空.xlsx", b"")})
    assert "这个文件是空的" in client.get(refused.url).content.decode()
    content = book(SERVICES, [chest(world)])
    first, second = (client.post("/imports/kinds/services/", {"file": SimpleUploadedFile("服务.xlsx", content)}).url for _ in range(2))
    assert first == second, "the same file, still waiting, is shown again"
    assert "写入 1 行" in client.get(first).content.decode()
    assert Import.objects.filter(file_name="服务.xlsx").count() == 1
    assert client.post(f"{first}apply").status_code == 302
    assert client.post(f"{first}apply").status_code == 409
    assert "撤销导入" in client.get(first).content.decode()
    assert client.post(f"{first}undo").status_code == 302
    third = client.post("/imports/kinds/services/", {"file": SimpleUploadedFile("服务.xlsx", content)}).url
    assert third != first and client.post(f"{third}discard").status_code == 302
    assert "已作废" in client.get(third).content.decode()
    elsewhere = signed_in(world.county.other_hospital, "referral_office")
    assert elsewhere.get(first).status_code == 404


def test_statements_do_not_grow_with_the_rows_that_are_looked_at(world: World) -> None:
    taken = []
    for count in (1, 60):
        content = book(SERVICES, [chest(world, name=f"门诊{count}-{n}") for n in range(count)])
        with CaptureQueriesContext(connection) as statements:
            brought(world.office, "services", content, world.at)
        taken.append(len(statements))
    assert taken[0] == taken[1], taken


@pytest.mark.django_db(transaction=True)
def test_two_people_write_the_same_file_at_once(at: datetime) -> None:
    """Each row is there once, and nobody meets an error."""
    world = World(at)
    offices = [world.office, world.actor(world.county.hospital, "county_department")]
    files = []
    for number, actor in enumerate(offices):
        content = book((*SERVICES, f"备注{number}"), [chest(world, name=f"门诊{n}") for n in range(20)])
        files.append((actor, brought(actor, "services", content, at)))
    start, trouble = threading.Barrier(2), []

    def run(actor: Actor, one: Import) -> None:
        try:
            start.wait()
            while Import.objects.get(pk=one.pk).state == "ready":
                with contextlib.suppress(Refused):  # the other is being written; the page says to try again
                    written(actor, one, at)
        except BaseException as error:  # noqa: BLE001 - told by the test
            trouble.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    assert HealthcareService.objects.count() == 20
    counts = [Import.objects.get(pk=one.pk).counts for _, one in files]
    assert sorted(count["new"] for count in counts) == [0, 20] and sum(count["error"] for count in counts) == 0
