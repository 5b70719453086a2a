"""Loading a complete code table into this installation's own policies: read, check, compare, write."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yilianti.policybook import filing, initials
from yilianti.policybook.catalogues import Catalogue, Diagnosis

CODE_COLUMNS = ("code", "编码", "代码", "诊断编码", "诊断代码", "疾病编码", "医保编码")
NAME_COLUMNS = ("name", "value", "名称", "诊断名称", "疾病名称", "医保名称")
CODE = re.compile(r"[A-Z][0-9A-Z]{2}[0-9A-Za-z.+*/]*")
Progress = Callable[[int, int], None]


class ImportRefused(Exception):
    """The table cannot be loaded as it stands; a Chinese sentence with the way out."""


@dataclass(frozen=True)
class RowError:
    row: int
    sentence: str


@dataclass(frozen=True)
class Reading:
    """What a file holds: (code, name) pairs in file order, and the rows that cannot be taken."""

    pairs: tuple[tuple[str, str], ...]
    errors: tuple[RowError, ...]
    repeated: int


@dataclass(frozen=True)
class Change:
    """A table against the catalogue in force."""

    new: int
    renamed: int
    unchanged: int
    gone: int


def read_table(path: Path, code_column: str = "", name_column: str = "") -> Reading:
    """Codes and names of a CSV or tab-separated file, UTF-8 or GB18030; raises ImportRefused."""
    rows = _rows(path)
    header = [cell.strip() for cell in next(rows, [])]
    code_at = _column(header, code_column, CODE_COLUMNS, "--code-column")
    name_at = _column(header, name_column, NAME_COLUMNS, "--name-column")
    found: dict[str, str] = {}
    errors: list[RowError] = []
    repeated = 0
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        code, name = (row[at].strip() if at < len(row) else "" for at in (code_at, name_at))
        sentence = _fault(code, name, found)
        if sentence:
            errors.append(RowError(number, sentence))
        elif code in found:
            repeated += 1
        else:
            found[code] = name
    return Reading(tuple(found.items()), tuple(errors), repeated)


def compare(pairs: Sequence[tuple[str, str]], current: Catalogue | None) -> Change:
    """How the table differs from the catalogue in force (None: there is none)."""
    held = {row.code: row.name for row in current or ()}
    new = sum(code not in held for code, _ in pairs)
    renamed = sum(code in held and held[code] != name for code, name in pairs)
    return Change(new, renamed, len(pairs) - new - renamed, len(set(held) - {code for code, _ in pairs}))


def spell(pairs: Sequence[tuple[str, str]], current: Catalogue | None, progress: Progress) -> list[Diagnosis]:
    """Rows with initials; everyday names are carried over from the catalogue in force."""
    also: Mapping[str, str] = {row.code: row.also for row in current or ()}
    rows = []
    for done, (code, name) in enumerate(pairs, 1):
        other = also.get(code, "")
        spelled = dict.fromkeys(initials.of(text) for text in (name, *other.split("、")) if text)
        rows.append(Diagnosis(code, name, "、".join(spelled), other))
        if done % 1000 == 0 or done == len(pairs):
            progress(done, len(pairs))
    return rows


@dataclass(frozen=True)
class Target:
    """Where an imported edition goes, and what its head says."""

    local: Path
    consortium: str
    catalogue: str
    effective_from: date
    origin: str

    @property
    def table(self) -> str:
        """The name of the CSV beside the head."""
        return f"{self.catalogue}-{self.effective_from.isoformat()}.csv"


def write(target: Target, rows: Sequence[Diagnosis], today: date) -> str:
    """Add the rows as an edition; returns its policy_ref. Raises ImportRefused where that day has another edition."""
    sheet = filing.Sheet(f"catalogues.{target.catalogue}", f"local/{target.consortium}", target.effective_from, _head_text(target), _edition_text(target))
    try:
        written = filing.add(target.local, sheet, tables={target.table: _csv_text(rows)}, locks=target.effective_from <= today)
    except filing.DayTaken as taken:
        raise ImportRefused(
            f"{target.effective_from.isoformat()} 起的版本已经存在，内容与本次不同；已有的版本不改，请用 --effective-from 另定生效日期。"
        ) from taken
    return written.policy_ref


def _rows(path: Path) -> Iterator[list[str]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ImportRefused(f"打不开文件 {path}（{error.strerror}）；请核对路径。") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ImportRefused(f"{path.name} 既不是 UTF-8，也不是 GB18030；请另存为“CSV UTF-8”。")
    first = text.split("\n", 1)[0]
    return csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first and "," not in first else ",")


def _column(header: list[str], given: str, known: tuple[str, ...], option: str) -> int:
    for name in (given,) if given else known:
        if name in header:
            return header.index(name)
    wanted = f"没有“{given}”列" if given else "认不出这一列"
    raise ImportRefused(f"{wanted}；文件的列有：{'、'.join(header) or '（空）'}。请用 {option} 指明列名。")


def _fault(code: str, name: str, found: Mapping[str, str]) -> str:
    if not code or not name:
        return f"{'编码' if not code else '名称'}为空（{code or name or '空行'}）"
    if not CODE.fullmatch(code):
        return f"编码“{code}”不合 ICD-10 的写法（字母加两位数字开头）"
    if len(name) > 200:
        return f"名称超过 200 字（{code}）"
    if found.get(code, name) != name:
        return f"编码 {code} 出现两次而名称不同：“{found[code]}”与“{name}”"
    return ""


def _head_text(target: Target) -> str:
    return (
        f'title       = "诊断目录（{target.consortium} 导入）"\n'
        f'code        = "catalogues.{target.catalogue}"\n'
        'why         = "由 ./yilianti codes import 装入的完整目录，替代随产品提供的常用目录。"\n'
        'status      = "local_parameter"\n'
        'authored_by = "病案室"\nchecked_by  = "医务部"\n'
        f"next_review = {target.effective_from.replace(year=target.effective_from.year + 1, day=min(target.effective_from.day, 28))}\n"
    )


def _edition_text(target: Target) -> str:
    origin = re.sub(r'["\\\x00-\x1f]', "_", target.origin)
    return (
        f'\n[[edition]]\neffective_from = {target.effective_from.isoformat()}\ntable  = "{target.table}"\n'
        f'source = {{ document = "{origin}", clause = "导入文件全表" }}\n'
    )


def _csv_text(rows: Sequence[Diagnosis]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "name", "initials", "also"))
    writer.writerows((row.code, row.name, row.initials, row.also) for row in sorted(rows, key=lambda row: row.code))
    return out.getvalue()
