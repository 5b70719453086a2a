/* For the eye only: second-order sections run forwards and backwards, so that nothing is shifted in time.
   b = baseline (0.5 Hz high pass), n = mains (50 Hz notch), l = muscles (35 Hz low pass). */

const SECTIONS = {
  b: (rate) => section("high", 0.5, Math.SQRT1_2, rate),
  n: (rate) => section("notch", 50, 8, rate),
  l: (rate) => section("low", 35, Math.SQRT1_2, rate),
};

/** The lead less its level, through each of the filters named, in raw units. Three seconds mirrored at both ends, so that no end swings, even one in the middle of a beat. */
export function filtered(raw, base, filters, rate) {
  const pad = Math.min(raw.length, Math.round(3 * rate)), values = new Float32Array(raw.length + 2 * pad);
  for (let n = 0; n < pad; n += 1) {
    values[n] = raw[pad - 1 - n] - base;
    values[pad + raw.length + n] = raw[raw.length - 1 - n] - base;
  }
  for (let n = 0; n < raw.length; n += 1) values[pad + n] = raw[n] - base;
  for (const name of filters) {
    if (name !== "b" && rate <= 110) continue; // too few samples to know 50 Hz
    const made = SECTIONS[name](rate);
    pass(values, made);
    values.reverse();
    pass(values, made);
    values.reverse();
  }
  return values.slice(pad, pad + raw.length);
}

function section(kind, hertz, q, rate) {
  const turn = 2 * Math.PI * hertz / rate, cos = Math.cos(turn), alpha = Math.sin(turn) / (2 * q), a0 = 1 + alpha;
  const b = { high: [(1 + cos) / 2, -(1 + cos), (1 + cos) / 2], low: [(1 - cos) / 2, 1 - cos, (1 - cos) / 2], notch: [1, -2 * cos, 1] }[kind];
  return { b0: b[0] / a0, b1: b[1] / a0, b2: b[2] / a0, a1: -2 * cos / a0, a2: (1 - alpha) / a0 };
}

function pass(values, { b0, b1, b2, a1, a2 }) {
  let x1 = 0, x2 = 0, y1 = 0, y2 = 0; // the level is taken away already
  for (let n = 0; n < values.length; n += 1) {
    const x = values[n], y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
    x2 = x1; x1 = x; y2 = y1; y1 = y;
    values[n] = y;
  }
}
