// Keeps the scan page and the pipeline at hand where there is no network: the newest when there is one, else the last seen.
"use strict";

const SHELL = __SHELL__;
const STATIC = "static", PAGES = "pages";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(STATIC).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(STATIC);
    const kept = SHELL.map((path) => new URL(path, location.origin).href);
    for (const request of await cache.keys()) if (!kept.includes(request.url)) await cache.delete(request);
    await self.clients.claim();
  })());
});

const kept = (path) => path === "/scan" || path === "/leads";

async function newest(request, key) {
  try {
    const answer = await fetch(request);
    if (key && answer.ok && !answer.redirected) await (await caches.open(PAGES)).put(key, answer.clone());
    return answer;
  } catch (error) {
    // A plate scanned by the phone's own camera opens the scan page, which keeps it for later.
    const last = await caches.match(key || "/scan", { ignoreVary: true });
    if (last) return last;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  // Who comes after must not see what the one before was shown.
  if (request.method === "POST" && /^\/sign-(in|out)/.test(url.pathname)) event.waitUntil(caches.delete(PAGES));
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((held) => held || fetch(request)));
  } else if (request.mode === "navigate" && (kept(url.pathname) || url.pathname.startsWith("/c/"))) {
    event.respondWith(newest(request, kept(url.pathname) ? url.pathname : ""));
  }
});
