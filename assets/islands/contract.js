/* Contracts: a pad to sign on with finger, pen or mouse; the way of confirming shows its own fields; a dialog is told which line it is about. */
(function () {
  "use strict";

  function pad(canvas) {
    const form = canvas.closest("form"), into = form.querySelector("[name=picture]"), pen = canvas.getContext("2d");
    let last = null, strokes = 0;
    const size = () => { // drawn at the size it is seen, kept once somebody has begun
      if (strokes) return;
      canvas.width = Math.min(canvas.clientWidth, 900) || 600;
      canvas.height = canvas.clientHeight || 180;
      pen.lineWidth = 3; pen.lineCap = pen.lineJoin = "round"; pen.strokeStyle = "#14232e";
    };
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
    };
    canvas.addEventListener("pointerdown", (event) => { event.preventDefault(); canvas.setPointerCapture(event.pointerId); last = place(event); strokes += 1; });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const next = place(event);
      pen.beginPath(); pen.moveTo(...last); pen.lineTo(...next); pen.stroke();
      last = next;
    });
    const lift = () => { if (last) { last = null; into.value = canvas.toDataURL("image/png"); } };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    form.querySelector("[data-clear-pad]")?.addEventListener("click", () => { strokes = 0; into.value = ""; size(); });
    window.addEventListener("resize", size);
    size();
  }

  function ways(form) {
    const show = () => {
      const way = form.querySelector("[name=way]:checked")?.value, signer = form.querySelector("[name=signer]")?.value;
      form.querySelectorAll("[data-way]").forEach((part) => { part.hidden = part.dataset.way !== way; });
      form.querySelectorAll("[data-signer]").forEach((part) => { part.hidden = part.dataset.signer !== signer; });
      window.dispatchEvent(new Event("resize"));
    };
    form.addEventListener("change", show);
    show();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    const form = document.getElementById(button.dataset.dialog)?.querySelector("form");
    for (const [name, value] of new URLSearchParams(button.dataset.fill)) {
      const field = form?.elements[name];
      if (field) field.value = value;
      form?.querySelectorAll(`[data-says="${name}"]`).forEach((place) => { place.textContent = value; });
    }
  }, true);
  document.querySelectorAll("canvas[data-pad]").forEach(pad);
  document.querySelectorAll("form[data-ways]").forEach(ways);
})();
