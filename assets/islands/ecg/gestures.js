/* Mouse, pen and fingers on a pane: calipers, pushing the paper, pinching, the magnifier under the pointer. */

export function listen(pane, viewer) {
  const down = new Map(), { canvas } = pane;
  let doing = "", before = null, pinch = null;
  const place = (event) => { const box = canvas.getBoundingClientRect(); return { x: event.clientX - box.left, y: event.clientY - box.top }; };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || !pane.scale || !(pane.plan || pane.laid)) return;
    pane.paper.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, place(event));
    if (down.size === 2) { pinch = { apart: apart(down), zoom: viewer.view.zoom }; doing = "pinch"; return; }
    begin(event, place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    const at = place(event);
    if (viewer.view.lens && (event.pointerType === "mouse" || down.size)) { pane.lens = at; pane.draw(); }
    if (!down.has(event.pointerId)) { if (pane.scale) canvas.style.cursor = cursor(event, at); return; }
    down.set(event.pointerId, at);
    if (doing === "pinch") { if (down.size === 2) viewer.zoomed(pinch.zoom * apart(down) / pinch.apart, middle(down).x, pane); }
    else if (doing === "push") { pane.paper.scrollLeft = before.left - (at.x - before.x); }
    else if (doing) measure(at);
  });
  for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, (event) => {
    down.delete(event.pointerId);
    if (down.size) return;
    if (doing && doing !== "push" && doing !== "pinch") viewer.measured(pane);
    doing = "";
  });
  canvas.addEventListener("pointerleave", () => { if (pane.lens && !down.size) { pane.lens = null; pane.draw(); } });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    viewer.zoomed(viewer.view.zoom * Math.exp(-event.deltaY / 400), place(event).x, pane);
  }, { passive: false });

  function begin(event, at) {
    const held = pane.calipers.held(at.x, at.y, event.pointerType, pane);
    if (viewer.view.lens && event.pointerType !== "mouse") { pane.lens = at; pane.draw(); doing = ""; return; }
    if (viewer.view.tool === "push" && !held) { doing = "push"; before = { x: at.x, left: pane.paper.scrollLeft }; return; }
    viewer.active = pane;
    if (held) { doing = held; before = pane.along(pane.calipers.row, at.x, at.y); return; }
    pane.calipers.begin(pane.locate(at.x, at.y));
    doing = "to:both";
    pane.draw();
  }
  function measure(at) {
    const now = pane.along(pane.calipers.row, at.x, at.y);
    pane.calipers.drag(doing, now, before);
    before = now;
    pane.draw();
  }
  function cursor(event, at) {
    if (pane.calipers.held(at.x, at.y, event.pointerType, pane)) return "ew-resize";
    return viewer.view.tool === "push" ? "grab" : "crosshair";
  }
}

function apart(down) { const [one, other] = down.values(); return Math.max(10, Math.hypot(one.x - other.x, one.y - other.y)); }
function middle(down) { const [one, other] = down.values(); return { x: (one.x + other.x) / 2 }; }
