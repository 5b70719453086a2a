"""Reading a tracing on the screen: what the calipers say of a known heart, an earlier tracing beside it, the keyboard alone, fingers, the second language."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.test_ecg_centre import drawn, ordered
from tests.stories.visiting import PHONE, Visitor, sign_in, visitor
from yilianti.care.diagnosis.tests.synthetic import Heart, record

pytestmark = pytest.mark.browser
RR_MS = 800.0
#: The columns of the paper where the lane of II reaches highest: the R waves as they are drawn.
_PEAKS = """canvas => { const dense = canvas.width / canvas.clientWidth, pane = canvas.closest('.ecg').viewer.panes[0], pen = canvas.getContext('2d');
  const top = Math.round(pane.xy(3, 0, 1.3).y * dense), high = Math.round(0.7 * pane.scale.perMillivolt * dense), data = pen.getImageData(0, top, canvas.width, high).data, found = [];
  for (let x = 0; x < canvas.width; x += 1) { let first = -1; for (let y = 0; y < high && first < 0; y += 1) if (data[(y * canvas.width + x) * 4] < 70) first = y;
    if (first >= 0) { const last = found[found.length - 1]; if (last && x - last.end <= 3 * dense) { last.end = x; if (first < last.y) { last.y = first; last.x = x; } } else found.push({ x, y: first, end: x }); } }
  return found.map(one => one.x / dense).filter(x => x > 25); }"""


def test_reading_on_the_screen(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url, "village") as village, step("同一位居民先后两份心电图"):
        earlier = sent(village, "", 1000.0)
        number = sent(village, earlier, RR_MS)
    with visitor(browser, county_running.url, "reader") as reader:
        reader.go(f"/diagnosis/{number}/")
        reader.press("开始诊断")
        drawn(reader, ".reading")
        with step("从一个R波量到下一个：75次/分"):
            canvas = reader.page.locator(".ecg-paper canvas").first
            peaks = canvas.evaluate(_PEAKS)
            assert len(peaks) >= 10, peaks
            box = canvas.bounding_box()
            drag(reader, (box["x"] + peaks[2], box["y"] + 340), (box["x"] + peaks[3], box["y"] + 340))
            said = told(reader)
            assert abs(int(said.split(" ms")[0]) - RR_MS) <= 11 and 74 <= int(said.split(" · ")[1].split()[0]) <= 76, said
            reader.press("等距")
        with step("既往心电图并排，一起移动"):
            choice = reader.page.locator("[data-ecg-earlier]")
            choice.select_option(index=1)
            reader.page.locator("[data-ecg-pane=beside] canvas").wait_for()
            reader.page.wait_for_timeout(400)
            reader.look("ecg-beside")
            lefts = reader.page.evaluate("() => { const papers = [...document.querySelectorAll('.ecg-paper')]; papers[0].scrollLeft = 120; return new Promise(done => setTimeout(() => done(papers.map(p => p.scrollLeft)), 200)); }")
            assert lefts == [120, 120]
            assert reader.page.locator("[data-ecg-pane=beside] figcaption").inner_text() != ""
            choice.select_option(index=0)
            choice.press("Escape")
            assert reader.page.evaluate("() => document.activeElement.className") == "ecg-paper", "the keys of the tracing work again"
        with step("叠加搏动"):
            reader.press("叠加")
            reader.page.wait_for_function("() => document.querySelector('.ecg').viewer.panes[0].laid")
            assert reader.page.evaluate("() => document.querySelector('.ecg').viewer.panes[0].beats.at.length") >= 9
            reader.page.wait_for_timeout(300)
            reader.look("ecg-beats")


def test_by_keyboard_alone(county_running: County, browser: Any) -> None:
    with reading(county_running, browser) as reader:
        paper = reader.page.locator(".ecg-paper")
        paper.focus()
        for key in ("3", "e", "d", "b", "c"):
            reader.page.keyboard.press(key)
        for key in ("Shift+ArrowLeft", "ArrowLeft", "Shift+ArrowUp"):
            reader.page.keyboard.press(key)
        assert told(reader).startswith("978 ms · 61 bpm · 0.10 mV")
        caption = reader.page.locator("figcaption").inner_text()
        assert "50 mm/s" in caption and "20 mm/mV" in caption and "仅供观看" in caption
        reader.page.keyboard.press("?")
        reader.page.locator("[data-ecg-help][open]").wait_for()
        reader.look("ecg-keys")
        reader.page.keyboard.press("Escape")
        reader.page.keyboard.press("Escape")
        assert not reader.page.evaluate("() => document.querySelector('.ecg').viewer.panes[0].calipers.open")
        field = reader.page.get_by_label("QRS时限")
        paper.focus()
        reader.page.keyboard.press("c")
        reader.page.keyboard.press("w")
        for _ in range(9):
            reader.page.keyboard.press("Shift+ArrowLeft")
        field.focus()
        reader.page.keyboard.press("=")
        assert field.input_value() == "820" and reader.page.locator(".measure-changed").count() == 1


def test_with_fingers_on_a_phone(county_running: County, browser: Any) -> None:
    with reading(county_running, browser, viewport=PHONE, has_touch=True, device_scale_factor=2) as reader:
        assert reader.page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
        crisp = reader.page.evaluate("() => { const c = document.querySelector('.ecg canvas'); return c.width / c.clientWidth; }")
        assert crisp == pytest.approx(2, abs=0.01)
        canvas = reader.page.locator(".ecg-paper canvas")
        canvas.scroll_into_view_if_needed()
        fingers(canvas, [(100, 200), (200, 200)], [(60, 200), (260, 200)])
        assert reader.page.evaluate("() => document.querySelector('.ecg').viewer.view.zoom") == pytest.approx(2, abs=0.1)
        reader.page.evaluate("() => document.querySelector('.ecg').viewer.zoomed(1)")
        if reader.page.locator("[data-ecg=tool]").get_attribute("aria-pressed") == "true":
            reader.page.locator("[data-ecg=tool]").click()
        fingers(canvas, [(60, 200)], [(60 + 25 * 96 / 25.4, 200)])
        assert told(reader).startswith("1000 ms · 60 bpm")


def test_half_an_hour_takes_no_larger_canvas(county_running: County, browser: Any) -> None:
    from benchmarks.ecg_viewer import half_an_hour

    with reading(county_running, browser) as reader:
        reader.page.route("**/tracing", lambda route: route.fulfill(body=half_an_hour(), content_type="application/octet-stream"))
        reader.page.reload()
        drawn(reader, ".reading")
        reader.page.locator(".ecg-paper").focus()
        reader.page.keyboard.press("End")
        reader.page.wait_for_timeout(300)
        found = reader.page.evaluate("() => { const pane = document.querySelector('.ecg').viewer.panes[0]; return { left: pane.left, total: pane.total, width: pane.width, canvas: pane.canvas.width, sheet: pane.sheet.width }; }")
        assert found["total"] > 160_000 and found["left"] + found["width"] == pytest.approx(found["total"], abs=2)
        assert found["canvas"] <= found["width"] and found["sheet"] <= 2 * found["width"]
        peaks = reader.page.locator(".ecg-paper canvas").first.evaluate(_PEAKS.replace("xy(3, 0, 1.3)", "xy(1, 0, 1.3)"))
        assert len(peaks) >= 11 and peaks[5] - peaks[4] == pytest.approx(0.8 * 25 * 96 / 25.4, abs=1.5)


def test_the_viewer_in_english(county_running: County, browser: Any) -> None:
    with reading(county_running, browser) as reader:
        reader.page.context.add_cookies([{"name": "yilianti_language", "value": "en", "url": reader.url}])
        reader.go(reader.page.url.removeprefix(reader.url))
        drawn(reader)
        shown = reader.page.locator(".reading").inner_text()
        assert "Sinus rhythm" in shown and "machine suggestion" in reader.page.locator(".measures").get_attribute("aria-label")
        left = [word for word in ("放大镜", "移动", "等距", "叠加", "基线") if word in shown]
        assert not left


@contextmanager
def reading(county: County, browser: Any, **window: Any) -> Iterator[Visitor]:
    """The reader at an exam of their own; given back to the queue in the end."""
    with visitor(browser, county.url, "village") as village:
        number = sent(village, "", RR_MS)
    context = browser.new_context(**{"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"} | window)
    context.set_default_timeout(15_000)
    reader = Visitor(context.new_page(), county.url)
    try:
        sign_in(reader, "reader")
        reader.go(f"/diagnosis/{number}/")
        reader.press("开始诊断")
        drawn(reader, ".reading")
        yield reader
        reader.behaved()
    finally:
        context.close()


def sent(village: Visitor, like: str, rr: float) -> str:
    """An exam with a recording of a heart that beats every `rr` ms, sent; of the same resident as the exam `like`."""
    if like:
        village.go(f"/diagnosis/{like}/")
        resident = village.page.locator(".banner-facts b", has_text="JM").inner_text()
        village.go(f"/diagnosis/new?resident={resident}")
        village.page.get_by_label("主诉与检查目的").fill("复查")
        village.press("登记，下一步采集")
        village.sees("采集与发送")
        number = str(village.page.url).rstrip("/").rsplit("/", 1)[-1]
    else:
        number = ordered(village)
    village.page.get_by_label("心电图文件").set_input_files({"name": "cart.csv", "mimeType": "text/csv", "buffer": as_csv(rr)})
    village.press("上传并检查质量")
    village.press("发送诊断")
    village.page.locator("#exam .pill", has_text="待诊断").first.wait_for()
    return number


def as_csv(rr: float) -> bytes:
    """The platform's own layout; a little noise that is never the same, because one recording belongs to one exam."""
    made = record(Heart(rr=(rr,)), noise=12.0, seed=time.time_ns() % 2**32)
    rows = "\n".join(",".join(map(str, row)) for row in zip(*(lead.samples.tolist() for lead in made.leads), strict=True))
    return f"# yilianti ecg\n# sampling_rate_hz: {made.rate:g}\n# patient_name: \n# started_at: 2026-11-18T09:30:00\n{','.join(made.names())}\n{rows}\n".encode()


