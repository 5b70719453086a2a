/* The ECG viewer: its buttons, its one or two panes, what all of them share. Words stand in the page, not here. */
import { asBeats } from "./ecg/beats.js";
import { listen } from "./ecg/gestures.js";
import { pressed } from "./ecg/keys.js";
import { Pane } from "./ecg/pane.js";
import { chosen, ruler } from "./ecg/ruler.js";
import { fetched } from "./ecg/samples.js";

const ZOOM = [0.4, 5], NARROW = 600, SAID_EVERY = 300;

class Viewer {
  constructor(box) {
    this.box = box;
    this.said = box.querySelector("[data-ecg-said]");
    this.words = Object.fromEntries([...box.querySelector("[data-ecg-words]").content.querySelectorAll("[data-word]")].map((word) => [word.dataset.word, word.textContent]));
    this.view = { layout: box.clientWidth < NARROW ? "12x1" : "3x4", speed: 25, gain: 10, zoom: 1, mm: chosen(), filters: "", tool: matchMedia("(pointer: coarse)").matches ? "push" : "measure", lens: false };
    this.panes = [new Pane(box.querySelector("[data-ecg-pane]"), this)];
    this.active = this.panes[0];
    this.pair = box.querySelector("[data-ecg-earlier]");
    listen(this.active, this);
    box.addEventListener("click", (event) => { const button = event.target.closest("[data-ecg]"); if (button) this.press(button.dataset.ecg); });
    box.addEventListener("keydown", (event) => this.key(event));
    this.pair?.addEventListener("change", () => this.beside());
    ruler(box.querySelector("[data-ecg-ruler]"), this);
  }
  async load() {
    try {
      this.panes[0].show(await fetched(this.box.dataset.source), this.box.dataset.when);
      this.marked();
    } catch { this.box.classList.add("ecg-unread"); }
  }
  /** The first whole picture is there. */
  painted(pane) {
    if (this.box.dataset.ready || pane.waiting) return;
    this.box.dataset.ready = "1";
    requestAnimationFrame(() => setTimeout(() => performance.mark("ecg-painted"))); // that frame is on the screen
  }
  key(event) {
    if (event.target === this.pair && event.key === "Escape") { this.active.paper.focus(); return; } // from the list back to the tracing
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.target.closest("dialog") || !this.active.recording) return;
    if (event.target.closest("button") && /^(Enter| )$/.test(event.key)) return;
    if (pressed(event, this)) { event.preventDefault(); event.stopPropagation(); }
  }
  press(asked) {
    const [what, value] = asked.split(":"), view = this.view;
    if (what === "help" || what === "ruler") this.box.querySelector(`[data-ecg-${what}]`).showModal();
    else if (what === "full") document.fullscreenElement ? document.exitFullscreen() : this.box.requestFullscreen?.();
    else if (what === "pair") this.pair?.focus();
    else if (what === "march") for (const pane of this.panes) pane.calipers.marching = !pane.calipers.marching;
    else if (what === "lens") this.lensed();
    else if (what === "tool") view.tool = view.tool === "push" ? "measure" : "push";
    else if (what === "filter") view.filters = [..."bnl"].filter((one) => view.filters.includes(one) !== (one === value)).join("");
    else if (what === "turn") this.box.classList.toggle("ecg-stacked");
    else if (what === "clear") this.cleared();
    else if (what === "layout") this.laidOut(value);
    else view[what] = Number(value);
    this.everywhere();
    return true;
  }
  /** Under the pointer, and before it moves over the active end of the calipers. */
  lensed() {
    const { calipers } = this.active, end = calipers[calipers.end];
    this.view.lens = !this.view.lens;
    for (const pane of this.panes) pane.lens = null;
    if (this.view.lens && end) this.active.lens = this.active.xy(calipers.row, end.t, end.mv);
  }
  async laidOut(layout) {
    this.view.layout = layout;
    for (const pane of this.panes) pane.calipers.clear();
    if (layout !== "beats") return;
    for (const pane of this.panes.filter((one) => one.recording && one.beats === undefined)) {
      pane.beats = null;
      pane.beats = asBeats(await fetched(pane.figure.dataset.beats).catch(() => ({ at: [] })));
      pane.changed();
      this.marked();
    }
  }
  everywhere() {
    for (const pane of this.panes) pane.changed();
    this.marked();
  }
  /** The earlier tracing chosen from the list stands beside this one, at the same scale and moved with it. */
  async beside() {
    const option = this.pair.selectedOptions[0];
    this.box.querySelector("[data-ecg-pane='beside']")?.remove();
    this.panes.length = 1;
    this.active = this.panes[0];
    this.box.classList.toggle("ecg-paired", Boolean(option.value));
    if (option.value) {
      const figure = this.panes[0].figure.cloneNode(true);
      Object.assign(figure.dataset, { ecgPane: "beside", beats: option.dataset.beats });
      this.panes[0].figure.after(figure);
      const pane = new Pane(figure, this);
      pane.paper.setAttribute("aria-label", option.text);
      try {
        pane.show(await fetched(option.value), option.dataset.when);
        this.panes.push(pane);
        listen(pane, this);
        if (this.view.layout === "beats") await this.laidOut("beats");
      } catch { figure.remove(); this.say(this.words.failed); }
    }
    this.everywhere();
  }
  scrolled(moved) {
    for (const pane of this.panes) if (pane !== moved && Math.abs(pane.paper.scrollLeft - moved.paper.scrollLeft) > 1) pane.paper.scrollLeft = moved.paper.scrollLeft;
  }
  /** Larger or smaller round a place of a pane; 1 is true size. */
  zoomed(times, x = this.active.width / 2, pane = this.active) {
    const before = this.view.zoom, at = pane.paper.scrollLeft + x;
    this.view.zoom = Math.min(ZOOM[1], Math.max(ZOOM[0], times));
    this.everywhere();
    pane.paper.scrollLeft = at * this.view.zoom / before - x;
    return true;
  }
  cleared() {
    for (const pane of this.panes) { pane.calipers.clear(); pane.lens = null; pane.draw(); }
    this.view.lens = false;
    this.marked();
    this.say(this.words.drag);
    return true;
  }
  /** The readout, once the hand rests; whoever corrects measurements hears it too. */
  measured(pane) {
    pane.draw();
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.say(pane.calipers.said()), this.said.textContent === this.words.drag ? 0 : SAID_EVERY);
    this.box.dispatchEvent(new CustomEvent("ecg:measured", { bubbles: true, detail: { ms: pane.calipers.seconds * 1000, mV: Math.abs(pane.calipers.millivolts) } }));
  }
  say(text) { this.said.textContent = text; }
  /** Which buttons are down, and what stands over each pane. */
  marked() {
    const view = this.view;
    const on = { layout: (value) => view.layout === value, speed: (value) => view.speed === Number(value), gain: (value) => view.gain === Number(value), filter: (value) => view.filters.includes(value),
                 march: () => this.panes[0].calipers.marching, lens: () => view.lens, tool: () => view.tool === "push" };
    for (const button of this.box.querySelectorAll("[data-ecg]")) {
      const [what, value] = button.dataset.ecg.split(":");
      if (on[what]) button.setAttribute("aria-pressed", String(on[what](value)));
    }
    const twice = view.layout === "beats" ? 2 : 1, zoom = Math.abs(view.zoom - 1) < 0.01 ? "" : `×${view.zoom.toFixed(2)}`;
    const filters = view.filters ? `${this.words.filtered} ${[...view.filters].map((one) => this.words[one]).join("、")}` : "";
    for (const pane of this.panes) {
      const none = view.layout === "beats" && pane.beats === null ? this.words.no_beats : "";
      pane.caption.textContent = [pane.when, `${view.speed * twice} mm/s`, `${view.gain} mm/mV`, zoom, filters, none].filter(Boolean).join(" · ");
      pane.caption.classList.toggle("ecg-filtered", Boolean(filters));
      pane.canvas.style.touchAction = view.tool === "push" && !view.lens ? "pan-y" : "none";
    }
  }
}

function open(root) {
  root.querySelectorAll('[data-island="ecg-viewer"]:not([data-begun])').forEach((box) => { box.dataset.begun = "1"; box.viewer = new Viewer(box); box.viewer.load(); });
}
open(document);
document.addEventListener("htmx:load", (event) => open(event.target));
// With nothing in focus the keys are the first viewer's.
document.addEventListener("keydown", (event) => {
  const box = document.querySelector('[data-island="ecg-viewer"]');
  if (box?.viewer && (event.target === document.body || event.target.id === "content") && event.key !== "?" && !document.querySelector("dialog[open]")) box.viewer.key(event);
});
