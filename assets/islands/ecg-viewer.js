/* The ECG strip: draws the samples as recorded on a millimetre grid, and measures on them. Words stand in the page, not here.
   Scale: one millimetre is `mm` CSS pixels (96 dpi: 3.78), so that a screen of true resolution shows true size. */
(function () {
  "use strict";

  const LAYOUTS = {
    "3x4": [["I", "aVR", "V1", "V4"], ["II", "aVL", "V2", "V5"], ["III", "aVF", "V3", "V6"], ["II"]],
    "6x2": [["I", "V1"], ["II", "V2"], ["III", "V3"], ["aVR", "V4"], ["aVL", "V5"], ["aVF", "V6"]],
    "12x1": [["I"], ["II"], ["III"], ["aVR"], ["aVL"], ["aVF"], ["V1"], ["V2"], ["V3"], ["V4"], ["V5"], ["V6"]],
  };
  const LANE_MM = { "3x4": 26, "6x2": 22, "12x1": 18 };
  const MM = 96 / 25.4;

  /** The head and, per lead, microvolts as Float32Array. */
  function decode(buffer) {
    const bytes = new Uint8Array(buffer);
    const end = bytes.indexOf(10);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
    let at = end + 1;
    const leads = new Map();
    for (const lead of head.leads) {
      const raw = lead.bytes === 2 ? new Int16Array(buffer, at, lead.count) : new Int32Array(buffer, at, lead.count);
      at += (lead.count * lead.bytes + 3) & ~3;
      leads.set(lead.name, { derived: lead.derived, values: Float32Array.from(raw, (v) => v * lead.scale + lead.offset) });
    }
    return { rate: head.rate, seconds: head.seconds, faulty: new Set(head.quality.map((one) => one.lead).filter(Boolean)), leads };
  }

  /** For the eye only: a moving average over one mains period takes 50 Hz out, a one-second one takes the wandering baseline. */
  function quiet(values, rate) {
    return subtract(average(values, Math.max(1, Math.round(rate / 50))), average(values, Math.round(rate)));
  }
  function average(values, width) {
    const out = new Float32Array(values.length), half = width >> 1;
    let sum = 0, from = 0, to = 0;
    for (let n = 0; n < values.length; n += 1) {
      const last = Math.min(values.length, n + half + 1), first = Math.max(0, n - half);
      while (to < last) sum += values[to++];
      while (from < first) sum -= values[from++];
      out[n] = sum / (to - from);
    }
    return out;
  }
  function subtract(one, other) { return one.map((v, n) => v - other[n]); }
  function median(values) { const sorted = Float32Array.from(values).sort(); return sorted.length ? sorted[sorted.length >> 1] : 0; }

  class Viewer {
    constructor(box) {
      this.box = box;
      this.canvas = box.querySelector("canvas");
      this.said = box.querySelector("[data-ecg-said]");
      this.layout = box.clientWidth < 600 ? "12x1" : "3x4";
      this.speed = 25; this.gain = 10; this.filtered = false; this.marching = false; this.caliper = null;
      box.addEventListener("click", (event) => this.pressed(event.target.closest("[data-ecg]")));
      box.addEventListener("keydown", (event) => this.key(event));
      this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
      this.canvas.addEventListener("pointermove", (event) => this.drag(event));
      this.canvas.addEventListener("pointerup", () => { this.dragging = false; });
      new ResizeObserver(() => this.data && this.draw()).observe(box);
    }
    async load() {
      const answer = await fetch(this.box.dataset.source, { headers: { Accept: "application/octet-stream" } });
      if (!answer.ok) { this.box.classList.add("ecg-unread"); return; }
      this.data = decode(await answer.arrayBuffer());
      for (const lead of this.data.leads.values()) { lead.quiet = null; lead.base = median(lead.values); }
      this.draw();
      this.box.dataset.ready = "1";
    }
    pressed(button) {
      if (!button || !this.data) return;
      const [what, value] = button.dataset.ecg.split(":");
      if (what === "layout") this.layout = value;
      else if (what === "filter") this.filtered = !this.filtered;
      else if (what === "march") this.marching = !this.marching;
      else this[what] = Number(value);
      this.draw();
    }
    key(event) {
      const press = { 1: "layout:3x4", 2: "layout:6x2", 3: "layout:12x1", f: "filter", m: "march", q: "speed:12.5", w: "speed:25", e: "speed:50", a: "gain:5", s: "gain:10", d: "gain:20" }[event.key];
      if (event.ctrlKey || event.altKey || event.metaKey || !/CANVAS|DIV/.test(event.target.tagName)) return;
      if (press) { this.pressed(this.box.querySelector(`[data-ecg="${press}"]`)); event.preventDefault(); }
      if (event.key === "Escape") { this.caliper = null; this.draw(); }
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step && this.caliper) { this.caliper.to.x += step * this.pxPerSecond / this.data.rate; this.draw(); event.preventDefault(); }
    }
    begin(event) {
      this.dragging = true;
      this.canvas.setPointerCapture(event.pointerId);
      this.caliper = { from: this.place(event), to: this.place(event) };
      this.draw();
    }
    drag(event) { if (this.dragging) { this.caliper.to = this.place(event); this.draw(); } }
    place(event) { const box = this.canvas.getBoundingClientRect(); return { x: event.clientX - box.left, y: event.clientY - box.top }; }

    get pxPerSecond() { return this.speed * MM; }
    get pxPerMillivolt() { return this.gain * MM; }

    draw() {
      if (this.waiting) return;
      this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.drawNow(); });
    }
    drawNow() {
      const rows = LAYOUTS[this.layout], lane = LANE_MM[this.layout] * MM * Math.max(1, this.gain / 10), dense = window.devicePixelRatio || 1;
      const width = Math.ceil(this.data.seconds * this.pxPerSecond) + 1, height = Math.ceil(rows.length * lane);
      if (this.canvas.width !== width * dense || this.canvas.height !== height * dense) {
        this.canvas.width = width * dense; this.canvas.height = height * dense;
        this.canvas.style.width = `${width}px`; this.canvas.style.height = `${height}px`;
      }
      const pen = this.canvas.getContext("2d");
      pen.setTransform(dense, 0, 0, dense, 0, 0);
      pen.fillStyle = "#fffdfc"; pen.fillRect(0, 0, width, height);
      this.grid(pen, width, height);
      rows.forEach((names, row) => names.forEach((name, column) => {
        const seconds = this.data.seconds / names.length;
        this.trace(pen, name, column * seconds, seconds, (row + 0.5) * lane, row * lane);
      }));
      if (this.caliper) this.measure(pen, height);
      this.box.querySelectorAll("[data-ecg]").forEach((button) => {
        const [what, value] = button.dataset.ecg.split(":");
        const on = { layout: this.layout === value, speed: this.speed === Number(value), gain: this.gain === Number(value), filter: this.filtered, march: this.marching }[what];
        button.setAttribute("aria-pressed", String(on));
      });
    }
    grid(pen, width, height) {
      for (const [every, colour, thick] of [[1, "#f8dcd9", 0.6], [5, "#eeb4ae", 1]]) {
        pen.strokeStyle = colour; pen.lineWidth = thick; pen.beginPath();
        for (let x = 0; x <= width; x += every * MM) { pen.moveTo(x, 0); pen.lineTo(x, height); }
        for (let y = 0; y <= height; y += every * MM) { pen.moveTo(0, y); pen.lineTo(width, y); }
        pen.stroke();
      }
    }
    trace(pen, name, start, seconds, middle, top) {
      const lead = this.data.leads.get(name), left = start * this.pxPerSecond;
      pen.fillStyle = lead && this.data.faulty.has(name) ? "#b3261e" : "#1b1b1b";
      pen.font = "600 13px sans-serif";
      pen.fillText(name, left + 4, top + 15);
      if (!lead) return;
      if (this.filtered && !lead.quiet) lead.quiet = quiet(lead.values, this.data.rate);
      const values = this.filtered ? lead.quiet : lead.values, base = this.filtered ? 0 : lead.base;
      const first = Math.round(start * this.data.rate), last = Math.min(values.length, Math.round((start + seconds) * this.data.rate));
      pen.save(); pen.beginPath(); pen.rect(left, 0, seconds * this.pxPerSecond, 1e5); pen.clip();
      pen.strokeStyle = this.data.faulty.has(name) ? "#b3261e" : "#111"; pen.lineWidth = 1.2; pen.lineJoin = "round"; pen.beginPath();
      for (let n = first; n < last; n += 1) pen.lineTo(n / this.data.rate * this.pxPerSecond, middle - (values[n] - base) / 1000 * this.pxPerMillivolt);
      pen.stroke(); pen.restore();
    }
    measure(pen, height) {
      const { from, to } = this.caliper, seconds = Math.abs(to.x - from.x) / this.pxPerSecond, millivolts = (from.y - to.y) / this.pxPerMillivolt;
      pen.strokeStyle = "#1a57a8"; pen.lineWidth = 1.4; pen.setLineDash([5, 3]); pen.beginPath();
      const step = to.x - from.x, times = this.marching && Math.abs(step) > 4 ? Math.floor((this.canvas.clientWidth - from.x) / Math.abs(step)) : 1;
      for (let n = 0; n <= times; n += 1) { pen.moveTo(from.x + n * step, 0); pen.lineTo(from.x + n * step, height); }
      pen.moveTo(from.x, from.y); pen.lineTo(to.x, from.y); pen.moveTo(to.x, from.y); pen.lineTo(to.x, to.y);
      pen.stroke(); pen.setLineDash([]);
      const rate = seconds > 0.05 ? ` · ${Math.round(60 / seconds)} bpm` : "";
      this.said.textContent = `${Math.round(seconds * 1000)} ms${rate} · ${millivolts.toFixed(2)} mV`;
    }
  }

  function open(root) {
    root.querySelectorAll('[data-island="ecg-viewer"]:not([data-begun])').forEach((box) => { box.dataset.begun = "1"; new Viewer(box).load(); });
  }
  open(document);
  document.addEventListener("htmx:load", (event) => open(event.target));
})();
