"""Settlements and lines brought as tables: looked at row by row, applied once, corrected by the next file."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.layout import Layout
from yilianti.registry.imports import actions as imports
from yilianti.registry.imports import working
from yilianti.registry.imports.models import Import
from yilianti.registry.imports.pages.forms import mapping_form
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims.models import Charge, Claim
from yilianti.settlement.claims.tables.columns import SETTLEMENT as SETTLEMENT_COLUMNS
from yilianti.settlement.claims.tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
CARD = "11010519491231002X"
SETTLEMENT = {"结算编号": "JS1", "身份证号": CARD, "姓名": "苏禾", "医疗类别": "住院", "入院日期": "2026-03-01", "出院日期": "2026-03-11", "总费用": "10000.00", "先行自付": "500"}
LINE = {"结算编号": "JS1", "明细序号": "1", "项目编码": "YP1", "项目名称": "阿司匹林肠溶片", "类别": "药品", "数量": "2", "单价": "12.5", "金额": "25.00", "费用发生时间": "2026-03-02 08:30"}


@pytest.fixture
def scene() -> factories.Scene:
    made = factories.scene(NOW)
    residents.add_identifier(actor=made.people.township, resident_id=made.resident, given=residents.IdentifierGiven(residents.IdentifierSystem.ID_CARD, CARD), at=NOW)
    return made


def brought(scene: factories.Scene, kind: str, *rows: dict[str, str], actor: Any = None) -> Import:
    """A CSV with these rows, read and judged."""
    heads = list(dict.fromkeys(key for row in rows for key in row))
    text = "\n".join(",".join(row) for row in [heads, *([row.get(head, "") for head in heads] for row in rows)])
    one = imports.bring(actor=actor or scene.office, kind=kind, file_name="表.csv", source=io.BytesIO(text.encode()), at=NOW)
    working.read(one.pk, actor or scene.office, NOW)
    one.refresh_from_db()
    return one


def applied(scene: factories.Scene, one: Import, actor: Any = None) -> Import:
    imports.begin(actor=actor or scene.office, import_id=one.pk, whole_or_nothing=False, at=NOW)
    working.apply(one.pk, actor or scene.office, NOW)
    one.refresh_from_db()
    return one


def said(one: Import) -> list[str]:
    return [f"{row.number} {fault['column']}：{fault['sentence']}" for row in one.rows.order_by("number") for fault in row.faults]


def test_a_file_is_looked_at_and_then_written(scene) -> None:
    one = brought(scene, "settlements", SETTLEMENT, {**SETTLEMENT, "结算编号": "JS2", "总费用": "-5", "入院日期": "2026-04-01", "出院日期": "2026-04-09"})
    assert (one.state, one.counts) == ("ready", {"new": 1, "changed": 0, "unchanged": 0, "error": 1})
    assert said(one) == ["3 总费用：“-5”是负数；请填零或正数，冲减的请按原始单据另行办理。"] and not Claim.objects.exists()
    assert applied(scene, one).state == "done"
    claim = Claim.objects.get()
    assert (claim.settlement_number, claim.fund, claim.gap) == ("JS1", 630_000, "")


def test_the_names_of_the_national_interface_are_known(scene) -> None:
    row = {"setl_id": "JS9", "certno": CARD, "psn_name": "苏禾", "clr_type": "21", "insutype": "390", "begntime": "2026-03-01 10:00:00", "endtime": "2026-03-11 09:00:00", "medfee_sumamt": "10000",
           "preselfpay_amt": "500.00", "hifp_pay": "6300", "fund_pay_sumamt": "6300", "psn_part_amt": "3700", "maindiag_code": "I20.000"}  # fmt: skip
    one = applied(scene, brought(scene, "settlements", row))
    claim = Claim.objects.get()
    assert (one.state, claim.insured_fund, claim.insured_person, claim.diagnoses) == ("done", 630_000, 370_000, ["I20.000"])


@pytest.mark.parametrize(("changes", "column", "sentence"), [
    ({"身份证号": "110105194912310022"}, "身份证号", "校验"),
    ({"身份证号": "110105194912310046"}, "身份证号", "先导入居民"),
    ({"姓名": "石明川"}, "姓名", "姓名不同"),
    ({"机构代码": "NOWHERE"}, "机构代码", "没有这个机构"),
    ({"出院日期": "2026-02-11"}, "出院日期", "早于入院日期"),
    ({"总费用": "100.005"}, "总费用", "2 位小数"),
    ({"先行自付": "10001"}, "总费用", "小于全自费"),
    ({"主要诊断编码": "感冒"}, "主要诊断编码", "不像诊断编码"),
    ({"其他诊断编码": "I10.x00"}, "主要诊断编码", "没有主要编码"),
    ({"人员类别": "低保对象、富人"}, "人员类别", "不认识“富人”"),
    ({"医疗类别": "体检"}, "医疗类别", "不在可选范围"),
])  # fmt: skip
def test_a_faulty_row_names_its_field_and_the_way_out(scene, changes, column, sentence) -> None:
    one = brought(scene, "settlements", SETTLEMENT | changes)
    assert one.counts["error"] == 1 and any(line.startswith(f"2 {column}") and sentence in line for line in said(one)), said(one)


def test_overlapping_stays_within_one_file(scene) -> None:
    one = brought(scene, "settlements", SETTLEMENT, SETTLEMENT | {"结算编号": "JS2", "入院日期": "2026-03-05"})
    assert "3 入院日期" in said(one)[0] and "重叠（结算编号 JS1" in said(one)[0]


def test_the_same_file_again_and_a_corrected_one(scene) -> None:
    applied(scene, brought(scene, "settlements", SETTLEMENT))
    again = brought(scene, "settlements", SETTLEMENT)
    assert again.counts["unchanged"] == 1
    fixed = brought(scene, "settlements", {key: value for key, value in SETTLEMENT.items() if key != "先行自付"} | {"总费用": "11000"})
    (row,) = fixed.rows.all()
    assert row.changes == {"总费用": ["10000.00", "11000.00"]}, "an empty cell changes nothing"
    applied(scene, fixed)
    claim = Claim.objects.get()
    assert (claim.version, claim.total, claim.first_self) == (2, 1_100_000, 50_000)


def test_an_import_is_undone_unless_it_was_used(scene) -> None:
    one = applied(scene, brought(scene, "settlements", SETTLEMENT))
    imports.undo(actor=scene.office, import_id=one.pk, at=NOW)
    assert Claim.objects.get().state == "withdrawn"
    two = applied(scene, brought(scene, "settlements", SETTLEMENT | {"结算编号": "JS2"}))
    applied(scene, brought(scene, "charges", LINE | {"结算编号": "JS2"}))
    with pytest.raises(Refused, match="已有明细"):
        imports.undo(actor=scene.office, import_id=two.pk, at=NOW)


def test_lines_follow_their_settlement(scene) -> None:
    assert "先导入费用结算" in said(brought(scene, "charges", LINE))[0]
    applied(scene, brought(scene, "settlements", SETTLEMENT))
    first = brought(scene, "charges", LINE, LINE | {"明细序号": "2", "数量": "3"})
    assert [row.notes for row in first.rows.order_by("number")] == [[], ["数量 × 单价是 37.50 元，与金额不同。"]]
    applied(scene, first)
    assert Claim.objects.get().lines_total == 5_000
    applied(scene, brought(scene, "charges", LINE | {"金额": "26"}))
    assert Claim.objects.get().lines_total == 5_100 and Charge.objects.count() == 3
    assert brought(scene, "charges", LINE | {"金额": "26"}).counts["unchanged"] == 1
    assert "小于全自费" in said(brought(scene, "charges", LINE | {"全自费": "30"}))[0]


def test_no_heading_is_guessed_for_two_columns() -> None:
    """A hospital's 结算单号 is the settlement's own number, hardly that of the stay before as well."""
    layout = Layout("费用结算", SETTLEMENT_COLUMNS, identity=("institution", "settlement_number"))
    chosen = [field.initial for field in mapping_form(layout, ("结算单号", "证件号", "就医类别", "入院时间", "出院时间", "总金额")).fields.values() if field.initial]
    assert sorted(chosen) == sorted(set(chosen)) and chosen[0] == "结算单号" and len(chosen) == 6


def test_the_bureau_brings_bills_of_hospitals_outside(scene) -> None:
    outside = scene.people.county.other_hospital
    outside.connected = False
    outside.save()
    row = SETTLEMENT | {"机构代码": outside.code}
    applied(scene, brought(scene, "settlements", row, actor=scene.bureau), actor=scene.bureau)
    assert Claim.objects.get().institution_id == outside.id
    assert "由该机构的医保办导入" in said(brought(scene, "settlements", SETTLEMENT | {"机构代码": scene.people.county.hospital.code}, actor=scene.bureau))[0]
    assert "由该机构的医保办导入" in said(brought(scene, "settlements", row | {"结算编号": "JS5"}))[0]


def test_the_statements_of_a_preview_do_not_grow(scene, django_assert_max_num_queries) -> None:
    rows = [SETTLEMENT | {"结算编号": f"JS{n}", "医疗类别": "普通门诊", "入院日期": f"2026-03-{n:02d}", "出院日期": f"2026-03-{n:02d}"} for n in range(1, 29)]
    with django_assert_max_num_queries(40):
        assert brought(scene, "settlements", *rows).counts["new"] == 28
