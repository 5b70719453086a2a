/* The keyboard of the code search (components/code_search.html): a combobox whose options come from the server. */
(function () {
  "use strict";

  const partsOf = (box) => ({
    input: box.querySelector('[role="combobox"]'),
    list: box.querySelector('[role="listbox"]'),
    value: box.querySelector("[data-code-value]"),
    chosen: box.parentElement.querySelector("[data-code-chosen]"),
  });
  const options = (list) => [...list.querySelectorAll('[role="option"][data-code]')];

  function show(box, open) {
    const { input, list } = partsOf(box);
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) input.removeAttribute("aria-activedescendant");
  }
  function point(box, option) {
    const { input, list } = partsOf(box);
    options(list).forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (!option) return;
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
  function choose(box, option) {
    const { input, value, chosen } = partsOf(box);
    value.value = option.dataset.code;
    input.value = option.dataset.name;
    if (chosen) chosen.textContent = `✓ ${option.dataset.code} ${option.dataset.name}`;
    show(box, false);
    value.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.elt.matches("[data-code-search] [role=combobox]")) return;
    event.detail.parameters.q = event.detail.elt.value;
    event.detail.parameters.key = event.detail.elt.id.replace(/-search$/, "");
    delete event.detail.parameters[event.detail.elt.name];
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const box = event.detail.target.closest?.("[data-code-search]");
    if (!box) return;
    show(box, true);
    point(box, options(partsOf(box).list)[0]);
  });
  document.addEventListener("input", (event) => {
    const box = event.target.closest?.("[data-code-search]");
    if (!box) return;
    const { value, chosen } = partsOf(box);
    value.value = ""; // words that were not chosen are no code
    if (chosen) chosen.textContent = "";
    if (!event.target.value) show(box, false);
  });
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.("[data-code-search]");
    if (!box || event.isComposing) return;
    const { list } = partsOf(box);
    const all = options(list);
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!all.length) return;
      event.preventDefault();
      show(box, true);
      point(box, all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (all[at]) choose(box, all[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show(box, false);
    }
  });
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.("[data-code-search] [data-code]");
    if (option) { event.preventDefault(); choose(option.closest("[data-code-search]"), option); }
  });
  document.addEventListener("focusout", (event) => {
    const box = event.target.closest?.("[data-code-search]");
    if (box && !box.contains(event.relatedTarget)) show(box, false);
  });
})();
