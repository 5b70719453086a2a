"""What leaves as CSV."""

import io
from datetime import UTC, datetime

from openpyxl import load_workbook

from yilianti.kernel.tables.sheets import sheet, streamed


def test_no_cell_is_a_formula_and_chinese_is_recognised() -> None:
    answer = sheet("a.csv", [["诊断", 3], ["=HYPERLINK(1)", "\t+1"], ["I20.000", "-"]])
    assert answer.content.decode("utf-8") == "\ufeff诊断,3\r\n'=HYPERLINK(1),'\t+1\r\nI20.000,'-\r\n"
    assert answer["Cache-Control"] == "no-store"


def test_streamed_writes_any_length_row_by_row() -> None:
    asked = 0

    def rows():
        nonlocal asked
        yield ["单号", "时间"]
        for number in range(3000):
            asked += 1
            yield [f"=ZZ{number}", datetime(2026, 11, 26, 4, 0, tzinfo=UTC)]

    told = streamed("转诊单.xlsx", [("转诊单", rows()), ("说明", [["项目", "内容"], ["导出人", "赵一"]])])
    book = load_workbook(io.BytesIO(told.getvalue()), read_only=True)
    lines = list(book["转诊单"].iter_rows(values_only=True))
    assert asked == 3000 and len(lines) == 3001
    assert lines[1] == ("'=ZZ0", datetime(2026, 11, 26, 12, 0))  # noqa: DTZ001 - Excel knows no zones
    assert list(book["说明"].iter_rows(values_only=True))[1] == ("导出人", "赵一")
    assert told["Cache-Control"] == "no-store"


def test_streamed_csv_carries_the_mark() -> None:
    assert streamed("a.csv", [("a", [["甲"], ["=1+1"]])]).getvalue() == "\ufeff甲\r\n'=1+1\r\n".encode()
