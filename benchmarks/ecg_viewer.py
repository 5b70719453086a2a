"""How fast a tracing opens and scrolls in a real browser: `python benchmarks/ecg_viewer.py [--times 15]` beside a running demo (`./run`).

Signs in as the demo's reader and opens an exam as a person does. Counted: from the page's request, and from the request of the samples, until the
frame with the whole tracing is on the screen; frames a second while the paper is pushed; the same for half an hour of three leads, which no
server sends here: the browser is given them. Each once as the machine is, once with the browser's processor slowed four times, as an old PC has it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT / "src"), str(ROOT), *(folder for folder in sys.path if Path(folder).resolve() != ROOT / "benchmarks")]

import numpy as np  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

PASSWORD = "Yunxi-2026-demo"
AIM_MS = 300
WINDOW = {"width": 1366, "height": 768}
_OPENED = """() => { const painted = performance.getEntriesByName('ecg-painted')[0].startTime, asked = performance.getEntriesByType('resource').find(e => /\\/tracing$/.test(e.name));
  return { page: painted, samples: painted - asked.startTime, bytes: asked.transferSize }; }"""
_PUSHED = """([step, seconds]) => new Promise(done => { const viewer = document.querySelector('.ecg').viewer, pane = viewer.panes[0], paper = pane.paper, gaps = [], work = [];
  const paint = pane.paint.bind(pane); pane.paint = () => { const begun = performance.now(); paint(); work.push(performance.now() - begun); };
  let last = 0, way = step; const begun = performance.now();
  requestAnimationFrame(function tick(now) { if (last) gaps.push(now - last); last = now; const before = paper.scrollLeft; paper.scrollLeft += way; if (paper.scrollLeft === before) way = -way;
    if (now - begun < seconds * 1000) requestAnimationFrame(tick);
    else done({ frames: 1000 / (gaps.reduce((a, b) => a + b) / gaps.length), slowest: Math.max(...gaps), work: work.reduce((a, b) => a + b, 0) / work.length, most: Math.max(...work),
                canvas: (pane.canvas.width * pane.canvas.height + pane.sheet.width * pane.sheet.height) * 4 / 1e6, heap: performance.memory ? performance.memory.usedJSHeapSize / 1e6 : 0 }); }); })"""


def half_an_hour() -> bytes:
    """Three leads of 30 minutes at 500 a second, in the form of the door."""
    t = np.arange(1800 * 500) / 500
    wave = (np.exp(-(((t % 0.8 - 0.4) / 0.012) ** 2)) * 1200 + np.random.default_rng(1).normal(0, 15, t.size)).astype("<i2")
    leads = [{"name": name, "scale": 1.0, "offset": 0.0, "derived": "", "bytes": 2, "count": t.size} for name in ("I", "II", "III")]
    said = json.dumps({"rate": 500, "seconds": 1800, "leads": leads, "filters": {}, "quality": []}).encode()
    return said + b" " * (-len(said) - 1 & 3) + b"\n" + wave.tobytes() * 3


def signed_in(browser: Any, url: str) -> Any:
    page = browser.new_context(viewport=WINDOW, locale="zh-CN").new_page()
    page.goto(f"{url}/login/")
    page.get_by_label("账号", exact=True).fill("reader")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_load_state("networkidle")
    return page


def opened(page: Any, address: str) -> dict[str, float]:
    page.goto(address)
    page.wait_for_function("() => performance.getEntriesByName('ecg-painted').length")
    return dict(page.evaluate(_OPENED))


def measured(page: Any, address: str, times: int) -> None:
    """One line a speed of the machine, one a tracing."""
    slowed = page.context.new_cdp_session(page)
    for slower in (1, 4):
        slowed.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        opened(page, address)
        found = [opened(page, address) for _ in range(times)]
        middle = {key: statistics.median(one[key] for one in found) for key in ("page", "samples")}
        worst = max(one["samples"] for one in found)
        page.evaluate("() => document.querySelector('.ecg').viewer.press('speed:50')")
        short = page.evaluate(_PUSHED, [8, 3])
        page.route("**/tracing", lambda route: route.fulfill(body=half_an_hour(), content_type="application/octet-stream"))
        opened(page, address)
        long = page.evaluate(_PUSHED, [40, 4])
        page.unroute("**/tracing")
        print(f"\nprocessor slowed {slower}×, {times} times")
        print(f"  whole page → painted {middle['page']:.0f} ms; samples asked → painted {middle['samples']:.0f} ms (worst {worst:.0f}), aim {AIM_MS} ms; {found[0]['bytes'] / 1000:.0f} kB on the wire")
        for name, told in (("10 s of 12 leads", short), ("30 min of 3 leads", long)):
            print(f"  pushing {name}: {told['frames']:.0f} frames a second, longest gap {told['slowest']:.0f} ms, drawing {told['work']:.1f} ms a frame (most {told['most']:.1f}); canvases {told['canvas']:.1f} MB, heap {told['heap']:.0f} MB")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--times", type=int, default=15)
    asked.add_argument("--home", default=os.environ.get("YILIANTI_HOME", "/var/lib/yilianti"), help="the data folder of the running demo")
    given = asked.parse_args()
    url = json.loads((Path(given.home) / "run/state.json").read_text())["address"]
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium") or "/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage", "--enable-precise-memory-info"])
        print(f"Chromium {browser.version}, {WINDOW['width']}×{WINDOW['height']}")
        page = signed_in(browser, url)
        page.goto(f"{url}/diagnosis/?box=issued")
        number = page.locator("[data-row]").first.inner_text()
        measured(page, f"{url}/diagnosis/{number}/?seen=1", given.times)
        browser.close()


if __name__ == "__main__":
    main()
