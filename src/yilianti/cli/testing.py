"""./test: a browser and fonts where they may be installed, a throwaway PostgreSQL, pytest, and a plain count."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

from yilianti.cli.home import ROOT, Trouble, say, step
from yilianti.cli.postgres import throwaway

PACKAGES = {"chromium": "chromium", "fonts-noto-cjk": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"}


def main(argv: list[str]) -> int:
    """pytest's exit code; the last line is `N passed, N failed, N skipped`."""
    install_browser()
    arguments = [argument for argument in argv if argument != "--long"]
    if not any(not argument.startswith("-") and (ROOT / argument.split("::")[0]).exists() for argument in arguments):
        arguments += ["src", "tests"]
    environ = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    environ.pop("DATABASE_URL", None)
    if "--long" not in argv:
        arguments = ["-m", "not long", *arguments]
    try:
        if environ.get("YILIANTI_TEST_DATABASE_URL"):
            return run(arguments, environ)
        with throwaway(os.environ.get("YILIANTI_PG") or None) as url:
            return run(arguments, environ | {"YILIANTI_TEST_DATABASE_URL": url})
    except Trouble as trouble:
        say(f"✗ {trouble}\n0 passed, 1 failed, 0 skipped")
        return 1


def run(arguments: list[str], environ: dict[str, str]) -> int:
    with tempfile.TemporaryDirectory(prefix="ylt-test-") as folder:
        Path(folder).chmod(0o755)
        report = Path(folder, "report.xml")
        # A home of their own: what a person keeps in the real one must not colour the tests.
        environ = environ | {"YILIANTI_HOME": folder}
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
        ended = subprocess.run(command, cwd=ROOT, env=environ)
        counts = count(report)
    code = ended.returncode
    if code and not counts["failed"]:
        counts["failed"] = 1  # pytest itself could not run
    say(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return code


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
