/* The statement list of a reading: find by Chinese, pinyin initials or code; what is ticked is written into the conclusion. */
(function () {
  "use strict";

  function begin(form) {
    const find = form.querySelector("[data-find-statement]"), words = form.querySelector("[name=conclusion]");
    find?.addEventListener("input", () => {
      const typed = find.value.trim().toLowerCase();
      form.querySelectorAll("[data-words]").forEach((row) => { row.hidden = typed !== "" && !row.dataset.words.includes(typed); });
      form.querySelectorAll(".statements fieldset").forEach((group) => { group.hidden = !group.querySelector("[data-words]:not([hidden])"); });
    });
    find?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      form.querySelector("[data-words]:not([hidden]) input")?.click();
      find.select();
    });
    form.addEventListener("change", (event) => {
      const said = event.target.dataset?.says;
      if (!said) return;
      const lines = words.value.split("\n").map((line) => line.trim()).filter(Boolean);
      const without = lines.filter((line) => line !== said);
      words.value = (event.target.checked ? [...without, said] : without).join("\n");
    });
    form.addEventListener("click", (event) => {
      const taken = event.target.closest("[data-take]");
      const row = taken && form.querySelector(`input[value="${taken.dataset.take}"]`);
      if (row && !row.checked) row.click();
    });
  }
  function open(root) {
    root.querySelectorAll("form[data-statements]:not([data-begun])").forEach((form) => { form.dataset.begun = "1"; begin(form); });
  }
  open(document);
  document.addEventListener("htmx:load", (event) => open(event.target));
})();
