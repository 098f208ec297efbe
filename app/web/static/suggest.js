// Suggestions while typing: a combobox with a list (ARIA Authoring Practices), in the search box or to pick firms.
// Without it the box searches all the same, and a firm is picked by its whole name or credit code.
(function () {
  "use strict";
  const PAUSE = 150; // milliseconds without a key before the server is asked

  function begin(form) {
    const box = form.querySelector("input[type=search]"), list = form.querySelector("[role=listbox]"), picks = form.dataset.picks !== undefined;
    let timer, asked, chosen = -1, typed = box.value;

    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", list.id);
    box.setAttribute("aria-expanded", "false");

    function close() {
      clearTimeout(timer);
      if (asked) asked.abort();
      list.hidden = true;
      chosen = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    }

    function option(one, number) {
      const row = document.createElement("li"), text = document.createElement("span"), about = document.createElement("small");
      row.id = list.id + "-" + number;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      text.textContent = one.text;
      about.textContent = list.dataset[one.type].replace("{n}", one.companies);
      row.dataset.text = one.text;
      if (one.type === "company") row.dataset[picks ? "key" : "leads"] = picks ? one.company_id : "/companies/" + one.company_id;
      if (one.type === "kind") row.dataset.leads = "/search?kind=" + one.kind;
      row.append(text, about);
      return row;
    }

    function show(found) {
      list.replaceChildren(...found.map(option));
      chosen = -1;
      box.removeAttribute("aria-activedescendant");
      list.hidden = !found.length;
      box.setAttribute("aria-expanded", String(!list.hidden));
    }

    async function ask() {
      const words = box.value.trim();
      if (asked) asked.abort();
      if (!words || words.length > 40) return close();
      const now = asked = new AbortController();
      try {
        const answer = await fetch(form.dataset.suggests + (picks ? "?type=company&q=" : "?q=") + encodeURIComponent(words), {
          signal: now.signal, headers: { "Accept-Language": document.documentElement.lang },
        });
        const found = answer.ok ? (await answer.json()).items : [];
        if (now === asked && !now.signal.aborted && document.activeElement === box) show(found);
      } catch {
        if (!now.signal.aborted) close(); // no suggestions is no error: the search itself says what is wrong
      }
    }

    function mark(number) {
      const rows = list.children;
      if (rows[chosen]) rows[chosen].setAttribute("aria-selected", "false");
      chosen = number < -1 ? rows.length - 1 : number >= rows.length ? -1 : number;
      if (chosen < 0) {
        box.removeAttribute("aria-activedescendant");
        box.value = typed;
        return;
      }
      rows[chosen].setAttribute("aria-selected", "true");
      box.setAttribute("aria-activedescendant", rows[chosen].id);
      box.value = rows[chosen].dataset.text;
    }

    // A firm that was picked stands above the box with a button to take it out again.
    function pick(row) {
      const held = form.querySelector("ul:not([role])");
      if (![...held.querySelectorAll("input")].some((input) => input.value === row.dataset.key)) {
        const item = form.querySelector("template").content.cloneNode(true);
        item.querySelector("input").value = row.dataset.key;
        for (const name of item.querySelectorAll("[data-name]")) name.textContent = row.dataset.text;
        held.append(item);
      }
      box.value = typed = "";
      close();
    }

    function take(row) {
      if (row.dataset.key) return pick(row);
      if (row.dataset.leads) return location.assign(row.dataset.leads);
      box.value = row.dataset.text;
      close();
      form.requestSubmit();
    }

    box.addEventListener("input", function (event) {
      typed = box.value;
      clearTimeout(timer);
      // While an input method is composing, what stands in the box is not yet what is meant.
      if (!event.isComposing) timer = setTimeout(ask, PAUSE);
    });
    box.addEventListener("compositionend", function () {
      typed = box.value;
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    });
    box.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      // Enter in the picker picks; it never sends the form around it.
      if (picks && event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        if (!list.hidden) take(list.children[Math.max(chosen, 0)]);
        return;
      }
      if (event.key === "ArrowDown" && list.hidden) { event.preventDefault(); typed = box.value; return ask(); }
      if (list.hidden) return;
      if (event.key === "ArrowDown") { event.preventDefault(); mark(chosen + 1); }
      if (event.key === "ArrowUp") { event.preventDefault(); mark(chosen - 1); }
      if (event.key === "Escape") { event.preventDefault(); box.value = typed; close(); }
      if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); take(list.children[chosen]); }
    });
    box.addEventListener("blur", close);
    form.addEventListener("submit", close);
    // Before the box loses the focus, which would close the list.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", function (event) {
      const row = event.target.closest("[role=option]");
      if (row) take(row);
    });
    if (picks) form.addEventListener("click", function (event) {
      const button = event.target.closest("[data-unpick]");
      if (!button) return;
      button.closest("li").remove();
      box.focus();
    });
  }

  document.querySelectorAll("[data-suggests]").forEach(begin);
})();
