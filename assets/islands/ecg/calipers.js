/* Two ends, each a moment and a voltage on one lane: what lies between them in ms, a minute, and mV. */
import { label } from "./drawing.js";

const BLUE = "#1a57a8", REACH = { mouse: 7, pen: 10, touch: 24 };

export class Calipers {
  constructor() { this.clear(); this.marching = false; }
  clear() { this.from = this.to = null; this.row = 0; this.end = "to"; }
  get open() { return this.from !== null; }
  get seconds() { return Math.abs(this.to.t - this.from.t); }
  get millivolts() { return this.to.mv - this.from.mv; }

  /** What one reads: milliseconds, how many a minute, millivolts. */
  said() {
    if (!this.open) return "";
    const rate = this.seconds >= 0.05 ? ` · ${Math.round(60 / this.seconds)} bpm` : "";
    return `${Math.round(this.seconds * 1000)} ms${rate} · ${this.millivolts.toFixed(2)} mV`;
  }
  begin(place) { this.row = place.row; this.from = { t: place.t, mv: place.mv }; this.to = { ...this.from }; this.end = "to"; }

  /** Which part lies under a finger: an end (both ways, or its line only in time), the bar between, or nothing. */
  held(x, y, kind, pane) {
    if (!this.open) return "";
    const reach = REACH[kind] || REACH.mouse;
    for (const end of ["to", "from"]) {
      const at = pane.xy(this.row, this[end].t, this[end].mv);
      if (pane.shifts(this.row).some((shift) => Math.abs(x - at.x - shift) <= reach)) return Math.abs(y - at.y) <= 2 * reach ? `${end}:both` : `${end}:time`;
    }
    const one = pane.xy(this.row, this.from.t, this.from.mv), other = pane.xy(this.row, this.to.t, this.to.mv);
    const between = x > Math.min(one.x, other.x) && x < Math.max(one.x, other.x);
    return between && Math.min(Math.abs(y - one.y), Math.abs(y - other.y)) <= reach ? "whole" : "";
  }
  drag(what, place, before) {
    if (what === "whole") {
      const t = place.t - before.t, mv = place.mv - before.mv;
      for (const end of [this.from, this.to]) { end.t += t; end.mv += mv; }
      return;
    }
    const [end, way] = what.split(":");
    this.end = end;
    this[end].t = place.t;
    if (way === "both") this[end].mv = place.mv;
  }
  /** By key: the active end by samples or hundredths of a millivolt. */
  nudge(seconds, millivolts) { this[this.end].t += seconds; this[this.end].mv += millivolts; }

  draw(pen, pane) {
    if (!this.open) return;
    const one = pane.xy(this.row, this.from.t, this.from.mv), other = pane.xy(this.row, this.to.t, this.to.mv), shifts = pane.shifts(this.row);
    pen.lineWidth = 1.4;
    pen.strokeStyle = BLUE;
    if (this.marching && shifts.length === 1) this.march(pen, pane, one.x, other.x);
    pen.beginPath();
    for (const shift of shifts) {
      for (const x of [one.x, other.x]) { pen.moveTo(x + shift, 0); pen.lineTo(x + shift, pane.height); }
    }
    pen.moveTo(one.x, one.y); pen.lineTo(other.x, one.y);
    pen.moveTo(one.x, other.y); pen.lineTo(other.x, other.y);
    pen.stroke();
    for (const [end, at] of [["from", one], ["to", other]]) {
      pen.beginPath();
      pen.arc(at.x, at.y, end === this.end ? 5 : 4, 0, 2 * Math.PI);
      pen.fillStyle = end === this.end ? BLUE : "#fff";
      pen.fill();
      pen.stroke();
    }
    const x = Math.min(Math.max(Math.min(one.x, other.x) + 6, 4), Math.max(4, pane.width - 190));
    label(pen, this.said(), x, Math.max(Math.min(one.y, other.y) - 8, 26), BLUE, "600 13px");
  }
  /** The same distance again and again, both ways, as a pair of compasses would walk. */
  march(pen, pane, from, to) {
    const step = Math.abs(to - from);
    if (step < 6) return;
    pen.save();
    pen.setLineDash([4, 4]);
    pen.globalAlpha = 0.65;
    pen.beginPath();
    for (let x = from - Math.floor(from / step) * step; x <= pane.width; x += step) { pen.moveTo(x, 0); pen.lineTo(x, pane.height); }
    pen.stroke();
    pen.restore();
  }
}
