"""The steps of ./yilianti check: each a tool over the whole tree, two at a time, told in one line."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from yilianti.cli.home import ROOT

LAWS = "tests/architecture"
TITLES = {
    "test_contracts": "导入契约",
    "test_doors": "房门",
    "test_models": "外键、隐私与只增表",
    "test_lifecycles": "状态流转与词汇",
    "test_handovers": "移交",
    "test_pages": "页面声明",
    "test_policies": "政策与锁",
    "test_files": "命名、篇幅与锁文件",
    "test_look": "页面与样式",
    "test_documents": "生成的文档",
    "test_english": "英文对照",
    "test_permission_matrix": "权限矩阵",
    "test_surroundings": "只读、访问留痕与登录",
}
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"
FAST_SECONDS = 27.0


@dataclass
class Line:
    """One step's answer; `well` None means that it was left out, and `said` why."""

    title: str
    well: bool | None
    seconds: float
    said: str = ""

    def __str__(self) -> str:
        mark = {True: "✓", False: "✗", None: "△"}[self.well]
        return f"{mark} {self.title}（{self.seconds:.1f} 秒）" + (f"：{self.said}" if self.well is None else "")


@dataclass
class Step:
    """Something that answers with lines; `needs` are modules that must be installed for it."""

    title: str
    needs: tuple[str, ...]
    work: Callable[[], list[Line]] = field(compare=False)

    def run(self) -> list[Line]:
        missing = [name for name in self.needs if importlib.util.find_spec(name) is None]
        if missing:
            return [
                Line(
                    self.title,
                    False,
                    0.0,
                    f"缺少 {'、'.join(missing)}；请用 ./yilianti check 运行（它会先装好 requirements-test.lock），或先运行 ./test。",
                )
            ]
        return self.work()


def steps(*, fast: bool) -> list[Step]:
    """The long ones first, so that the short ones run beside them."""
    deadline = time.monotonic() + FAST_SECONDS if fast else None
    laws = Step(
        "架构", ("pytest", "pytest_django", "grimp", "importlinter"), lambda: _tests("not django_db", NO_DATABASE)
    )
    pages_tried = Step("权限矩阵", ("pytest", "pytest_django"), _with_database)
    types = Step("类型", ("mypy", "mypy_django_plugin"), lambda: [_types(deadline)])
    lint = Step("代码", ("ruff",), lambda: [_tool("代码检查", ["ruff", "check", "."])])
    pages = Step(
        "模板", ("djlint",), lambda: [_tool("模板检查", ["djlint", "--lint", "--quiet", "assets/templates", "src"])]
    )
    return [laws, lint, pages, types] if fast else [laws, types, pages_tried, lint, pages]


def run(wanted: list[Step]) -> Iterator[Line]:
    """Lines as steps end, two steps at a time."""
    with ThreadPoolExecutor(2) as pool:
        for ended in as_completed([pool.submit(step.run) for step in wanted]):
            yield from ended.result()


def _environ(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return {**kept, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **more}


def _tool(title: str, command: list[str], *, seconds: float | None = None) -> Line:
    """A tool that answers by its exit code; over the time it is left out, not failed."""
    started = time.monotonic()
    try:
        ended = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, env=_environ(DATABASE_URL=NO_DATABASE), timeout=seconds,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Line(title, None, time.monotonic() - started, "缓存过旧，本次略过；请运行完整的 ./yilianti check。")
    return Line(title, ended.returncode == 0, time.monotonic() - started, ended.stdout.strip())


def _types(deadline: float | None) -> Line:
    if deadline is None:
        return _tool("类型检查", ["mypy"])
    if not (ROOT / ".mypy_cache").is_dir():
        return Line("类型检查", None, 0.0, "还没有缓存；请先运行一次完整的 ./yilianti check。")
    return _tool("类型检查", ["mypy"], seconds=max(1.0, deadline - time.monotonic()))


def _with_database() -> list[Line]:
    """The laws that need one, such as every address × role × own and foreign institution, on a database of their own."""
    if url := os.environ.get("YILIANTI_TEST_DATABASE_URL"):
        return _tests("django_db", url)
    from yilianti.cli.postgres import throwaway

    with throwaway() as url:
        return _tests("django_db", url)


def _tests(marked: str, url: str) -> list[Line]:
    """A run of the laws that pytest marks so, one line per file."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ylt-check-") as folder:
        report = Path(folder, "report.xml")
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--tb=short", "-o", "junit_family=xunit1", f"--junitxml={report}", "-m", marked, LAWS],
            cwd=ROOT, env=_environ(YILIANTI_TEST_DATABASE_URL=url, YILIANTI_HOME=folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        lines = list(_by_file(report)) if report.exists() else []
    if ended.returncode not in (0, 5) and all(line.well for line in lines):
        lines.append(Line("架构测试", False, time.monotonic() - started, ended.stdout.strip()[-3000:]))
    return lines


def _by_file(report: Path) -> Iterator[Line]:
    seconds: dict[str, float] = {}
    faults: dict[str, list[str]] = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314  written by pytest a moment ago
        name = Path(case.get("file") or case.get("classname", "").replace(".", "/")).stem
        seconds[name] = seconds.get(name, 0.0) + float(case.get("time", 0))
        for fault in case:
            if fault.tag in ("failure", "error"):
                faults.setdefault(name, []).append(f"{case.get('name')}：{_gist(fault)}")
    for name, spent in seconds.items():
        yield Line(TITLES.get(name, name), name not in faults, spent, "\n".join(faults.get(name, [])))


def _gist(fault: ElementTree.Element) -> str:
    """What an assertion said: its message, else the lines that pytest marks."""
    marked = [line[1:].strip() for line in (fault.text or "").splitlines() if line.startswith("E ")]
    return "\n      ".join(marked[:12]) or fault.get("message", "")[:600]
