/* A card reader that types ("keyboard wedge"): a whole line in a burst, ended by Enter or Tab.
   A field with data-reader="<address>" sends the line there; with data-reader="" the line stays in the field and submits nothing. */
(() => {
  "use strict";
  const FASTEST_TYPIST = 45; // ms between keys: nobody types an 18-digit number faster
  const SHORTEST = 8;
  const DEAF_FOR = 1500; // a card left on the reader is read again
  let burst = 0, last = 0, deafUntil = 0;

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || field.dataset.reader === undefined) return;
    const now = performance.now();
    if (event.key.length === 1) {
      burst = now - last <= FASTEST_TYPIST ? burst + 1 : 1;
      last = now;
      return;
    }
    if (event.key !== "Enter" && event.key !== "Tab") return;
    const isReader = burst >= SHORTEST && burst >= field.value.length - 1 && now - last <= 4 * FASTEST_TYPIST;
    burst = 0;
    if (!isReader) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (now < deafUntil) return;
    deafUntil = now + DEAF_FOR;
    if (field.dataset.reader === "") field.dispatchEvent(new Event("input", { bubbles: true }));
    else send(field);
  }, true);

  function send(field) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = field.dataset.reader;
    form.hidden = true;
    const token = document.querySelector('meta[name="csrf-token"]')?.content || "";
    for (const [name, value] of [["csrfmiddlewaretoken", token], ["line", field.value], ["then", field.dataset.readerThen || ""]]) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    field.value = "";
    form.requestSubmit();
  }
})();
