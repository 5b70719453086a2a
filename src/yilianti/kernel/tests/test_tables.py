"""Cells and files as people leave them: read, or refused with a sentence; never an error, never a guess."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from yilianti.kernel.finding import Refused
from yilianti.kernel.tables import cells, opening, writing
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Row, Verdict
from yilianti.kernel.tables.sheets import sheet

DAY = Column("on", "日期", kind=CellKind.DAY)
CODE = Column("code", "编号", kind=CellKind.CODE, required=True, example="A1")
NAME = Column("name", "名称", "登记证上的全称。", example="稻香镇卫生院", also=("机构名称",))
KIND = Column("kind", "类别", choices={"甲": "a", "乙": "b"}, example="甲")
LAYOUT = Layout("things", "东西", (CODE, NAME, KIND, DAY), identity=("code",), notes=("先上后下。",))


@pytest.mark.parametrize(
    "written",
    ["2026-11-26", "2026/11/26", "2026.11.26", "20261126", "2026年11月26日", "２０２６-11-26", "2026-11-26 00:00:00", 46352, "46352", 20261126,
     datetime.fromisoformat("2026-11-26T08:00"), date(2026, 11, 26)],
)  # fmt: skip
def test_a_day_in_every_spelling(written: object) -> None:
    assert cells.read(DAY, written) == "2026-11-26"


@pytest.mark.parametrize("written", ["2026-02-30", "26-11-26", "明天", "11/26/2026", "0", "99999999", -3])
def test_what_is_no_day_is_refused(written: object) -> None:
    with pytest.raises(cells.CellFault, match="日|年"):
        cells.read(DAY, written)


@given(st.dates(date(1900, 3, 1), date(2099, 12, 31)))
def test_a_serial_number_is_the_day_excel_means(day: date) -> None:
    from openpyxl.utils.datetime import to_excel

    assert cells.read(DAY, int(to_excel(day))) == day.isoformat()


@pytest.mark.parametrize(("written", "kept"), [(13800000000, "13800000000"), (1.0, "1"), (" Ａ１ 2 ", "A12"), ("00123", "00123"), (None, ""), ("\u200bX\ufeff", "X")])
def test_a_number_kept_as_text(written: object, kept: str) -> None:
    assert cells.read(CODE, written) == kept


@pytest.mark.parametrize("written", [5.30921195903140e17, "5.30921E+17", "1.23e17", 530921195903140011])
def test_a_number_spoilt_by_the_spreadsheet_is_refused(written: object) -> None:
    with pytest.raises(cells.CellFault, match="文本"):
        cells.read(CODE, written)


@given(st.one_of(st.none(), st.text(max_size=300), st.integers(), st.floats(allow_nan=True), st.booleans(), st.datetimes()), st.sampled_from(LAYOUT.columns))
def test_any_cell_is_read_or_refused(raw: object, column: Column) -> None:
    try:
        assert isinstance(cells.read(column, raw), str)
    except cells.CellFault as fault:
        assert str(fault).endswith("。")


def _book(rows: list[list[object]], title: str = "东西") -> bytes:
    made = Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _read(name: str, content: bytes) -> list[tuple[int, list[str]]]:
    table = opening.open_table(name, content, LAYOUT)
    return [(number, [str(cell or "") for cell in row]) for number, row in table.rows]


def test_the_template_is_read_back_and_its_example_is_left_out() -> None:
    content = writing.template(LAYOUT)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["东西", "填写说明", "可选项"]
    assert [cell.value for cell in book["东西"][1]] == ["编号*", "名称", "类别", "日期"]
    assert book["东西"].cell(2, 1).value == "示例：A1"
    assert book["东西"].data_validations.dataValidation[0].formula1 == "可选项!$C$1:$C$2"
    table = opening.open_table("t.xlsx", content, LAYOUT)
    assert opening.matched(LAYOUT, table.headings) == {"code": 0, "name": 1, "kind": 2, "on": 3}
    assert list(table.rows) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_csv_in_both_encodings(encoding: str) -> None:
    content = "编号,名称\nA1,稻香\n\nA2,𠮷村\n".encode(encoding)
    assert _read("t.csv", content) == [(2, ["A1", "稻香"]), (4, ["A2", "𠮷村"])]


def test_a_formula_is_refused_in_its_cell() -> None:
    table = opening.open_table("t.xlsx", _book([["编号"], ["=1+1"]]), LAYOUT)
    (_, row) = next(table.rows)
    with pytest.raises(cells.CellFault, match="公式"):
        cells.read(CODE, row[0])


def _merged() -> bytes:
    made = Workbook()
    made.active.append(["编号", "名称"])
    made.active.append(["A1", "x"])
    made.active.merge_cells("A2:B3")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _packed(name: str, content: bytes) -> bytes:
    out = io.BytesIO(_book([["编号"], ["A1"]]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.xlsx", b"", "空的"), ("t.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "另存为"), ("t.xlsm", _book([["编号"]]), "宏"),
        ("t.xlsx", _packed("xl/vbaProject.bin", b"x"), "宏"), ("t.xlsx", _merged(), "合并的单元格（A2:B3）"), ("t.xlsx", _packed("xl/media/a.bin", b"\0" * 60_000_000), "大得不合情理"),
        ("t.xlsx", _book([["编号"]])[:900], "损坏"), ("t.xlsx", b"PK\x03\x04" + b"x" * 100, "损坏"), ("t.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\xff\xfe", "CSV"),
        ("t.csv", b"a" * (opening.MOST_BYTES + 1), "拆成"), ("t.xlsx", _packed("xl/worksheets/sheet9.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'), "规范"),
        ("t.xlsx", _book([]), "没有内容"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_what_to_do(name: str, content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        _read(name, content)


@given(st.binary(max_size=400), st.integers(0, 3000))
def test_a_damaged_workbook_never_fails_otherwise(noise: bytes, where: int) -> None:
    whole = _WHOLE
    damaged = whole[: where % len(whole)] + noise + whole[where % len(whole) + len(noise) :]
    try:
        _read("t.xlsx", damaged)
    except Refused as refusal:
        assert refusal.zh.endswith("。")


_WHOLE = _book([["编号", "名称"], ["A1", "x"], ["A2", "y"]])


def test_headings_are_found_by_name_by_other_names_and_by_likeness() -> None:
    headings = ("序号", "编号", "机构名称（全称）", "类型")
    assert opening.matched(LAYOUT, headings) == {"code": 1, "name": 2}
    assert opening.guessed(NAME, ("单位名称", "电话")) == "单位名称"
    assert opening.matched(LAYOUT, headings, {"kind": "类型"})["kind"] == 3


def test_a_row_says_what_it_would_do() -> None:
    row = Row(2, {"code": "A1", "name": "新名", "kind": "b"})
    assert row.verdict is Verdict.NEW
    row.known = object()
    row.compare(LAYOUT, {"name": "旧名", "kind": "a"})
    assert (row.verdict, row.changes) == (Verdict.CHANGED, {"名称": ["旧名", "新名"], "类别": ["甲", "乙"]})
    row.blame(LAYOUT, "code", "不行。")
    assert row.verdict is Verdict.ERROR


def test_a_list_taken_out_is_a_workbook_in_which_nothing_runs() -> None:
    answer = sheet("名单.xlsx", [("姓名", "生日", "数"), ("=cmd|' /C calc'!A0", date(2026, 11, 26), 3)])
    page = load_workbook(io.BytesIO(answer.content)).active
    assert (page.freeze_panes, page.cell(2, 1).data_type, page.cell(2, 1).value[0]) == ("A2", "s", "'")
    assert (page.cell(2, 2).is_date, page.cell(2, 3).value) == (True, 3)
    assert "filename*=UTF-8''" in answer["Content-Disposition"]
