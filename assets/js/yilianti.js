/* Small behaviours of every page. No framework, no eval, no inline handlers: everything hangs on data-attributes. */
(function () {
  "use strict";

  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content || "";
  const loginPath = meta("login-path");
  const say = (word) => document.getElementById("words")?.content.querySelector(`[data-word="${word}"]`)?.textContent || "";
  const isTyping = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));
  const visible = (el) => el && el.getClientRects().length > 0;

  /* ---- toasts ------------------------------------------------------- */
  function toast(text, tone) {
    const place = document.getElementById("toasts");
    if (!place || !text) return;
    const box = document.createElement("div");
    box.className = `toast${tone ? ` toast-${tone}` : ""}`;
    box.dataset.toast = "";
    const words = document.createElement("span");
    words.className = "toast-text";
    words.textContent = (tone === "bad" ? say("undone") : tone === "warn" ? say("beware") : "") + text;
    const close = document.createElement("button");
    close.className = "toast-close";
    close.type = "button";
    close.dataset.closeToast = "";
    close.setAttribute("aria-label", say("close"));
    close.textContent = "×";
    box.append(words, close);
    place.append(box);
  }
  // A confirmation leaves after eight seconds; a warning waits until someone closes it.
  function letToastsLeave() {
    document.querySelectorAll("[data-toast]:not([data-timed])").forEach((box) => {
      box.dataset.timed = "1";
      if (!box.matches(".toast-bad, .toast-warn")) setTimeout(() => box.remove(), 8000);
    });
  }
  const toasts = document.getElementById("toasts");
  if (toasts) new MutationObserver(letToastsLeave).observe(toasts, { childList: true });
  letToastsLeave();

  /* ---- dialogs and menus -------------------------------------------- */
  function openDialog(id) {
    const dialog = document.getElementById(id);
    if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  }
  document.addEventListener("click", (event) => {
    const el = event.target instanceof Element ? event.target : null;
    if (!el) return;
    const opener = el.closest("[data-dialog]");
    if (opener) openDialog(opener.dataset.dialog);
    if (el.closest("[data-close]")) el.closest("dialog")?.close();
    if (el.closest("[data-close-toast]")) el.closest("[data-toast]")?.remove();
    if (el.closest("[data-print]")) window.print();
    if (el.matches("dialog.dialog") && !el.querySelector("form")) el.close(); // the dark around it
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(el) || el.closest("[data-dialog]")) menu.open = false;
    });
    const account = el.closest("[data-fill-username]");
    if (account) fillLogin(account);
  });
  function fillLogin(button) {
    const form = document.querySelector("form[data-login-form]");
    if (!form) return;
    form.querySelector('[name="username"]').value = button.dataset.fillUsername;
    form.querySelector('[name="password"]').value = button.dataset.fillPassword || "";
    form.querySelector('[type="submit"]').focus();
  }

  /* ---- keyboard ------------------------------------------------------ */
  let lastG = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll("details[data-menu][open]").forEach((menu) => { menu.open = false; });
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      const search = [...document.querySelectorAll("main input[type=search], [data-search]")].find(visible);
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "j" || event.key === "k") {
      const rows = [...document.querySelectorAll("[data-row]")];
      rows[rows.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1)]?.focus();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      document.querySelector(`[data-arrows] a[rel=${event.key === "ArrowLeft" ? "prev" : "next"}]`)?.click();
    } else if (event.key === "?") {
      openDialog("keyboard-help");
    } else if (event.key === "g") {
      lastG = Date.now();
    } else if (Date.now() - lastG < 1200) {
      lastG = 0;
      if (event.key === "h") location.assign(meta("home-path") || "/");
      if (event.key === "i") document.querySelector("[data-inbox]")?.click();
    }
  });

  // Alt and a letter lead to the field that names it (aria-keyshortcuts), the same in every browser.
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || !/^Key[A-Z]$/.test(event.code) || document.querySelector("dialog[open]")) return;
    const field = document.querySelector(`[aria-keyshortcuts="Alt+${event.code.slice(3)}"]`);
    if (field) { event.preventDefault(); field.focus(); }
  });
  // Ctrl+Enter sends the long form one is writing in, as its last and main button would.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || document.querySelector("dialog[open]")) return;
    const form = event.target.closest?.("form[data-keep]") || document.querySelector("main form[data-keep]");
    const button = form && [...form.querySelectorAll(".button-primary[type=submit]")].pop();
    if (button) { event.preventDefault(); form.requestSubmit(button); }
  });

  /* ---- one click, one POST ------------------------------------------- */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.classList.contains("is-sending")) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    form.classList.add("is-sending");
    setTimeout(() => form.classList.remove("is-sending"), 10000); // a download does not leave the page
    if (form.matches("[data-forget]")) forgetAll();
    else if (form.dataset.keep !== undefined) { remember(form); mark(form, "sent"); }
  }, true);
  window.addEventListener("pageshow", () => document.querySelectorAll("form.is-sending").forEach((form) => form.classList.remove("is-sending")));

  /* ---- typed text survives a time-out (forms with data-keep) ---------- */
  const PREFIX = "yilianti:typed:";
  const account = document.body.dataset.account || "";
  const page = document.body.dataset.page || "work";
  const keyOf = (form) => `${PREFIX}${account}:${location.pathname}:${form.dataset.keep || form.id}`;
  const keys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  function forgetAll() { keys().forEach((key) => sessionStorage.removeItem(key)); }
  function read(key) { try { return JSON.parse(sessionStorage.getItem(key) || "null"); } catch { return null; } }
  function write(key, value) { try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* full: keep working */ } }
  const keepable = (form) => [...form.elements].filter((el) => el.name && el.name !== "csrfmiddlewaretoken" && !/^(password|file|submit|button|reset)$/.test(el.type));
  function remember(form) {
    const fields = {};
    for (const el of keepable(form)) {
      if (el.type === "checkbox" || el.type === "radio") { if (el.checked) (fields[el.name] = fields[el.name] || []).push(el.value); }
      else if (el.multiple) fields[el.name] = [...el.selectedOptions].map((option) => option.value);
      else fields[el.name] = el.value;
    }
    write(keyOf(form), { fields, state: "typing" });
  }
  function mark(form, state) { const kept = read(keyOf(form)); if (kept) write(keyOf(form), { ...kept, state }); }
  function giveBack(form) {
    const kept = read(keyOf(form));
    if (!kept) return false;
    // Sent and answered: either it worked, or the server has shown the values again itself.
    if (kept.state === "sent" || form.querySelector("[aria-invalid=true]")) { sessionStorage.removeItem(keyOf(form)); return false; }
    for (const el of keepable(form)) {
      const value = kept.fields[el.name];
      if (el.type === "checkbox" || el.type === "radio") el.checked = Array.isArray(value) && value.includes(el.value);
      else if (value === undefined) continue;
      else if (el.multiple) [...el.options].forEach((option) => { option.selected = value.includes(option.value); });
      else el.value = value;
    }
    // What a choice brings along (the departments of the chosen institution) is asked for again; see htmx:afterSwap.
    form.querySelectorAll("select[hx-get]").forEach((el) => { if (el.value) dependent.push(el); });
    return true;
  }
  const dependent = [];
  window.addEventListener("load", () => dependent.forEach((el) => window.htmx?.trigger(el, "change")));
  function giveBackTo(place) {
    const form = place.closest?.("form[data-keep]");
    const kept = form && read(keyOf(form));
    if (kept?.state !== "typing") return;
    place.querySelectorAll("select").forEach((el) => {
      const value = kept.fields[el.name];
      if (!el.value && [...el.options].some((option) => option.value === value)) el.value = value;
    });
  }
  function startKeeping() {
    if (page === "login") { // what was sent into an expired session was not accepted
      keys().forEach((key) => { const kept = read(key); if (kept) write(key, { ...kept, state: "typing" }); });
      return;
    }
    if (account) keys().filter((key) => !key.startsWith(`${PREFIX}${account}:`)).forEach((key) => sessionStorage.removeItem(key));
    keys().forEach((key) => { if (page !== "error" && read(key)?.state === "sent" && !key.startsWith(`${PREFIX}${account}:${location.pathname}:`)) sessionStorage.removeItem(key); });
    if ([...document.querySelectorAll("form[data-keep]")].filter(giveBack).length) toast(say("given_back"));
  }
  document.addEventListener("input", (event) => { const form = event.target.form; if (form && form.dataset.keep !== undefined) remember(form); });
  document.addEventListener("change", (event) => { const form = event.target.form; if (event.target.type === "hidden" && form?.dataset.keep !== undefined) remember(form); });
  startKeeping();

  /* ---- htmx ----------------------------------------------------------- */
  const on = (name, act) => document.addEventListener(name, act);
  on("htmx:configRequest", (event) => {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    event.detail.headers["X-CSRFToken"] = cookie ? decodeURIComponent(cookie[1]) : meta("csrf-token");
    const { parameters, elt } = event.detail;
    for (const name of (elt.dataset?.unspoken || "").split(" ")) { // how much was written goes along, not what: an address is no place for it
      if (name && parameters[name]) parameters[name] = "x".repeat(Math.min(parameters[name].trim().length, 20));
    }
    if (event.detail.verb !== "get") slotFor(event.detail.elt)?.replaceChildren(); // what was refused before is being tried anew
  });
  function sessionIsOver(xhr) {
    const url = xhr.responseURL ? new URL(xhr.responseURL, location.href).pathname : "";
    return xhr.status === 401 || (loginPath && url === loginPath && location.pathname !== loginPath);
  }
  // The nearest place up the tree that a person can see now; a closed dialog is none.
  function slotFor(source) {
    for (let el = source; el; el = el.parentElement) {
      const slot = [...el.querySelectorAll("[data-refusal-slot]")].find((place) => !place.closest("dialog:not([open])"));
      if (slot) return slot;
    }
    return document.getElementById("refusal");
  }
  const isRefusal = (xhr) => /^(403|409|422)$/.test(xhr.status) && /^\s*<[^>]+data-refusal/.test(xhr.responseText);
  on("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (sessionIsOver(xhr)) {
      event.detail.shouldSwap = false;
      const link = document.querySelector("[data-login]");
      if (link) link.href = `${loginPath}?next=${encodeURIComponent(location.pathname + location.search)}`;
      openDialog("session-expired");
      return;
    }
    if (isRefusal(xhr)) { // 403, 409, 422 with components/refusal.html
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      event.detail.target = slotFor(event.detail.requestConfig.elt) || event.detail.target;
      event.detail.swapOverride = "innerHTML";
    } else if (xhr.status < 400 && event.detail.requestConfig?.verb !== "get") { // a choice inside a dialog may ask for its next field
      event.detail.requestConfig?.elt?.closest?.("dialog")?.close();
    }
  });
  on("htmx:afterSwap", (event) => { giveBackTo(event.detail.target); event.detail.target.querySelector?.("[data-focus]")?.focus(); });
  on("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("form");
    if (!form) return;
    form.classList.remove("is-sending");
    if (form.dataset.keep === undefined || event.detail.requestConfig.verb === "get") return;
    if (event.detail.elt !== form && event.detail.elt.type !== "submit") { remember(form); return; } // a file attached, a place held: the form itself is still being written
    const { xhr } = event.detail;
    if (xhr.status >= 200 && xhr.status < 400 && !sessionIsOver(xhr)) sessionStorage.removeItem(keyOf(form));
    else mark(form, "typing");
  });
  on("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (/^(403|404)$/.test(status) && event.detail.elt.matches("[hx-get][hx-trigger^='every ']")) { // passed on to others: nothing more to look for here
      event.detail.elt.replaceWith(event.detail.elt.cloneNode(true).firstChild || "");
      return;
    }
    if (sessionIsOver(event.detail.xhr) || isRefusal(event.detail.xhr) || event.detail.requestConfig.verb === "get" && event.detail.elt.matches(".badge, .banner-calm, [data-quiet]")) return;
    toast(say(status) || `${say("failed")} (${status})`, "bad");
  });
  on("htmx:sendError", (event) => { if (!event.detail.elt.matches(".badge")) toast(say("offline"), "bad"); });
  on("toast", (event) => { const said = event.detail || {}; toast(said.text || said.value, said.tone); }); // HX-Trigger: {"toast": {"text": …}}

  document.querySelector("[data-focus]")?.focus();
})();
