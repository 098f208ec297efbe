// A draft of a demand saves itself while it is typed: a moment after the last key, and when the page is left.
// Without it the buttons save all the same. What the server answers is said by app/web/draft_pages.py.
(function () {
  "use strict";
  const PAUSE = 1200, AGAIN = 15000; // milliseconds: after the last key, and after a try that did not arrive
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const line = document.getElementById("autosave"), words = line.dataset, version = form.elements.version;
  let timer, sending = null, last, stopped = false, failed = false, going = false;
  let held = form.dataset.unsaved === undefined ? snapshot() : "";

  function snapshot() {
    const said = new FormData(form);
    for (const name of [...said.keys()]) if (name === "version" || /^lines\.\d+\.id$/.test(name)) said.delete(name);
    return new URLSearchParams(said).toString();
  }

  function lineIds(written) {
    return [...form.querySelectorAll("#lines-rows > fieldset")]
      .filter((row) => [...row.querySelectorAll("input:not([type=hidden])")].some((input) => input.value.trim()) === written)
      .map((row) => row.querySelector("input[type=hidden]"));
  }

  function say(text, bad) {
    failed = Boolean(bad);
    line.classList.toggle("bad", failed);
    if (line.textContent !== text) line.textContent = text;
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  function save() {
    clearTimeout(timer);
    const now = snapshot();
    if (stopped || sending || now === held) return;
    sending = send(now).finally(() => { sending = null; });
    // What was typed meanwhile.
    sending.then((arrived) => { if (arrived && snapshot() !== held) later(PAUSE); });
  }

  // The page goes while something is on its way: what was typed since follows it, whichever of the two comes first.
  function leave() {
    clearTimeout(timer);
    const now = snapshot();
    if (!stopped && now !== held && !(sending && now === last)) send(now, Boolean(sending));
  }

  async function send(now, behind) {
    last = now;
    const rows = lineIds(true);
    lineIds(false).forEach((id) => { id.value = ""; }); // A row that was emptied is a new one when it is filled again.
    const body = new FormData(form);
    if (behind && version.value) body.set("version", version.value + "," + (Number(version.value) + 1));
    let answer, said;
    try {
      // Leaving the page does not stop it, unless it is longer than browsers let go on.
      answer = await fetch(form.dataset.autosave, {
        method: "POST", body, keepalive: now.length < 50000,
        headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang },
      });
      said = answer.status === 204 ? null : await answer.json();
    } catch {
      say(words.offline, true);
      later(AGAIN);
      return false;
    }
    if (answer.ok) {
      held = now;
      if (said) kept(said, rows);
      return true;
    }
    if (answer.status === 412) conflict();
    else if (answer.status === 401) say(words.signIn, true);
    else if (answer.status === 429 || answer.status >= 500) say(words.offline, true);
    else say(words.unsaved.replace("{why}", [said.detail, ...(said.errors || []).map((one) => one.message)].join(" ")), true);
    if (answer.status === 409) stopped = true;
    if ([401, 429].includes(answer.status) || answer.status >= 500) later(AGAIN);
    return false;
  }

  // From now on the form is that draft's: sent, loaded again or read in the other language it stays the same one.
  function kept(said, rows) {
    const at = "/demands/" + said.id, edit = at + "/edit";
    version.value = said.version;
    if (rows.length === said.lines.length) rows.forEach((id, place) => { id.value = said.lines[place]; });
    if (form.getAttribute("action") !== edit) {
      form.action = edit;
      form.dataset.autosave = at + "/autosave";
      history.replaceState(history.state, "", edit);
      document.querySelectorAll(".top a[hreflang]").forEach((other) => { other.href = edit + "?lang=" + other.hreflang; });
    }
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
    const missed = Object.entries(said.left_out).map(([name, why]) => named(name) + why.join(" "));
    for (const input of form.querySelectorAll("[data-missed]")) {
      input.removeAttribute("aria-invalid");
      delete input.dataset.missed;
    }
    for (const name of Object.keys(said.left_out)) {
      const input = form.querySelector('.input[name="' + CSS.escape(name) + '"]');
      if (!input || input.hasAttribute("aria-invalid")) continue;
      input.setAttribute("aria-invalid", "true");
      input.dataset.missed = "";
    }
    say(words.saved.replace("{time}", time) + (missed.length ? " " + words.leftOut.replace("{fields}", missed.join(" ")) : ""));
  }

  function named(name) {
    const input = form.querySelector('[name="' + CSS.escape(name) + '"]');
    const label = input && (input.getAttribute("aria-label") || (input.labels && input.labels[0] && input.labels[0].firstChild.textContent));
    return label ? label.trim() + words.colon : "";
  }

  function conflict() {
    stopped = true;
    say("", true);
    line.append(document.getElementById("autosave-conflict").content.cloneNode(true));
    line.querySelector("a").href = form.getAttribute("action");
    line.querySelector("button").addEventListener("click", takeThis);
  }

  // The reader has decided: what stands here goes over what was saved elsewhere.
  async function takeThis() {
    try {
      const answer = await fetch("/api/v1" + form.getAttribute("action").replace(/\/edit$/, ""), { cache: "no-store" });
      version.value = (await answer.json()).version;
    } catch {
      return say(words.offline, true);
    } finally {
      stopped = false;
    }
    form.querySelectorAll("#lines-rows input[type=hidden]").forEach((id) => { id.value = ""; });
    save();
  }

  form.addEventListener("input", (event) => { if (!event.isComposing) later(PAUSE); });
  for (const kind of ["change", "compositionend", "click"]) form.addEventListener(kind, () => later(PAUSE));
  window.addEventListener("online", save);
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("pageshow", () => { going = false; });
  window.addEventListener("beforeunload", function (event) {
    if (going || snapshot() === held) return;
    leave();
    if (failed) event.preventDefault();
  });
  // The button waits for what is on its way, so that one draft does not become two demands.
  form.addEventListener("submit", function (event) {
    clearTimeout(timer);
    if (sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      sending.then(() => form.requestSubmit(event.submitter));
      return;
    }
    going = true;
  }, true);
  if (held === "") later(PAUSE);
})();
