/* Which lead stands where. Time runs on from left to right over the whole recording; in 3×4 and 6×2 the lead changes every quarter or half of ten seconds,
   as on paper. Fewer or other leads than the twelve fill the same places in their order. */

const TWELVE = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"];
const FORM = {
  "3x4": { rows: 3, lane: 24, rhythm: true },
  "6x2": { rows: 6, lane: 20 },
  "12x1": { rows: 12, lane: 16 },
};
const PERIOD = 10, STILL_ONE_PERIOD = 12;

export function inOrder(names) {
  return [...TWELVE.filter((name) => names.includes(name)), ...names.filter((name) => !TWELVE.includes(name))];
}

/** rows of leads (null is an empty place), lane height in mm, and after how many seconds the leads begin anew. */
export function planned(layout, recording) {
  const names = inOrder([...recording.leads.keys()]), form = FORM[layout], whole = TWELVE.every((name) => names.includes(name));
  const few = whole ? TWELVE : names;
  const height = layout === "12x1" ? names.length : Math.min(form.rows, few.length), columns = Math.ceil((layout === "12x1" ? names.length : few.length) / Math.max(height, 1));
  const placed = layout === "12x1" ? names : few;
  const rows = Array.from({ length: height }, (_, row) => Array.from({ length: columns }, (_, column) => placed[column * height + row] || null));
  for (let n = 12; whole && layout !== "12x1" && n < names.length; n += columns) rows.push(Array.from({ length: columns }, (_, at) => names[n + at] || null));
  if (form.rhythm && columns > 1) rows.push([names.includes("II") ? "II" : names[0]]);
  return { rows, lane: form.lane, period: recording.seconds <= STILL_ONE_PERIOD ? recording.seconds : PERIOD };
}

/** The pieces of one row between two moments: lead, start, end in seconds. */
export function pieces(row, plan, from, to, seconds) {
  const length = row.length === 1 ? seconds : plan.period / row.length, found = [];
  if (!(length > 0)) return found;
  for (let n = Math.max(0, Math.floor(from / length)); n * length < Math.min(to, seconds); n += 1) {
    const name = row[n % row.length];
    if (name) found.push({ name, start: n * length, end: Math.min((n + 1) * length, seconds) });
  }
  return found;
}
