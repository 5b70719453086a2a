/* The samples of one recording as they came: integers stay integers (a view into what was fetched), microvolts are reckoned where they are drawn. */
import { filtered } from "./filters.js";

const SAMPLED_FOR_BASE = 1000;

export class Lead {
  constructor(told, raw) {
    this.name = told.name;
    this.derived = told.derived;
    this.raw = raw;
    this.scale = told.scale;
    this.offset = told.offset;
    this.base = this.median();
    this.kept = { filters: "", values: null };
  }
  /** The level the lead lies on, in raw units: the median of a thousand samples or two. */
  median() {
    const step = Math.max(1, Math.floor(this.raw.length / SAMPLED_FOR_BASE)), some = new Int32Array(Math.floor(this.raw.length / step));
    for (let n = 0; n < some.length; n += 1) some[n] = this.raw[n * step];
    some.sort();
    return some.length ? some[some.length >> 1] : 0;
  }
  /** What is drawn: an array, its level, and how many millivolts one of its units is. Filters never touch the samples. */
  shown(filters, rate) {
    if (!filters) return { values: this.raw, base: this.base, millivolts: this.scale / 1000 };
    if (this.kept.filters !== filters) this.kept = { filters, values: filtered(this.raw, this.base, filters, rate) };
    return { values: this.kept.values, base: 0, millivolts: this.scale / 1000 };
  }
}

/** A head in JSON, a line feed, and per lead 16- or 32-bit integers, little endian, padded to four bytes. */
export function decode(buffer) {
  const end = new Uint8Array(buffer).indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 0, end)));
  let at = end + 1;
  const leads = new Map();
  for (const told of head.leads) {
    const raw = told.bytes === 2 ? new Int16Array(buffer, at, told.count) : new Int32Array(buffer, at, told.count);
    at += (told.count * told.bytes + 3) & ~3;
    leads.set(told.name, new Lead(told, raw));
  }
  return { ...head, leads, faulty: new Set((head.quality || []).map((one) => one.lead).filter(Boolean)) };
}

export async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "application/octet-stream" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return decode(await answer.arrayBuffer());
}
