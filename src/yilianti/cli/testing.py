"""./test: a browser and fonts where they may be installed, a throwaway PostgreSQL, pytest, and a plain count. The whole suite runs in two lanes side by side."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

from yilianti.cli.home import ROOT, Trouble, say, step
from yilianti.cli.postgres import throwaway

PACKAGES = {"chromium": "chromium", "fonts-noto-cjk": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"}


#: Two halves of the whole suite that take about as long as each other; each has a database server and a home of its own.
LANES = (["tests", "--ignore=tests/stories"], ["src", "tests/stories"])
#: pytest's exit code where a lane holds none of the chosen tests.
NOTHING_CHOSEN = 5


def main(argv: list[str]) -> int:
    """pytest's exit code; the last line is `N passed, N failed, N skipped`."""
    install_browser()
    arguments = [argument for argument in argv if argument != "--long"]
    chosen = any(not argument.startswith("-") and (ROOT / argument.split("::")[0]).exists() for argument in arguments)
    if "--long" in argv:  # what measures runs alone
        return run([arguments if chosen else [*arguments, "src", "tests"]])
    arguments = ["-m", "not long", *arguments]
    return run([arguments] if chosen or os.environ.get("YILIANTI_TEST_DATABASE_URL") else [[*arguments, *part] for part in LANES])


def run(lanes: list[list[str]]) -> int:
    """Run each lane; what all but the first say is kept until they end."""
    with ThreadPoolExecutor(len(lanes)) as pool, tempfile.TemporaryDirectory(prefix="ylt-said-") as folder:
        said = [Path(folder, str(place)) for place in range(1, len(lanes))]
        later = [pool.submit(lane, arguments, file) for arguments, file in zip(lanes[1:], said, strict=True)]
        ended = [lane(lanes[0])]
        for one, file in zip(later, said, strict=True):
            ended.append(one.result())
            say(file.read_text(encoding="utf-8", errors="replace").rstrip())
    counts = sum((counts for _, counts in ended), Counter[str]())
    codes = [code for code, _ in ended if code != NOTHING_CHOSEN] or [NOTHING_CHOSEN]
    code = next((code for code in codes if code), 0)
    if code and not counts["failed"]:
        counts["failed"] = 1  # pytest itself could not run
    say(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return code


def lane(arguments: list[str], said: Path | None = None) -> tuple[int, Counter[str]]:
    """One pytest on a database server of its own: its exit code and its counts."""
    environ = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    environ.pop("DATABASE_URL", None)
    try:
        if environ.get("YILIANTI_TEST_DATABASE_URL"):
            return _pytest(arguments, environ, said)
        with throwaway(os.environ.get("YILIANTI_PG") or None) as url:
            return _pytest(arguments, environ | {"YILIANTI_TEST_DATABASE_URL": url}, said)
    except Trouble as trouble:
        say(f"✗ {trouble}")
        return 1, Counter(failed=1)


def _pytest(arguments: list[str], environ: dict[str, str], said: Path | None) -> tuple[int, Counter[str]]:
    with tempfile.TemporaryDirectory(prefix="ylt-test-") as folder:
        Path(folder).chmod(0o755)
        report = Path(folder, "report.xml")
        # A home of their own: what a person keeps in the real one must not colour the tests.
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
        with said.open("wb") if said else nullcontext() as out:
            ended = subprocess.run(command, cwd=ROOT, env=environ | {"YILIANTI_HOME": folder}, stdout=out, stderr=subprocess.STDOUT if said else None)
        counts = count(report)
    return ended.returncode, counts


def count(report: Path) -> Counter[str]:
    """Outcomes in a JUnit report; an error in a fixture is a failure."""
    counts: Counter[str] = Counter()
    try:
        cases = ElementTree.parse(report).getroot().iter("testcase")  # noqa: S314  written by pytest a moment ago
    except (OSError, ElementTree.ParseError):
        return counts
    for case in cases:
        kinds = {element.tag for element in case}
        counts["failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"] += 1
    return counts


def install_browser() -> None:
    """Chromium and Chinese fonts from the distribution, when we may; without them the browser stories are skipped."""
    missing = [name for name, proof in PACKAGES.items() if not shutil.which(proof) and not Path(proof).exists()]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say(f"△ 缺少 {' '.join(missing)}，浏览器测试会跳过；可执行：sudo apt-get install -y {' '.join(missing)}")
        return
    with step(f"安装 {' '.join(missing)}"):
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
        quiet = {"stdout": subprocess.DEVNULL, "env": environ}
        if subprocess.run(install, **quiet).returncode != 0:  # type: ignore[call-overload]
            subprocess.run(["apt-get", "update"], **quiet)  # type: ignore[call-overload]
            if subprocess.run(install, **quiet).returncode != 0:  # type: ignore[call-overload]
                say("△ 没有装上，浏览器测试会跳过。")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
