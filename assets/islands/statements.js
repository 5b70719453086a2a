/* The desk of a reading: statements found by Chinese, pinyin initials or code; what is ticked is written into the conclusion. Measurements
   take what the calipers measured by "=", and show the machine's value once they differ from it. */
(function () {
  "use strict";

  function begin(form) {
    const find = form.querySelector("[data-find-statement]"), words = form.querySelector("[name=conclusion]");
    find?.addEventListener("input", () => {
      const typed = find.value.trim().toLowerCase();
      form.querySelectorAll("[data-words]").forEach((row) => { row.hidden = typed !== "" && !row.dataset.words.includes(typed); });
      form.querySelectorAll(".statements fieldset").forEach((group) => { group.hidden = !group.querySelector("[data-words]:not([hidden])"); });
      form.querySelector("[data-no-statement]").hidden = Boolean(form.querySelector("[data-words]:not([hidden])"));
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
  let calipers = null;
  document.addEventListener("ecg:measured", (event) => { calipers = event.detail; });

  function measures(form) {
    const fields = [...form.elements].filter((field) => field.dataset.machine !== undefined);
    const compare = (field) => {
      const typed = Number(field.value), machine = Number(field.dataset.machine), changed = field.dataset.machine !== "" && (field.value.trim() === "" || Math.abs(typed - machine) > 0.51 * 10 ** -decimals(field));
      field.parentElement.classList.toggle("measure-changed", changed);
      field.parentElement.querySelector(".measure-machine").hidden = !changed;
    };
    for (const field of fields) {
      compare(field);
      field.addEventListener("input", () => compare(field));
      field.addEventListener("keydown", (event) => {
        const value = event.key === "=" && calipers && { ms: calipers.ms, mV: calipers.mV, "次/分": 60000 / calipers.ms }[field.dataset.unit];
        if (event.key !== "=") return;
        event.preventDefault();
        if (Number.isFinite(value)) { field.value = value.toFixed(field.dataset.unit === "mV" ? 2 : 0); field.dispatchEvent(new Event("input", { bubbles: true })); }
      });
    }
  }
  const decimals = (field) => (field.dataset.unit === "mV" ? 2 : 0);

  /* A template ticks its statements and writes its words; Alt+1 … Alt+9 takes one by its place. */
  function take(button) {
    const form = button.closest("form[data-statements]"), codes = button.dataset.template.split(" ").filter(Boolean);
    form.querySelectorAll("[name=statements]").forEach((row) => { row.checked = codes.includes(row.value); });
    const words = form.querySelector("[name=conclusion]");
    words.value = button.dataset.wordsOf;
    words.dispatchEvent(new Event("input", { bubbles: true }));
    words.focus();
  }
  document.addEventListener("click", (event) => { const button = event.target.closest("[data-template]"); if (button) take(button); });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !/^Digit[1-9]$/.test(event.code)) return;
    const button = document.querySelectorAll("[data-template]")[Number(event.code.slice(5)) - 1];
    if (button) { event.preventDefault(); take(button); }
  });
  function open(root) {
    root.querySelectorAll("form[data-statements]:not([data-begun])").forEach((form) => { form.dataset.begun = "1"; begin(form); measures(form); });
  }
  open(document);
  /* A report leaves by its button or Ctrl+Enter, never by an Enter in a field: there it goes on to the next measurement, or keeps the template. */
  document.addEventListener("keydown", (event) => {
    const field = event.target, form = field.form;
    if (event.key !== "Enter" || form?.dataset.statements === undefined) return;
    if (event.ctrlKey || event.metaKey) { event.preventDefault(); form.requestSubmit(); return; }
    if (field.tagName !== "INPUT") return;
    event.preventDefault();
    if (field.name === "template") field.closest("#templates").querySelector("[hx-post$=keep]").click();
    const measured = [...form.elements].filter((one) => one.dataset.machine !== undefined);
    if (measured.includes(field)) (measured[measured.indexOf(field) + 1] || form.querySelector("[data-find-statement]")).focus();
  });
  document.addEventListener("htmx:load", (event) => open(event.target));
})();
