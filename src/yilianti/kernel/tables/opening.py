"""Opening what people upload: a worksheet or CSV as rows, and a plain refusal for everything that cannot be read safely."""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.cells import Formula, plain
from yilianti.kernel.tables.layout import Column, Layout

_MOST_UNPACKED = 600 * 1024 * 1024
_MOST_RATIO = 150
#: What a workbook keeps beside its sheets is held in memory as a whole: words said more than once, styles.
_MOST_BESIDE = 64 * 1024 * 1024
_MOST_LINE = 1_000_000
_PIECE = 1 << 20
_MOST_COLUMNS = 200
EXAMPLE = "示例"
_SHEETS = "xl/worksheets/"
_OLD_EXCEL, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z0-9:]+)"')
_BRACKETED = re.compile(r"[（(][^）)]*[）)]|[*＊\s]")
_ALIKE = 0.6

Cells = Sequence[Any]


@dataclass(frozen=True)
class Table:
    """The headings as they stand, and the rows under them (spreadsheet row number, cells); example and empty rows left out."""

    headings: tuple[str, ...]
    rows: Iterator[tuple[int, Cells]]


def open_table(name: str, source: IO[bytes], layout: Layout) -> Table:
    """The table in a file, read row by row and never whole in memory; raises Refused with what is wrong and what to do."""
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    first = source.read(len(_ZIP))
    if not first:
        raise _refused("这个文件是空的；请另选文件。")
    if size > layout.most_bytes:
        raise _refused(f"文件有 {size // 1024 // 1024} MB，超过 {layout.most_bytes // 1024 // 1024} MB；请拆成几个文件分别导入，或删去图片。")
    if first == _OLD_EXCEL:
        raise _refused("这是旧式 .xls 或加了密码的文件；请在表格软件中去掉密码，另存为“Excel 工作簿（.xlsx）”后再上传。")
    if first == _ZIP:
        return _headed(_worksheet(name, source, size, layout), layout.most_rows)
    return _headed(_separated(source), layout.most_rows)


def matched(layout: Layout, headings: Sequence[str], saved: Mapping[str, str] | None = None) -> dict[str, int]:
    """Column key → place in the file, by saved choice, by name, else by other names in use."""
    places = {_bare(heading): place for place, heading in reversed(list(enumerate(headings))) if _bare(heading)}
    chosen = {key: places[_bare(heading)] for key, heading in (saved or {}).items() if _bare(heading) in places}
    for column in layout.columns:
        name = next((word for word in (column.label, *column.also) if _bare(word) in places), None)
        if column.key not in chosen and name is not None:
            chosen[column.key] = places[_bare(name)]
    return chosen


def guessed(column: Column, headings: Sequence[str]) -> str:
    """The heading most like this column's; "" when none is."""
    bare = {_bare(heading): heading for heading in headings if heading}
    near = difflib.get_close_matches(_bare(column.label), list(bare), n=1, cutoff=_ALIKE)
    within = next((heading for word, heading in bare.items() if word in column.label or column.label in word), "")
    return bare[near[0]] if near else within


def _bare(heading: str) -> str:
    return _BRACKETED.sub("", heading).lower()


def _refused(zh: str) -> Refused:
    return Refused("file_unreadable", zh, "the file cannot be read", field="file")


def _headed(rows: Iterator[tuple[int, Cells]], most: int) -> Table:
    """The first row with anything in it is the headings."""
    for _, cells in rows:
        if any(plain(cell) for cell in cells):
            headings = tuple(plain(cell) for cell in cells[:_MOST_COLUMNS])
            return Table(headings, _written(rows, most))
    raise _refused("表中没有内容；请使用下载的模板，第一行是列名，从第二行起填写。")


def _written(rows: Iterator[tuple[int, Cells]], most: int) -> Iterator[tuple[int, Cells]]:
    count = 0
    for number, cells in rows:
        first = next((text for cell in cells if (text := plain(cell))), "")
        if not first or first.startswith(EXAMPLE):
            continue
        count += 1
        if count > most:
            raise _refused(f"超过 {most:,} 行；请拆成几个文件分别导入。")
        yield number, cells[:_MOST_COLUMNS]


