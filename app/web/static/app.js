// Small behaviours the pages need beside HTMX. Everything works without them, only with more clicks.
(function () {
  "use strict";

  // Fields that depend on another one: shown while it holds one of the values; hidden inputs are not sent.
  function chosen(form, name) {
    return Array.from(form.querySelectorAll('[name="' + name + '"]'))
      .filter((input) => !input.disabled && (!/^(checkbox|radio)$/.test(input.type) || input.checked))
      .map((input) => input.value);
  }

  function showDependents(form) {
    for (const part of form.querySelectorAll("[data-when]")) {
      const allowed = part.dataset.values.split(" ");
      const visible = chosen(form, part.dataset.when).some((value) => allowed.includes(value));
      part.hidden = !visible;
      for (const input of part.querySelectorAll("input, select, textarea")) input.disabled = !visible;
    }
  }

  document.addEventListener("change", function (event) {
    const form = event.target.form;
    if (form && form.querySelector("[data-when]")) showDependents(form);
    const all = event.target.closest("[data-ticks]");
    if (all) form.querySelectorAll('input[name="' + all.dataset.ticks + '"]').forEach((one) => { one.checked = event.target.checked; });
    if (form && form.dataset.sendOnChange !== undefined) form.requestSubmit();
  });

  // "Correct" beside a chip: open the input under it.
  document.addEventListener("click", function (event) {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const part = document.getElementById(opener.dataset.opens);
      part.hidden = !part.hidden;
      opener.setAttribute("aria-expanded", String(!part.hidden));
      for (const input of part.querySelectorAll("input, select")) input.disabled = part.hidden;
      if (!part.hidden) part.querySelector("input, select").focus();
    }
    const pointer = event.target.closest("[data-focus]");
    if (pointer) document.getElementById(pointer.dataset.focus).focus();
    const copier = event.target.closest("[data-copy]");
    if (copier && navigator.clipboard) {
      navigator.clipboard.writeText(copier.dataset.copy).then(() => {
        copier.querySelector("[data-label]").textContent = copier.dataset.copied;
      });
    }
    const sharer = event.target.closest("[data-share]");
    if (sharer) {
      const url = new URL(sharer.dataset.share, location.href).href;
      // The signature of a scanned plate is not passed on: who shares a firm does not hand out its plate.
      if (navigator.share) navigator.share({ title: sharer.dataset.title, url }).catch(() => {});
      else if (navigator.clipboard) navigator.clipboard.writeText(url).then(() => {
        sharer.querySelector("[data-label]").textContent = sharer.dataset.copied;
      });
    }
    const adder = event.target.closest("[data-adds]");
    if (adder) {
      const rows = document.getElementById(adder.dataset.adds);
      const row = rows.lastElementChild.cloneNode(true), place = "." + rows.children.length + ".";
      for (const part of row.querySelectorAll("[name], [id], [for]")) {
        for (const name of ["name", "id", "for"]) {
          if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace(/\.\d+\./, place));
        }
      }
      row.querySelectorAll(".error").forEach((said) => said.remove());
      for (const input of row.querySelectorAll("input, select, textarea")) {
        input.value = input.tagName === "SELECT" ? input.options[0].value : "";
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
      }
      rows.append(row);
      row.querySelector("input:not([type=hidden])").focus();
      adder.hidden = rows.children.length >= (Number(adder.dataset.most) || Infinity);
    }
  });

  // One press sends once. The server is safe against two as well: the form carries a key.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.dataset.once === undefined) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((b) => b.setAttribute("aria-disabled", "true")));
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-once]").forEach((form) => delete form.dataset.sent));

  // Control or Command with Enter sends a form from inside its text.
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) event.target.form.requestSubmit();
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
      const box = document.querySelector("[role=search] input[type=search]");
      if (box) { event.preventDefault(); box.focus(); }
    }
  });

  // An answer on its way must not wipe out corrections made since it was asked for, nor the field one is in; they are asked for anew.
  document.addEventListener("htmx:beforeSwap", function (event) {
    const panel = event.detail.target, active = document.activeElement;
    if (panel.id !== "understood") return;
    const asked = event.detail.requestConfig.parameters, own = event.detail.requestConfig.elt.closest("#understood");
    const since = [...panel.querySelectorAll("[name]:enabled")].filter(
      (input) => (input === active && !own) || ((input === active || changed(input)) && asked[input.name] !== input.value));
    if (since.length) event.detail.shouldSwap = false;
    for (const input of since) {
      const again = () => input.dispatchEvent(new Event("change", { bubbles: true }));
      if (input === active) input.addEventListener("blur", again, { once: true });
      else again();
    }
  });

  function changed(input) {
    if (input.tagName !== "SELECT") return input.value !== input.defaultValue;
    const first = [...input.options].find((option) => option.defaultSelected) || input.options[0];
    return input.value !== first.value;
  }

  // A request that got no answer at all is said, not swallowed.
  function offline(shown) {
    const toast = document.getElementById("offline");
    if (toast) toast.hidden = !shown;
  }
  document.addEventListener("htmx:sendError", () => offline(true));
  document.addEventListener("htmx:afterOnLoad", () => offline(false));

  document.querySelectorAll("[data-ticks]").forEach((all) => { all.hidden = false; });
  document.querySelectorAll("form").forEach(showDependents);
  if (matchMedia("(min-width: 60rem)").matches) {
    document.querySelectorAll("details[data-wide-open]").forEach((part) => { part.open = true; });
  }
})();
