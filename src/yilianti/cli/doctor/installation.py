"""The machine: Python, disk, ports, running processes, browser and fonts, clock."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from yilianti.cli import checks, database, home, processes, supervise
from yilianti.cli.doctor.line import GRAVE, HINT, WELL, Line, line
from yilianti.cli.home import Home, Trouble

EARLIEST = 1_767_225_600  # 2026-01-01: a clock before this has lost its battery


def lines(place: Home) -> Iterator[Line]:
    shown = sys.version.split()[0]
    yield line(sys.version_info >= (3, 11), "Python", f"{shown}（{sys.prefix}）")
    mode = os.environ.get("YILIANTI_MODE", "demo")
    said = {"production": "正式（production）", "empty": "空县（empty），只在本机可访问"}
    yield Line(WELL, "模式", said.get(mode, "演示（demo），只在本机可访问"))
    free = shutil.disk_usage(place.path).free // 1_000_000
    yield line(
        free > 2000, "磁盘", f"{place.path} 剩余 {free} MB", otherwise=HINT if free > checks.STARTING_MB else GRAVE
    )
    yield from _serving(place)
    yield _browser()
    yield _fonts()
    yield _clock()


def _serving(place: Home) -> Iterator[Line]:
    """Either our processes serve, or their ports are free."""
    if database.locked(place) and (state := home.read_json(place.state)):
        well, answer = supervise.health(state["address"])
        told = "，".join(f"{name} {process['state']}" for name, process in answer.get("processes", {}).items())
        yield line(well, "运行", f"{state['address']}（{told or '没有应答'}）")
        return
    yield Line(HINT, "运行", "没有在运行；用 ./run 启动")
    try:
        wanted = checks.ports()
    except Trouble as trouble:
        yield Line(GRAVE, "端口", str(trouble))
        return
    for name, port in wanted.named().items():
        free = processes.port_free(wanted.bind, port)
        holder = "" if free else processes.holder_of(port)
        yield line(free, "端口", f"{port}（{name}）" + ("空闲" if free else f"被占用 {holder}"))


def _browser() -> Line:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    return line(
        found is not None,
        "浏览器",
        found or "没有 Chromium，浏览器测试会跳过（apt-get install -y chromium）",
        otherwise=HINT,
    )


def _fonts() -> Line:
    missing = "没有中文字体，截图会缺字（apt-get install -y fonts-noto-cjk）"
    if shutil.which("fc-list"):
        said = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True).stdout
        families = sorted({name.split(",")[0] for name in said.splitlines() if name})
        return line(bool(families), "中文字体", "、".join(families[:2]) or missing, otherwise=HINT)
    found = list(Path("/usr/share/fonts").rglob("*CJK*"))
    return line(bool(found), "中文字体", str(found[0]) if found else missing, otherwise=HINT)


def _clock() -> Line:
    now = time.time()
    text = time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(now))
    return line(now > EARLIEST, "时钟", text if now > EARLIEST else f"{text}，明显不对；请校时")