def drag(person: Visitor, start: tuple[float, float], end: tuple[float, float]) -> None:
    person.page.mouse.move(*start)
    person.page.mouse.down()
    person.page.mouse.move(*end, steps=4)
    person.page.mouse.up()


def told(person: Visitor) -> str:
    """What the readout says, once it has caught up."""
    person.page.wait_for_timeout(500)
    return str(person.page.locator("[data-ecg-said]").inner_text())


def fingers(canvas: Any, start: list[tuple[float, float]], end: list[tuple[float, float]]) -> None:
    """Fingers set down, moved and lifted, as pointer events."""
    canvas.evaluate(
        """(canvas, [start, end]) => { const box = canvas.getBoundingClientRect();
        const send = (kind, at, id) => { try { canvas.dispatchEvent(new PointerEvent(kind, { pointerId: id, pointerType: 'touch', clientX: box.left + at[0], clientY: box.top + at[1], bubbles: true })); } catch (fault) { throw fault; } };
        canvas.setPointerCapture = () => {};
        start.forEach((at, n) => send('pointerdown', at, n + 11));
        for (let k = 1; k <= 5; k += 1) start.forEach((at, n) => send('pointermove', [at[0] + (end[n][0] - at[0]) * k / 5, at[1] + (end[n][1] - at[1]) * k / 5], n + 11));
        end.forEach((at, n) => send('pointerup', at, n + 11)); }""",
        [start, end],
    )


