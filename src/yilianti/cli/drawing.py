"""The documents that are drawn from the code: lifecycles, the river, privacy, permissions, policies, facts."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from yilianti.cli.home import ROOT
from yilianti.kernel.lifecycle import Lifecycle

GENERATED = ROOT / "docs/generated"
MAP = ROOT / "docs/map.md"
START, END = "<!-- river:start -->", "<!-- river:end -->"
NOTE = "<!-- 由 ./yilianti generate 生成，请勿手改。 -->\n"
SOURCE = ROOT / "src/yilianti"


def all_documents() -> dict[Path, str]:
    """Path → text, for everything that is generated; Django must be ready."""
    drawn = {GENERATED / f"{name}.md": f"{NOTE}\n{draw()}".rstrip() + "\n" for name, draw in DRAWINGS.items()}
    return drawn | {MAP: with_river(MAP.read_text(encoding="utf-8"))}


def lifecycles() -> list[tuple[str, Lifecycle]]:
    """(module, table) of every `lifecycle.py`, by module name."""
    found = []
    for path in sorted(SOURCE.glob("*/*/lifecycle.py")):
        module = importlib.import_module(".".join(path.relative_to(ROOT / "src").with_suffix("").parts))
        found += [(module.__name__, value) for value in vars(module).values() if isinstance(value, Lifecycle)]
    return found


def draw_lifecycles() -> str:
    lines = ["# Lifecycles · 状态流转", "", "From each room's `lifecycle.py`: step（owner）between states."]
    for module, table in lifecycles():
        lines += [
            "",
            f"## {table.thing} · `{module.removeprefix('yilianti.')}`",
            "",
            "```mermaid",
            table.diagram(),
            "```",
            "",
        ]
        lines += ["| 步骤 | 从 | 到 | 办理人 | 日志词 |", "|---|---|---|---|---|"]
        for row in table.rows:
            sources = "、".join(table.states.label(state) for state in row.sources)
            lines.append(
                f"| {table.verbs.label(row.action)} `{row.action}` | {sources} | {table.states.label(row.target) if row.target else '不变'} | {row.by} | `{row.word}` |"
            )
    return "\n".join(lines)


def river() -> Iterator[tuple[str, str, str, tuple[str, ...], str]]:
    """(file, from, to, words, what its docstring says) of every handover; `from` is the clock for timed ones."""
    from yilianti import handovers
    from yilianti.handovers import timed

    for name in _modules(handovers):
        if "_to_" in name:
            module = importlib.import_module(f"{handovers.__name__}.{name}")
            words = tuple(module.WORDS) if hasattr(module, "WORDS") else (module.WORD,)
            origin, _, target = name.partition("_to_")
            yield name, origin, target, words, _said(module)
    for name in _modules(timed):
        module = importlib.import_module(f"{timed.__name__}.{name}")
        every = (f"every {int(module.EVERY.total_seconds())} s",)
        for target in _doors(module):
            yield f"timed/{name}", "clock", target, every, _said(module)


def _doors(module: ModuleType) -> list[str]:
    """Rooms whose door a module has imported."""
    doors = [
        value.__name__
        for value in vars(module).values()
        if isinstance(value, ModuleType) and value.__name__.endswith(".api")
    ]
    return sorted({door.split(".")[-2] for door in doors})


def draw_river() -> str:
    lines = [
        "# The river · 数据流",
        "",
        "`ls src/yilianti/handovers`: who hears which word of the journal, and whose door is called.",
        "",
        *_flow(),
        "",
    ]
    lines += ["| file | words | what it does |", "|---|---|---|"]
    lines += [
        f"| `{name}` | {'<br>'.join(f'`{word}`' for word in words)} | {said} |" for name, _, _, words, said in river()
    ]
    return "\n".join(lines)


def with_river(text: str) -> str:
    """The map with the present river between its two marks."""
    before, _, rest = text.partition(START)
    after = rest.partition(END)[2]
    return "\n".join([f"{before}{START}", *_flow(), f"{END}{after}"])


def _flow() -> list[str]:
    spoken = {room: chinese for room, chinese in glossary() if any(room in arrow[1:3] for arrow in river())}
    lines = [
        "```mermaid",
        "flowchart LR",
        '    clock(["时钟 clock"])',
        *(f'    {room}["{zh} {room}"]' for room, zh in spoken.items()),
    ]
    for name, origin, target, words, _ in river():
        is_timed = name.startswith("timed/")
        shown = (name.removeprefix("timed/"), *words) if is_timed else words
        label = "<br>".join(shown[:6]) + (f"<br>… {len(words)} words" if len(words) > 6 else "")
        lines.append(f'    {origin} {"-.->" if is_timed else "-->"}|"{label}"| {target}')
    return [*lines, "```"]


def glossary() -> list[tuple[str, str]]:
    """(code, Chinese) pairs of `docs/glossary.md`; a row may hold several pairs, a cell several codes."""
    pairs = []
    for line in (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        for code, chinese in zip(cells, cells[1:], strict=False):
            pairs += [(word.strip(), chinese) for word in code.split(",") if line.startswith("|")]
    return pairs


def draw_privacy() -> str:
    from django.apps import apps

    lines = [
        "# Personal data · 个人信息",
        "",
        "From `class Privacy` of every model. Journal and facts name a resident by number only.",
        "At rest: **加密** encrypted, **散列** keyed hash, **例外** readable for a recorded reason; without a word the column is readable and leans on",
        "roles, triggers and the encrypted disk (see `docs/how-to/keys.md`).",
    ]
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        privacy = getattr(model, "Privacy", None)
        if privacy is None:
            continue
        lines += ["", f"## {model._meta.label}{'　只增' if getattr(model, 'append_only', False) else ''}", ""]
        personal = dict(privacy.personal)
        lines += [f"- `{field}`{_at_rest(model, privacy, field)} — {what}" for field, what in sorted(personal.items())] or ["No personal data."]
    return "\n".join(lines)


def _at_rest(model: Any, privacy: Any, name: str) -> str:
    """How a column lies in the database, by its kind, or why it is readable."""
    from yilianti.kernel.crypto.encryption import EncryptedBytesField, KeyedHashField

    field = model._meta.get_field(name)
    if isinstance(field, EncryptedBytesField):
        return " **加密**"
    if isinstance(field, KeyedHashField):
        return " **散列**"
    reason = getattr(privacy, "readable", {}).get(name)
    return f" **例外**（{reason}）" if reason else ""


def draw_permissions() -> str:
    """What each role may do, and on which pages it is asked."""
    from yilianti.policybook import access

    edition = _edition(access.CODE)
    table = edition.table
    assert table is not None
    pages = _pages_by_permission()
    names = edition["roles"]
    lines = ["# Permissions · 岗位权限", "", f"From `{edition.head.path.relative_to(ROOT)}`; 空格为无权限。"]
    lines += [
        "",
        "| 权限 | " + " | ".join(names[role] for role in table.columns[2:]) + " | 页面 |",
        "|---" * (len(table.columns)) + "|",
    ]
    for row in table.rows:
        cells = [access.Reach.label(cell) if cell else "" for cell in row[2:]]
        lines.append(f"| {row[1]} `{row[0]}` | " + " | ".join(cells) + f" | {'<br>'.join(pages.pop(row[0], []))} |")
    lines += ["", "## 不按岗位授予的页面", ""]
    lines += [f"- {permission}：{'、'.join(routes)}" for permission, routes in sorted(pages.items())]
    return "\n".join(lines)


def _pages_by_permission() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for route, view in urls():
        found.setdefault(str(getattr(view, "permission", "undeclared")), []).append(f"`/{route}`")
    return {permission: sorted(routes) for permission, routes in found.items()}


def urls() -> list[tuple[str, Callable[..., object]]]:
    """(route, view) of every address."""
    from django.urls import URLPattern, get_resolver

    def walk(patterns: list[object], prefix: str) -> Iterator[tuple[str, Callable[..., object]]]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)  # type: ignore[attr-defined]
            if isinstance(pattern, URLPattern):
                yield route, pattern.callback
            else:
                yield from walk(pattern.url_patterns, route)  # type: ignore[attr-defined]

    return list(walk(list(get_resolver().url_patterns), ""))


def draw_policies() -> str:
    from yilianti.policybook.shelf import Shelf

    lines = [
        "# Policies · 政策版本",
        "",
        "Every edition in `policies/`; where there is no public source the value is a local parameter.",
    ]
    lines += ["", "| 政策 | 范围 | 起 | 状态 | 依据 |", "|---|---|---|---|---|"]
    for edition in sorted(Shelf().book(), key=lambda edition: (edition.code, edition.place, edition.effective_from)):
        source = str(edition.source) or "—"
        lines.append(
            f"| {edition.title} `{edition.code}` | {edition.place} | {edition.effective_from} | {edition.status.zh} | {source} |"
        )
    return "\n".join(lines)


def draw_facts() -> str:
    """The data dictionary of what is counted: every fact table and its columns, and the cards that are computed from it."""
    from yilianti.insight.facts.api import TABLES

    lines = ["# Facts · 统计事实字典", "", "From each room's `facts.py`. One Parquet file set per table and month; no name, no identity number."]
    lines += ["Every file also holds `known_seal` (journal seal up to which the row is complete) and `known_from` (when it was read)."]
    for table in TABLES.values():
        lines += ["", f"## {table.zh} `{table.name}`", "", f"{table.says}。主键 `{table.key}`，按 `{table.month}` 归月，随日志 `{table.subject}:…` 更新。", ""]
        lines += ["| 列 | 名称 | 内容 | 说明 | 取值 |", "|---|---|---|---|---|"]
        for column in table.columns:
            words = "、".join(f"`{word.value}` {word.zh}" for word in column.words) if column.words else ""
            lines.append(f"| `{column.name}` | {column.zh} | {column.holds.zh} | {column.says} | {words} |")
    return "\n".join(lines)


def _edition(code: str):
    """The shipped national edition that is the latest."""
    from yilianti.policybook.shelf import Shelf

    return max((e for e in Shelf().book() if e.code == code and e.place == "national"), key=lambda e: e.effective_from)


def _modules(package: ModuleType) -> list[str]:
    return sorted(found.name for found in pkgutil.iter_modules(package.__path__) if not found.ispkg)


def _said(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().splitlines()[0]


DRAWINGS: dict[str, Callable[[], str]] = {
    "lifecycles": draw_lifecycles,
    "permission_matrix": draw_permissions,
    "privacy": draw_privacy,
    "river": draw_river,
    "policies": draw_policies,
    "facts": draw_facts,
}