def _worksheet(name: str, source: IO[bytes], size: int, layout: Layout) -> Iterator[tuple[int, Cells]]:
    _check_package(name, source, size)
    from openpyxl import load_workbook  # imported here: a tenth of a second that only imports need

    try:
        book = load_workbook(source, read_only=True, data_only=False, keep_links=False)
        if not book.worksheets:
            raise _refused("这个文件里没有工作表；请使用下载的模板。")
        sheet = book[layout.title] if layout.title in book.sheetnames else book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size is not believed
        for number, cells in enumerate(sheet.iter_rows(), 1):
            yield number, [_value(cell) for cell in cells]
    except Refused:
        raise
    except Exception as error:  # a damaged package fails in as many ways as it has parts
        raise _refused("文件已损坏或不是真正的 .xlsx；请在表格软件中重新另存一次再上传。") from error


def _value(cell: Any) -> Any:
    return Formula(str(cell.value)) if cell.data_type == "f" else cell.value


def _check_package(name: str, source: IO[bytes], size: int) -> None:
    """Refuse macros, bombs, merged cells and documents that declare entities, before any XML is read as such."""
    try:
        with zipfile.ZipFile(source) as package:
            parts = package.infolist()
            _check_parts(name, parts, size)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_xml(package, part)
    except Refused:
        raise
    except Exception as error:  # zlib, struct and zipfile each have their own
        raise _refused("文件已损坏或加了密码；请在表格软件中去掉密码，重新另存为 .xlsx 再上传。") from error


def _check_parts(name: str, parts: Sequence[zipfile.ZipInfo], size: int) -> None:
    if name.lower().endswith((".xlsm", ".xlsb", ".xltm")) or any("vbaproject" in part.filename.lower() for part in parts):
        raise _refused("文件带有宏，不予接收；请另存为“Excel 工作簿（.xlsx）”后再上传。")
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise _refused("这不是 Excel 工作簿；请使用下载的模板（.xlsx），或 CSV。")
    unpacked = sum(part.file_size for part in parts)
    beside = max((part.file_size for part in parts if part.filename.endswith((".xml", ".rels")) and not part.filename.startswith(_SHEETS)), default=0)
    if len(parts) > 2000 or beside > _MOST_BESIDE or unpacked > _MOST_UNPACKED or (unpacked > 20 * 1024 * 1024 and unpacked > size * _MOST_RATIO):
        raise _refused("文件解开后大得不合情理，不予接收；请把数据复制到新下载的模板里再上传。")


def _check_xml(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    is_sheet = part.filename.startswith(_SHEETS)
    kept, is_first = b"", True
    with package.open(part) as stream:
        while piece := stream.read(_PIECE):
            if is_first and b"<!DOCTYPE" in piece[:4096]:
                raise _refused("文件内容不合规范，不予接收；请把数据复制到新下载的模板里再上传。")
            is_first = False
            if is_sheet and (merged := _MERGED.search(kept + piece)):
                raise _refused(f"表中有合并的单元格（{merged[1].decode()}）；请取消合并，把每一行填全，再上传。")
            if not is_sheet:
                return
            kept = piece[-200:]


def _separated(source: IO[bytes]) -> Iterator[tuple[int, Cells]]:
    text = io.TextIOWrapper(source, encoding=_encoding(source), newline="")
    first = text.readline(_MOST_LINE)
    text.seek(0)
    reader = csv.reader(_lines(text), delimiter="\t" if "\t" in first and "," not in first else ",")
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _refused(f"第 {reader.line_num} 行读不下去（引号不成对，或一格太长）；请检查后再上传。") from error
        yield reader.line_num, cells


def _lines(text: IO[str]) -> Iterator[str]:
    while line := text.readline(_MOST_LINE):
        if len(line) == _MOST_LINE:
            raise _refused("有一行长得不合情理；请使用下载的模板，或另存为“CSV UTF-8”。")
        yield line


def _encoding(source: IO[bytes]) -> str:
    """The encoding in which the whole file can be read; leaves it at its beginning."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        source.seek(0)
        try:
            while piece := source.read(_PIECE):
                if b"\x00" in piece:
                    raise _refused("这不是表格文件；请使用下载的模板（.xlsx），或 CSV。")
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        source.seek(0)
        return encoding
    raise _refused("既不是 .xlsx，也不是 UTF-8 或 GB18030 的 CSV；请使用下载的模板，或另存为“CSV UTF-8”。")