def test_filters_and_layouts_by_themselves(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url) as anyone:
        anyone.go("/login/")
        told = anyone.page.evaluate(
            """async () => { const { filtered } = await import('/static/islands/ecg/filters.js'), { planned } = await import('/static/islands/ecg/layouts.js');
            const rate = 500, wave = hertz => Int16Array.from({ length: 5000 }, (_, n) => Math.round(1000 * Math.sin(2 * Math.PI * hertz * n / rate)));
            const left = (raw, name) => { const out = filtered(raw, 0, name, rate).slice(1000, 4000); return Math.max(...out.map(Math.abs)); };
            const lag = (raw, name) => { const out = filtered(raw, 0, name, rate); let worst = 0; for (let n = 1000; n < 4000; n += 1) worst = Math.max(worst, Math.abs(out[n] - raw[n])); return worst; };
            const recording = (names, seconds) => ({ seconds, leads: new Map(names.map(name => [name, {}])) }), twelve = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
            return { mains: left(wave(50), 'n'), kept: lag(wave(10), 'n'), muscle: left(wave(100), 'l'), slow: left(wave(0.1), 'b'), beat: lag(wave(8), 'b'), end: Math.abs(filtered(Int16Array.from({ length: 5000 }, (_, n) => n > 4994 ? 1500 : 0), 0, 'b', rate)[4900]),
                     three: planned('3x4', recording(['V1', 'II', 'I'], 10)).rows, fifteen: planned('3x4', recording([...twelve, 'V7', 'V8', 'V9'], 10)).rows, one: planned('12x1', recording(['II'], 1800)).period }; }"""
        )
    assert told["mains"] < 50 and told["muscle"] < 20 and told["slow"] < 60 and told["end"] < 40
    assert told["kept"] < 10 and told["beat"] < 10  # neither smaller nor later
    assert told["three"] == [["I"], ["II"], ["V1"]]
    assert told["fifteen"][3:] == [["V7", "V8", "V9", None], ["II"]] and told["one"] == 10
