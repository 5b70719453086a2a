"""The template of a table, and the same sheet handed back with what is wrong in each row."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from yilianti.kernel.tables.layout import CellKind, Column, Layout
from yilianti.kernel.tables.opening import EXAMPLE
from yilianti.kernel.tables.sheets import safe

FAULTS = "错误说明"
_DROPDOWN_ROWS = 5000
_WIDEST = 40


def template(layout: Layout) -> bytes:
    """An .xlsx with headings, drop-downs, one example row and a sheet of notes."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment

    book = Workbook()
    sheet = book.active
    sheet.title = layout.title
    lists = book.create_sheet("可选项")
    for place, column in enumerate(layout.columns, 1):
        _head(sheet.cell(1, place), column)
        if column.note:
            sheet.cell(1, place).comment = Comment(column.note, "医联体", width=260, height=90)
        _shape(sheet, lists, place, column)
    for place, column in enumerate(layout.columns, 1):
        _example(sheet.cell(2, place), f"{EXAMPLE}：{column.example}" if place == 1 else column.example)
    sheet.freeze_panes = "A2"
    _notes(book.create_sheet("填写说明", 1), layout)
    lists.sheet_state = "hidden"
    return _bytes(book)


def faulty(layout: Layout, rows: Iterable[tuple[dict[str, str], str]]) -> bytes:
    """Rows as they were given, each with the sentences that say what to mend; uploaded again as it is."""
    from openpyxl import Workbook

    book = Workbook()
    sheet, lists = book.active, book.create_sheet("可选项")
    sheet.title = layout.title
    for place, column in enumerate(layout.columns, 1):
        _head(sheet.cell(1, place), column)
        _shape(sheet, lists, place, column)
    last = len(layout.columns) + 1
    sheet.cell(1, last, FAULTS)
    sheet.column_dimensions[_letter(last)].width = 60
    for number, (values, said) in enumerate(rows, 2):
        for place, column in enumerate(layout.columns, 1):
            cell = sheet.cell(number, place)
            cell.number_format = "@"
            cell.value = safe(values.get(column.key, "")) or None
        sheet.cell(number, last, safe(said))
    sheet.freeze_panes = "A2"
    lists.sheet_state = "hidden"
    return _bytes(book)


def _head(cell: Any, column: Column) -> None:
    from openpyxl.styles import Font, PatternFill

    cell.value = f"{column.label}*" if column.required else column.label
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="FFF2CC" if column.required else "E7EEF5")


def _example(cell: Any, text: str) -> None:
    from openpyxl.styles import Font

    cell.value, cell.number_format = text or None, "@"
    cell.font = Font(italic=True, color="808080")


def _shape(sheet: Any, lists: Any, place: int, column: Column) -> None:
    """Width, text format, and the drop-down of a column."""
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = _letter(place)
    sheet.column_dimensions[letter].width = min(_WIDEST, max(12, len(column.label) * 2 + 4, len(column.example) * 2))
    if column.kind is CellKind.CODE:
        sheet.column_dimensions[letter].number_format = "@"
        for number in range(2, 202):
            sheet.cell(number, place).number_format = "@"  # where people type at once; the column's own format covers the rest
    if not column.choices:
        return
    for number, word in enumerate(column.choices, 1):
        lists.cell(number, place, word)
    offered = DataValidation(type="list", formula1=f"可选项!${letter}$1:${letter}${len(column.choices)}", allow_blank=True, showErrorMessage=True,
                             errorTitle="不在可选范围", error="请从下拉列表中选择。")  # fmt: skip
    offered.add(f"{letter}2:{letter}{_DROPDOWN_ROWS}")
    sheet.add_data_validation(offered)


def _notes(sheet: Any, layout: Layout) -> None:
    from openpyxl.styles import Alignment, Font

    lines: list[Sequence[str]] = [("列", "是否必填", "怎样填", "例"), *_explained(layout), (), ("请注意", "", "以“示例”开头的行不会导入；列的次序可以改，列名请不要改。"),
                                  *(("", "", note) for note in layout.notes)]  # fmt: skip
    for line in lines:
        sheet.append(list(line))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCD", (18, 10, 70, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_col=3, max_col=3):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")


def _explained(layout: Layout) -> Iterable[Sequence[str]]:
    for column in layout.columns:
        how = column.note + (f" 可选：{'、'.join(column.choices)}。" if column.choices else "") + (" 按文本填写，勿用科学计数。" if column.kind is CellKind.CODE else "")
        yield column.label, "必填" if column.required else "选填", how.strip() or column.kind.zh, column.example


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place))


def _bytes(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
