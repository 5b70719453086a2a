/* Ink on millimetre paper, in device pixels: lines of the grid lie on whole pixels, a column of pixels holds the lowest and the highest of its samples. */
import { pieces } from "./layouts.js";

export const PAPER = "#fffdfc";
const THIN = "#f7dcd8", THICK = "#eab0a9", INK = "#101418", FAULTY = "#b3261e";

/** Grid of a window whose upper left corner is (left, top) of the whole sheet; `mm` device pixels are one millimetre. */
export function grid(pen, { left, top, width, height, mm, dense }) {
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, width, height);
  for (const [every, colour, thick] of [[1, THIN, 1], [5, THICK, Math.max(1, Math.round(dense))]]) {
    const step = every * mm;
    if (step < 3 * Math.max(1, dense)) continue; // finer than the eye: grey mud
    pen.fillStyle = colour;
    for (let k = Math.ceil(left / step); k * step <= left + width; k += 1) pen.fillRect(Math.round(k * step) - left, 0, thick, height);
    for (let k = Math.ceil(top / step); k * step <= top + height; k += 1) pen.fillRect(0, Math.round(k * step) - top, width, thick);
  }
}

/** Every lead of a plan within the window. */
export function traces(pen, window_, { recording, plan, scale, filters }) {
  const { left, top, width, height, dense } = window_, lane = scale.lane * dense, perSecond = scale.perSecond * dense, head = scale.head * dense;
  plan.rows.forEach((row, number) => {
    const middle = head + (number + 0.5) * lane - top;
    if (middle + 2 * lane < 0 || middle - 2 * lane > height) return;
    for (const piece of pieces(row, plan, left / perSecond, (left + width) / perSecond, recording.seconds)) {
      const lead = recording.leads.get(piece.name);
      pen.strokeStyle = recording.faulty.has(piece.name) ? FAULTY : INK;
      pen.save();
      pen.beginPath();
      pen.rect(Math.round(piece.start * perSecond) - left, 0, Math.round((piece.end - piece.start) * perSecond), height);
      pen.clip();
      line(pen, lead.shown(filters, recording.rate), { from: piece.start, to: piece.end, rate: recording.rate, perSecond, left, width, middle, perMillivolt: scale.perMillivolt * dense, dense });
      pen.restore();
      if (row.length > 1 && piece.start > 0) divider(pen, Math.round(piece.start * perSecond) - left, middle, lane, dense);
    }
  });
}

function divider(pen, x, middle, lane, dense) {
  pen.fillStyle = INK;
  for (const side of [-1, 1]) pen.fillRect(x, Math.round(middle + side * lane * 0.2 - 2 * dense), Math.round(dense), Math.round(4 * dense));
}

/** One lead from `from` to `to` seconds. Where more than two samples share a pixel only their extremes are drawn, in the order in which they came. */
export function line(pen, { values, base, millivolts }, { from, to, rate, perSecond, left, width, middle, perMillivolt, dense }) {
  const first = Math.max(0, Math.floor(Math.max(from, (left - 2) / perSecond) * rate)), last = Math.min(values.length - 1, Math.ceil(Math.min(to, (left + width + 2) / perSecond) * rate));
  const up = millivolts * perMillivolt, across = perSecond / rate;
  pen.lineWidth = 1.25 * dense;
  pen.lineJoin = "round";
  pen.beginPath();
  if (across > 0.5) {
    for (let n = first; n <= last; n += 1) pen.lineTo(n * across - left, middle - (values[n] - base) * up);
  } else {
    for (let n = first; n <= last;) {
      const column = Math.floor(n * across), end = Math.min(last + 1, Math.ceil((column + 1) / across));
      let low = n, high = n;
      for (let m = n + 1; m < end; m += 1) { if (values[m] < values[low]) low = m; if (values[m] > values[high]) high = m; }
      const x = column + 0.5 - left;
      pen.lineTo(x, middle - (values[Math.min(low, high)] - base) * up);
      if (low !== high) pen.lineTo(x, middle - (values[Math.max(low, high)] - base) * up);
      n = Math.max(end, n + 1);
    }
  }
  pen.stroke();
}

/** Names of the leads; one that began to the left of the window keeps its name at the edge. In CSS pixels. */
export function names(pen, { left, width }, { recording, plan, scale, words }) {
  plan.rows.forEach((row, number) => {
    for (const piece of pieces(row, plan, left / scale.perSecond, (left + width) / scale.perSecond, recording.seconds)) {
      const x = Math.max(piece.start * scale.perSecond - left, 0) + 5, room = piece.end * scale.perSecond - left - x;
      if (room < 24) continue;
      const lead = recording.leads.get(piece.name), faulty = recording.faulty.has(piece.name);
      label(pen, piece.name + (faulty ? ` ${words.faulty}` : ""), x, scale.head + number * scale.lane + 12, faulty ? FAULTY : INK, "600 13px");
      if (lead.derived && room > 130) label(pen, `= ${lead.derived}`, x + 12 + 8 * piece.name.length, scale.head + number * scale.lane + 12, "#5d6a70", "11px");
    }
  });
}

export function label(pen, text, x, y, colour, font) {
  pen.font = `${font} sans-serif`;
  pen.lineWidth = 3;
  pen.lineJoin = "round";
  pen.strokeStyle = PAPER;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}
