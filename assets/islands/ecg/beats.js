/* The median beat of each lead over the single beats it was made of, the machine's onsets and ends beside it. The server found and aligned the beats. */
import { inOrder } from "./layouts.js";
import { label, line } from "./drawing.js";

const CELL_MM = 32, GAP_MM = 2;
const SINGLE = "rgba(60, 80, 95, 0.28)", STRANGE = "rgba(179, 38, 30, 0.35)", MEDIAN = "#0b4f8a", MARK = "rgba(11, 106, 112, 0.75)";

/** Cells side by side as far as the width reaches; each a beat long. `scale` has twice the speed of the strip. */
export function arranged(beats, scale, width) {
  const cell = beats.seconds * scale.perSecond + GAP_MM * scale.mm, columns = Math.max(1, Math.min(6, Math.floor(width / cell)));
  const names = inOrder([...beats.leads.keys()]);
  const cells = names.map((name, n) => ({ name, x: Math.round((n % columns) * cell), row: Math.floor(n / columns) }));
  return { cells, cell, columns, height: Math.ceil(names.length / columns) * CELL_MM * scale.mm, lane: CELL_MM * scale.mm, offsets: cells.slice(0, columns).map((one) => one.x) };
}

export function drawBeats(pen, { beats, recording, scale, dense, filters, laid }) {
  const given = { rate: recording.rate, perSecond: scale.perSecond * dense, perMillivolt: scale.perMillivolt * dense, left: 0, dense };
  for (const { name, x, row } of laid.cells) {
    const middle = (row + 0.55) * laid.lane * dense, raw = recording.leads.get(name), width = beats.seconds * given.perSecond;
    pen.save();
    pen.translate(Math.round(x * dense), 0);
    pen.beginPath();
    pen.rect(0, row * laid.lane * dense, width, laid.lane * dense);
    pen.clip();
    if (raw) beats.at.forEach((at, n) => {
      const start = at - beats.zero, shown = raw.shown(filters, recording.rate), values = shown.values.subarray(Math.max(0, start), start + beats.length);
      if (start < 0 || values.length < beats.length) return;
      pen.strokeStyle = beats.usual[n] ? SINGLE : STRANGE;
      line(pen, { values, base: level(values), millivolts: shown.millivolts }, { ...given, from: 0, to: beats.seconds, width, middle });
    });
    pen.strokeStyle = MEDIAN;
    line(pen, beats.leads.get(name).shown("", recording.rate), { ...given, from: 0, to: beats.seconds, width, middle, dense: dense * 1.6 });
    marks(pen, beats, recording.rate, given.perSecond, row * laid.lane * dense, laid.lane * dense, dense);
    pen.restore();
  }
}

function marks(pen, beats, rate, perSecond, top, height, dense) {
  pen.strokeStyle = MARK;
  pen.lineWidth = dense;
  pen.setLineDash([3 * dense, 3 * dense]);
  pen.beginPath();
  for (const at of Object.values(beats.waves)) {
    const x = Math.round(at / rate * perSecond) + 0.5;
    pen.moveTo(x, top + 18 * dense);
    pen.lineTo(x, top + height - 4 * dense);
  }
  pen.stroke();
  pen.setLineDash([]);
}

export function namesOfBeats(pen, laid) {
  for (const { name, x, row } of laid.cells) label(pen, name, x + 5, row * laid.lane + 14, "#101418", "600 13px");
}

function level(values) {
  const sorted = Float32Array.from(values).sort();
  return sorted[sorted.length >> 1];
}

/** What the server answered, as leads; null where it found no beats to lay over each other. */
export function asBeats(told) {
  if (!told.at.length) return null;
  const leads = new Map([...told.leads].map(([name, lead]) => [name, Object.assign(lead, { base: 0 })]));
  const length = Math.max(...[...leads.values()].map((lead) => lead.raw.length));
  return { ...told, leads, length, seconds: length / told.rate };
}
