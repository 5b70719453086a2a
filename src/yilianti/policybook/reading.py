"""Reading one policy file: a TOML head, its editions, the CSV tables beside it; every fault is named."""

from __future__ import annotations

import csv
import io
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

from yilianti.policybook import fingerprints
from yilianti.policybook.edition import RESERVED, Authority, Edition, Head, Source, Status, Table
from yilianti.policybook.errors import PolicyError
from yilianti.policybook.values import Values

REQUIRED = ("title", "code", "why", "authored_by", "checked_by", "next_review")
HEAD = {*REQUIRED, "unit", "status", "labels", "limits", "edition"}
BLOCK = {"effective_from", "effective_until", "source", "table", "corrects", "repealed", "authorised_by"}


def read(path: Path, code: str, place: str) -> tuple[Edition, ...]:
    """All editions of one file, earliest first; raises PolicyError naming file, key and way out."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PolicyError(path, "", f"不是有效的 UTF-8（{error}）；请另存为 UTF-8。") from error
    except OSError as error:
        raise PolicyError(path, "", f"读不了（{error.strerror}）；请核对文件的权限。") from error
    return parse(text, path, code, place)


def parse(text: str, path: Path, code: str, place: str) -> tuple[Edition, ...]:
    """All editions a file of this text would hold at `path`, earliest first; raises PolicyError like `read`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(path, "", f"不是有效的 TOML（{error}）；请按提示的行列修改，文件须为 UTF-8。") from error
    head = _head(path, raw, code, place)
    blocks = raw.get("edition")
    if not isinstance(blocks, list) or not blocks:
        raise PolicyError(path, "edition", "至少要有一个 [[edition]] 版本；请补上。")
    editions = tuple(_edition(head, block, index) for index, block in enumerate(blocks, 1))
    return tuple(sorted(editions, key=lambda edition: edition.effective_from))


def _head(path: Path, raw: dict[str, Any], code: str, place: str) -> Head:
    for key in REQUIRED:
        if not raw.get(key):
            raise PolicyError(path, key, "缺少此栏；请在文件开头填写。")
    if raw["code"] != code:
        raise PolicyError(path, "code", f"写的是“{raw['code']}”，按所在目录应为“{code}”；请改正其一。")
    try:
        status = Status(raw.get("status", Status.PUBLIC_SOURCE))
    except ValueError:
        raise PolicyError(path, "status", f"“{raw['status']}”不认识；请写 local_parameter、platform_definition 或 public_source。") from None
    if not _is_day(raw["next_review"]):
        raise PolicyError(path, "next_review", "应为日期；请写成 2027-06-30，不加引号。")
    return Head(
        path=path, code=code, place=place, title=raw["title"], why=raw["why"], status=status, unit=raw.get("unit", ""),
        authored_by=raw["authored_by"], checked_by=raw["checked_by"], next_review=raw["next_review"],
        labels=Values(raw.get("labels", {})),
        extra=Values({key: value for key, value in raw.items() if key not in HEAD}), limits=Values(raw.get("limits", {})),
    )  # fmt: skip


def _edition(head: Head, block: dict[str, Any], index: int) -> Edition:
    where = f"第 {index} 个 [[edition]] 的 "
    for key in ("effective_from", "effective_until"):
        if key in block and not _is_day(block[key]):
            raise PolicyError(head.path, where + key, "应为日期；请写成 2026-01-01，不加引号。")
    if "effective_from" not in block:
        raise PolicyError(head.path, where + "effective_from", "缺少生效日期；请填写。")
    until = block.get("effective_until")
    if until is not None and until <= block["effective_from"]:
        raise PolicyError(head.path, where + "effective_until", "不晚于生效日期；失效日期是不再适用的第一天，请改正。")
    values = {key: value for key, value in block.items() if key not in BLOCK}
    for key in values:
        if key in RESERVED:
            raise PolicyError(head.path, where + key, "与版本自身的栏目重名；请换一个名称。")
    source = _source(head, block.get("source", {}), where)
    table = _table(head, block["table"], where) if "table" in block else None
    repealed = block.get("repealed", False) is True
    if repealed == bool(values or table):
        raise PolicyError(head.path, where + "值", "应有值或 table；废止的版本写 repealed = true，并不带值。")
    return Edition(
        head=head, effective_from=block["effective_from"], effective_until=until, source=source, given=Values(values),
        table=table, corrects=block.get("corrects", ""), repealed=repealed, fingerprint=fingerprints.of(head, block, table),
        authorised_by=_authority(head, block["authorised_by"], where) if "authorised_by" in block else None,
    )  # fmt: skip


def _source(head: Head, raw: Any, where: str) -> Source:
    if not isinstance(raw, dict) or set(raw) - {"document", "clause", "note"}:
        raise PolicyError(head.path, where + "source", '应写成 { document = "…", clause = "…" }，可加 note。')
    source = Source(**raw)
    if head.status is Status.PUBLIC_SOURCE and not source:
        raise PolicyError(
            head.path,
            where + "source",
            '缺少文件名或条款；请补上 document 与 clause，没有公开依据时写 status = "local_parameter"。',
        )
    return source


def _authority(head: Head, raw: Any, where: str) -> Authority:
    if not isinstance(raw, dict) or set(raw) != {"number", "title", "adopted_on"} or not _is_day(raw["adopted_on"]):
        raise PolicyError(head.path, where + "authorised_by", '应写成 { number = "…", title = "…", adopted_on = 2026-01-01 }。')
    return Authority(str(raw["number"]), str(raw["title"]), raw["adopted_on"])


def _table(head: Head, name: Any, where: str) -> Table:
    path = head.path.parent / str(name)
    if not isinstance(name, str) or "/" in name or not name.endswith(".csv"):
        raise PolicyError(head.path, where + "table", "应为同一目录下的 CSV 文件名。")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise PolicyError(head.path, where + "table", f"找不到 {path.name}；请把表放在 TOML 文件旁边。") from None
    except OSError as error:
        raise PolicyError(path, "", f"读不了（{error.strerror}）；请核对文件的权限。") from error
    except UnicodeDecodeError:
        raise PolicyError(path, "", "不是 UTF-8；请另存为“CSV UTF-8”。") from None
    rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline="")) if row]
    if not rows or len(set(rows[0])) != len(rows[0]) or not all(rows[0]):
        raise PolicyError(path, "第 1 行", "应为各不相同、不空的列名。")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            raise PolicyError(
                path, f"第 {number} 行", f"有 {len(row)} 格，应有 {len(rows[0])} 格；请补齐或删去多余的逗号。"
            )
    return Table(path=path, columns=rows[0], rows=tuple(rows[1:]))


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)
