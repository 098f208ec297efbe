// The bell: how many notices are unread, as they come. And J, K, M on the page of notices.
(function () {
  "use strict";
  const bell = document.getElementById("bell");
  if (!bell) return;
  const badge = bell.querySelector("[data-count]"), spoken = document.getElementById("bell-said");
  let source = null, last = null;

  function show(count) {
    badge.textContent = count > 99 ? "99+" : String(count);
    badge.hidden = count === 0;
    bell.setAttribute("aria-label", bell.dataset.label + (count ? " " + count : ""));
    if (last !== null && count > last) {
      spoken.textContent = bell.dataset.said.replace("{count}", count);
      const fresh = document.querySelector("[data-fresh]");
      if (fresh) fresh.hidden = false;
    }
    last = count;
  }

  // Browsers open few connections to one host: only a page that is looked at keeps one for its stream.
  function follow() {
    if (document.hidden) {
      if (source) source.close();
      source = null;
    } else if (!source) {
      source = new EventSource("/api/v1/me/notices/stream");
      source.addEventListener("unread", (event) => show(JSON.parse(event.data).unread));
    }
  }
  document.addEventListener("visibilitychange", follow);
  window.addEventListener("pagehide", () => { if (source) source.close(); source = null; });
  window.addEventListener("pageshow", follow);
  follow();

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const rows = Array.from(document.querySelectorAll("[data-notice]"));
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    if (event.key === "j" || event.key === "k") {
      const next = rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
      next.querySelector("a").focus();
    } else if (event.key === "m" && at >= 0) {
      sessionStorage.setItem("notice-row", String(at));
      rows[at].querySelector("form").requestSubmit();
    }
  });

  // The list came anew after M: stay on the row.
  document.addEventListener("htmx:afterSwap", function () {
    const list = document.getElementById("notices"), at = sessionStorage.getItem("notice-row");
    if (list) show(Number(list.dataset.unread));
    if (at === null) return;
    sessionStorage.removeItem("notice-row");
    const row = document.querySelectorAll("[data-notice]")[Number(at)];
    if (row) row.querySelector("a").focus();
  });
})();
