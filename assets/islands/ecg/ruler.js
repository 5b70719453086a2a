/* How many CSS pixels one millimetre of this screen is: a bar is made as long as a bank card (ISO/IEC 7810 ID-1, 85.60 mm) and the answer kept in this browser. */

const CARD_MM = 85.6, USUAL = 96 / 25.4, KEPT = "yilianti.ecg.mm";

export function chosen() {
  let kept = 0;
  try { kept = Number(localStorage.getItem(KEPT)); } catch { /* a window that keeps nothing */ }
  return kept > 1 && kept < 20 ? kept : USUAL;
}

export function ruler(dialog, viewer) {
  const slide = dialog.querySelector("input"), card = dialog.querySelector("[data-card]"), told = dialog.querySelector("output");
  const show = () => { const mm = Number(slide.value) / CARD_MM; card.style.width = `${slide.value}px`; told.textContent = `1 mm = ${mm.toFixed(2)} px`; };
  slide.value = String(Math.round(viewer.view.mm * CARD_MM));
  show();
  slide.addEventListener("input", show);
  dialog.querySelector("[data-keep-ruler]").addEventListener("click", () => set(Number(slide.value) / CARD_MM));
  dialog.querySelector("[data-reset-ruler]").addEventListener("click", () => { slide.value = String(Math.round(USUAL * CARD_MM)); show(); set(USUAL); });

  function set(mm) {
    viewer.view.mm = mm;
    try { localStorage.setItem(KEPT, String(mm)); } catch { /* a private window forgets it */ }
    dialog.close();
    viewer.everywhere();
  }
}
