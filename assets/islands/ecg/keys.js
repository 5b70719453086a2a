/* The keyboard: a key presses the button of the same name, arrows move the calipers or the paper. */

const PRESS = {
  1: "layout:3x4", 2: "layout:6x2", 3: "layout:12x1", 4: "layout:beats", q: "speed:12.5", w: "speed:25", e: "speed:50", a: "gain:5", s: "gain:10", d: "gain:20",
  b: "filter:b", n: "filter:n", l: "filter:l", m: "march", z: "lens", h: "tool", r: "ruler", v: "full", p: "pair",
};
const MV = 0.01, TENFOLD = 10;

/** True where the key was ours. */
export function pressed(event, viewer) {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key, pane = viewer.active;
  if (key === "?") return viewer.press("help");
  if (PRESS[key]) return viewer.press(PRESS[key]);
  if (key === "+" || key === "=") return viewer.zoomed(viewer.view.zoom * 1.25);
  if (key === "-") return viewer.zoomed(viewer.view.zoom / 1.25);
  if (key === "0") return viewer.zoomed(1);
  if (key === "c") return open(pane, viewer);
  if (key === "x" && pane.calipers.open) { pane.calipers.end = pane.calipers.end === "to" ? "from" : "to"; pane.draw(); return true; }
  if (key === "Escape" && (pane.calipers.open || viewer.view.lens)) return viewer.cleared();
  return arrows(key, event.shiftKey, pane, viewer) || scrolled(key, pane);
}

/** Calipers a second wide in the middle of what is seen, on the lane of the first lead. */
function open(pane, viewer) {
  if (!pane.plan && !pane.laid) return false;
  const width = Math.min(pane.width, pane.total), seconds = Math.min(1, width / pane.scale.perSecond / 2);
  const at = pane.laid ? pane.locate(20, 20) : { ...pane.locate(width / 2, 1) };
  pane.calipers.begin({ ...at, mv: 0 });
  pane.calipers.nudge(pane.laid ? 0.1 : seconds, 0);
  viewer.measured(pane);
  return true;
}

function arrows(key, tenfold, pane, viewer) {
  const across = { ArrowLeft: -1, ArrowRight: 1 }[key] || 0, up = { ArrowUp: 1, ArrowDown: -1 }[key] || 0;
  if (!(across || up)) return false;
  if (!pane.calipers.open) {
    if (across) pane.paper.scrollLeft += across * 40 * (tenfold ? 5 : 1);
    return across !== 0;
  }
  pane.calipers.nudge(across * (tenfold ? TENFOLD : 1) / pane.recording.rate, up * MV * (tenfold ? TENFOLD : 1));
  const at = pane.xy(pane.calipers.row, pane.calipers[pane.calipers.end].t, 0).x;
  if (at < 0 || at > pane.width) pane.paper.scrollLeft += at - pane.width / 2;
  viewer.measured(pane);
  return true;
}

function scrolled(key, pane) {
  const to = { Home: 0, End: pane.total, PageDown: pane.paper.scrollLeft + 0.9 * pane.width, PageUp: pane.paper.scrollLeft - 0.9 * pane.width }[key];
  if (to === undefined || pane.total <= pane.width) return false;
  pane.paper.scrollLeft = to;
  return true;
}
