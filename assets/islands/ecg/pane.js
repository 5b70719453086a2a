/* One tracing on the screen: a canvas as wide as the window into it, fed from a sheet drawn a little beyond both edges, so that scrolling only copies.
   However long the recording is, no canvas is larger than twice the window. */
import { arranged, drawBeats, namesOfBeats } from "./beats.js";
import { Calipers } from "./calipers.js";
import { grid, names, traces } from "./drawing.js";
import { planned } from "./layouts.js";

/* Room above the first lane for a tall R. */
const HEAD_MM = 4, LARGEST = 16e6, LENS = { radius: 90, times: 2.5 };

export class Pane {
  constructor(figure, viewer) {
    this.figure = figure;
    this.viewer = viewer;
    this.paper = figure.querySelector("[data-ecg-paper]");
    this.canvas = figure.querySelector("canvas");
    this.caption = figure.querySelector("figcaption");
    this.pen = this.canvas.getContext("2d", { alpha: false });
    this.sheet = document.createElement("canvas");
    this.calipers = new Calipers();
    this.lens = null;
    this.width = this.paper.clientWidth;
    this.paper.addEventListener("scroll", () => { this.draw(); viewer.scrolled(this); }, { passive: true });
    new ResizeObserver(() => { if (this.paper.clientWidth !== this.width) { this.width = this.paper.clientWidth; this.changed(); } }).observe(this.paper);
  }
  show(recording, when) {
    this.recording = recording;
    this.when = when;
    this.beats = undefined;
    this.calipers.clear();
    this.changed();
  }
  /** Layout, scale, filters or width are others now. */
  changed() {
    if (!this.recording || !this.width) return;
    const view = this.viewer.view, mm = view.mm * view.zoom, beating = view.layout === "beats", twice = beating ? 2 : 1;
    this.plan = beating ? null : planned(view.layout, this.recording);
    const lane = beating ? 0 : this.plan.lane * mm * (view.gain > 10 ? 1.5 : 1);
    this.scale = { mm, perSecond: view.speed * twice * mm, perMillivolt: view.gain * mm, lane, head: beating ? 0 : HEAD_MM * mm };
    this.laid = beating && this.beats ? arranged(this.beats, this.scale, this.width) : null;
    this.total = beating ? (this.laid ? this.laid.columns * this.laid.cell : 0) : this.recording.seconds * this.scale.perSecond;
    this.height = Math.max(60, Math.ceil(beating ? (this.laid ? this.laid.height : 120) : this.plan.rows.length * lane + this.scale.head));
    this.canvas.parentElement.style.width = `${Math.max(Math.ceil(this.total), 1)}px`;
    this.kept = null;
    this.draw();
  }
  draw() {
    if (this.waiting || !this.recording) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = 0; if (this.scale) this.paint(); });
  }
  paint() {
    const dense = window.devicePixelRatio || 1, width = Math.min(this.width, Math.max(Math.ceil(this.total), 1));
    const wide = Math.round(width * dense), high = Math.round(this.height * dense);
    if (this.canvas.width !== wide || this.canvas.height !== high) {
      this.canvas.width = wide;
      this.canvas.height = high;
      this.canvas.style.width = `${wide / dense}px`;
      this.canvas.style.height = `${high / dense}px`;
    }
    this.left = this.paper.scrollLeft;
    const left = Math.round(this.left * dense);
    this.refill(left, wide, high, dense);
    this.pen.setTransform(1, 0, 0, 1, 0, 0);
    this.pen.drawImage(this.sheet, left - this.kept.left, 0, wide, high, 0, 0, wide, high);
    this.pen.setTransform(dense, 0, 0, dense, 0, 0);
    if (this.laid) namesOfBeats(this.pen, this.laid);
    else if (this.plan) names(this.pen, { left: this.left, width }, { ...this, words: this.viewer.words });
    this.calipers.draw(this.pen, this);
    if (this.lens) this.magnify(dense);
    this.viewer.painted(this);
  }
  refill(left, wide, high, dense) {
    if (this.kept && this.kept.dense === dense && left >= this.kept.left && left + wide <= this.kept.left + this.sheet.width) return;
    const total = Math.max(Math.ceil(this.total * dense), wide), room = 2 * wide * high > LARGEST ? wide : Math.min(total, 2 * wide);
    const from = Math.max(0, Math.min(left - Math.round((room - wide) / 2), total - room));
    const same = this.kept && this.kept.dense === dense && this.sheet.width === room && this.sheet.height === high && !this.laid;
    if (!same) { this.sheet.width = room; this.sheet.height = high; }
    const pen = this.sheet.getContext("2d", { alpha: false }), moved = same ? this.kept.left - from : room, bare = Math.min(Math.abs(moved), room);
    if (bare < room) pen.drawImage(this.sheet, moved, 0); // what is there already is pushed along
    const start = bare < room && moved < 0 ? room - bare : 0;
    pen.save();
    pen.translate(start, 0);
    pen.beginPath();
    pen.rect(0, 0, bare, high);
    pen.clip();
    this.ink(pen, { left: from + start, top: 0, width: bare, height: high, dense, mm: this.scale.mm * dense }, this.scale);
    pen.restore();
    this.kept = { left: from, dense };
  }
  ink(pen, window_, scale) {
    grid(pen, window_);
    const given = { recording: this.recording, plan: this.plan, scale, filters: this.viewer.view.filters };
    if (this.laid) drawBeats(pen, { ...given, beats: this.beats, laid: this.laid, dense: window_.dense });
    else if (this.plan) traces(pen, window_, given);
  }
  magnify(dense) {
    const { radius, times } = LENS, side = Math.round(2 * radius * dense), { x, y } = this.lens, pen = this.pen, at = (middle) => Math.round((middle - radius) * dense);
    pen.setTransform(1, 0, 0, 1, at(x), at(y));
    pen.save();
    pen.beginPath();
    pen.arc(side / 2, side / 2, side / 2, 0, 2 * Math.PI);
    pen.clip();
    if (this.laid) {
      pen.scale(times, times);
      pen.drawImage(this.sheet, Math.max(0, x * dense - side / 2 / times), Math.max(0, y * dense - side / 2 / times), side / times, side / times, 0, 0, side / times, side / times);
    } else {
      const scale = Object.fromEntries(Object.entries(this.scale).map(([name, value]) => [name, value * times]));
      this.ink(pen, { left: Math.round((this.left + x) * times * dense - side / 2), top: Math.round(y * times * dense - side / 2), width: side, height: side, dense, mm: scale.mm * dense }, scale);
    }
    pen.restore();
    pen.beginPath();
    pen.arc(side / 2, side / 2, side / 2, 0, 2 * Math.PI);
    pen.lineWidth = 2 * dense;
    pen.strokeStyle = "#0b6a70";
    pen.stroke();
    pen.setTransform(dense, 0, 0, dense, 0, 0);
  }

  /* ---- between the screen and the heart ------------------------------- */
  locate(x, y) {
    if (this.laid) {
      const column = Math.max(0, Math.min(this.laid.columns - 1, Math.floor((x + this.left) / this.laid.cell))), row = Math.max(0, Math.floor(y / this.laid.lane));
      const number = Math.min(row * this.laid.columns + column, this.laid.cells.length - 1), cell = this.laid.cells[number];
      return { row: number, t: (x + this.left - cell.x) / this.scale.perSecond, mv: ((cell.row + 0.55) * this.laid.lane - y) / this.scale.perMillivolt };
    }
    const row = Math.max(0, Math.min(this.plan.rows.length - 1, Math.floor((y - this.scale.head) / this.scale.lane)));
    return { row, t: (x + this.left) / this.scale.perSecond, mv: (this.scale.head + (row + 0.5) * this.scale.lane - y) / this.scale.perMillivolt };
  }
  /** The same lane as the calipers' own, wherever the finger is. */
  along(row, x, y) {
    const origin = this.xy(row, 0, 0);
    return { row, t: (x - origin.x) / this.scale.perSecond, mv: (origin.y - y) / this.scale.perMillivolt };
  }
  xy(row, t, mv) {
    if (this.laid) {
      const cell = this.laid.cells[row];
      return { x: cell.x + t * this.scale.perSecond - this.left, y: (cell.row + 0.55) * this.laid.lane - mv * this.scale.perMillivolt };
    }
    return { x: t * this.scale.perSecond - this.left, y: this.scale.head + (row + 0.5) * this.scale.lane - mv * this.scale.perMillivolt };
  }
  /** Where else the same moment lies: in every column of beats. */
  shifts(row) { return this.laid ? this.laid.offsets.map((x) => x - this.laid.cells[row].x) : [0]; }
}
