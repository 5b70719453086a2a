"""Cells and files as people leave them: read, or refused with a sentence; never an error, never a guess."""

from __future__ import annotations

import io
import re
import tempfile
import tracemalloc
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.kernel.tables import cells, opening, writing
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Row, Verdict
from yilianti.kernel.tables.sheets import sheet

DAY = Column("on", "日期", kind=CellKind.DAY)
CODE = Column("code", "编号", kind=CellKind.CODE, required=True, example="A1")
NAME = Column("name", "名称", "登记证上的全称。", example="稻香镇卫生院", also=("机构名称",))
KIND = Column("kind", "类别", choices={"甲": "a", "乙": "b"}, example="甲")
AMOUNT = Column("amount", "金额", kind=CellKind.AMOUNT)
QUANTITY = Column("quantity", "数量", kind=CellKind.QUANTITY)
LAYOUT = Layout("东西", (CODE, NAME, KIND, DAY), identity=("code",), notes=("先上后下。",))


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


@pytest.mark.parametrize(
    ("written", "amount", "quantity"),
    [("12.5", "12.50", "12.5"), ("１２．５０", "12.50", "12.5"), (12, "12.00", "12"), (12.0, "12.00", "12"), (0.1 + 0.2, "0.30", "0.3"), (" 0.30 ", "0.30", "0.3"),
     (".5", "0.50", "0.5"), ("7.", "7.00", "7"), ("1.500", "1.50", "1.5"), (1234567.89, "1234567.89", "1234567.89"), ("-0", "0.00", "0"), (-0.0, "0.00", "0"),
     (1e3, "1000.00", "1000"), (999999999999.99, "999999999999.99", "999999999999.99"), ("999999999999.99", "999999999999.99", "999999999999.99"), (None, "", ""), ("　", "", "")],
)  # fmt: skip
def test_a_figure_is_kept_as_a_plain_decimal(written: object, amount: str, quantity: str) -> None:
    assert (cells.read(AMOUNT, written), cells.read(QUANTITY, written)) == (amount, quantity)


@pytest.mark.parametrize(
    ("written", "said"),
    [("-3.50", "“-3.50”是负数"), (-3.5, "“-3.5”是负数"), ("－3", "负数"), ("12.345", "“12.345”超过 2 位小数"), (12.345, "超过 2 位"), (0.125, "超过 2 位"), ("0.30000000000000004", "超过 2 位"),
     ("1,234.50", "“1,234.50”带有千位分隔符"), ("１，２３４", "千位"), ("1.2E+3", "“1.2E+3”是科学计数"), ("1e-2", "科学计数"), ("12元", "“12元”不是数字"), ("￥12", "不是数字"), ("一百", "不是数字"),
     ("1 2", "不是数字"), ("NaN", "不是数字"), (float("nan"), "太大"), (float("inf"), "太大"), ("1" + "0" * 12, "太大"), (1e13, "太大"), (True, "不是数字"), (date(2026, 11, 26), "日期"),
     (cells.Formula("=SUM(A1:A3)"), "公式")],
)  # fmt: skip
def test_what_is_no_amount_is_refused_by_its_value(written: object, said: str) -> None:
    with pytest.raises(cells.CellFault, match=re.escape(said)) as fault:
        cells.read(AMOUNT, written)
    assert str(fault.value).endswith("。")


def test_a_quantity_has_four_decimals_at_most() -> None:
    assert cells.read(QUANTITY, "0.3333") == "0.3333"
    with pytest.raises(cells.CellFault, match="“0.33333”超过 4 位小数"):
        cells.read(QUANTITY, "0.33333")


@given(st.integers(0, 10**14 - 1), st.booleans())
def test_every_amount_is_the_same_fen_as_text_as_number_and_read_again(fen: int, is_number: bool) -> None:
    said = f"{fen // 100}.{fen % 100:02d}"
    kept = cells.read(AMOUNT, float(said) if is_number else said)
    assert (Money.yuan(kept).fen, cells.read(AMOUNT, kept)) == (fen, kept)


@given(st.lists(st.integers(0, 10**7), min_size=2, max_size=40))
def test_the_noise_of_a_sum_is_no_third_decimal(fens: list[int]) -> None:
    assert Money.yuan(cells.read(AMOUNT, sum(fen / 100 for fen in fens))).fen == sum(fens)


@given(st.integers(1, 10**11).filter(lambda mills: mills % 10))
def test_a_real_third_decimal_is_always_refused(mills: int) -> None:
    for written in (f"{mills // 1000}.{mills % 1000:03d}", mills / 1000):
        with pytest.raises(cells.CellFault, match="超过 2 位小数"):
            cells.read(AMOUNT, written)


@given(st.one_of(st.none(), st.text(max_size=300), st.integers(), st.floats(allow_nan=True), st.booleans(), st.datetimes()), st.sampled_from((*LAYOUT.columns, AMOUNT, QUANTITY)))
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
    table = opening.open_table(name, io.BytesIO(content), LAYOUT)
    return [(number, [str(cell or "") for cell in row]) for number, row in table.rows]


def test_the_template_is_read_back_and_its_example_is_left_out() -> None:
    content = writing.template(LAYOUT)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["东西", "填写说明", "可选项"]
    assert [cell.value for cell in book["东西"][1]] == ["编号*", "名称", "类别", "日期"]
    assert book["东西"].cell(2, 1).value == "示例：A1"
    assert book["东西"].data_validations.dataValidation[0].formula1 == "可选项!$C$1:$C$2"
    table = opening.open_table("t.xlsx", io.BytesIO(content), LAYOUT)
    assert opening.matched(LAYOUT, table.headings) == {"code": 0, "name": 1, "kind": 2, "on": 3}
    assert list(table.rows) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_csv_in_both_encodings(encoding: str) -> None:
    content = "编号,名称\nA1,稻香\n\nA2,𠮷村\n".encode(encoding)
    assert _read("t.csv", content) == [(2, ["A1", "稻香"]), (4, ["A2", "𠮷村"])]


def test_a_formula_is_refused_in_its_cell() -> None:
    table = opening.open_table("t.xlsx", io.BytesIO(_book([["编号"], ["=1+1"]])), LAYOUT)
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
        ("t.csv", b"a" * (LAYOUT.most_bytes + 1), "拆成"), ("t.xlsx", _packed("xl/worksheets/sheet9.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'), "规范"),
        ("t.xlsx", _book([]), "没有内容"), ("t.xlsx", _packed("xl/sharedStrings.xml", b"x" * (opening._MOST_BESIDE + 1)), "大得不合情理"),
        ("t.csv", b"code\n" + b"a" * 2_000_000, "长得不合情理"), ("t.csv", b'code\n"' + b"a" * 200_000, "读不下去"), ("t.csv", b"code\nA\x00", "不是表格文件"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_what_to_do(name: str, content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        _read(name, content)


def test_a_large_file_is_never_whole_in_memory() -> None:
    line = ",".join(["A1", *["很长的一格" * 2000] * 3]) + "\n"
    with tempfile.TemporaryFile() as source:
        source.write("编号,名称,类别,日期\n".encode())
        source.writelines(line.encode() for _ in range(250))
        assert source.tell() > 20 * 1024 * 1024
        tracemalloc.start()
        assert sum(1 for _ in opening.open_table("t.csv", source, LAYOUT).rows) == 250
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 6 * 1024 * 1024


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
