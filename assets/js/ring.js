/* A critical value rings until it is answered, and its minutes go on. A browser sounds only after a tap: one tap a page, wherever. */
(function () {
  "use strict";
  const WANTED = "yilianti-ring", AGAIN = 4000;
  let sound = null;

  const wanted = () => localStorage.getItem(WANTED) === "on";
  const waits = () => document.querySelector("#critical .alert-bar") !== null;
  function show() { document.querySelectorAll("[data-ring]").forEach((button) => { button.hidden = sound?.state === "running"; }); }
  async function enable() {
    sound ??= new AudioContext();
    await sound.resume();
    show();
  }
  function beep(at, pitch) {
    const tone = sound.createOscillator(), loud = sound.createGain();
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0.25, at);
    loud.gain.exponentialRampToValueAtTime(0.001, at + 0.35);
    tone.connect(loud).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.4);
  }
  function ring() {
    if (sound?.state !== "running" || !waits()) return;
    [880, 660, 880].forEach((pitch, n) => beep(sound.currentTime + n * 0.4, pitch));
  }
  function count() {
    document.querySelectorAll("[data-minutes-since]").forEach((shown) => {
      const minutes = Math.floor((Date.now() - Date.parse(shown.dataset.minutesSince)) / 60000);
      if (minutes >= 0) shown.textContent = minutes;
    });
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-ring]")) { localStorage.setItem(WANTED, "on"); enable(); ring(); }
    else if (wanted() && sound === null) enable();
  });
  document.addEventListener("keydown", () => { if (wanted() && sound === null) enable(); });
  document.addEventListener("htmx:load", show);
  setInterval(ring, AGAIN);
  setInterval(count, 10000);
  count();
})();
