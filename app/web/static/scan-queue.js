// Scans kept on this device until the server has them. Each bears an id made here, so that sending twice counts once.
"use strict";

const panel = document.getElementById("scan-queue");
const AT_ONCE = 100;

function store(mode, work) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("lianqiao", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("scans", { keyPath: "id" });
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("scans", mode);
      const asked = work(transaction.objectStore("scans"));
      transaction.oncomplete = () => { opening.result.close(); resolve(asked && asked.result); };
      transaction.onerror = () => reject(transaction.error);
    };
  });
}

const mine = async () => (await store("readonly", (scans) => scans.getAll())).filter((scan) => scan.person === panel.dataset.person);
const drop = (id) => store("readwrite", (scans) => scans.delete(id));

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// Keeps a scan; it is safe as soon as this is done.
export function keep(address, said) {
  const scan = { id: newId(), address, at: new Date().toISOString(), ...said, person: panel.dataset.person, team: panel.dataset.team };
  return store("readwrite", (scans) => scans.put(scan));
}

async function send(scans) {
  const items = scans.map(({ id, address, at, occasion, place }) => ({ id, address, at, occasion, place }));
  const answer = await fetch("/api/v1/scans/batch", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept": "application/json", "Accept-Language": document.documentElement.lang },
    body: JSON.stringify({ team_id: scans[0].team, items }),
  });
  if (!answer.ok) return answer.status;
  for (const done of (await answer.json()).items) {
    if (done.outcome !== "refused") await drop(done.id);
    else {
      const scan = scans.find((one) => one.id === done.id);
      await store("readwrite", (held) => held.put({ ...scan, problem: done.problem.message }));
    }
  }
  return 200;
}

let under_way = null;

// Sends what waits; says how many went. One at a time: whoever asks meanwhile gets the same answer.
export function sync() {
  return (under_way ||= run().finally(() => { under_way = null; }));
}

async function run() {
  let sent = 0, said = "";
  for (;;) {
    const waiting = (await mine()).filter((scan) => !scan.problem);
    const scans = waiting.filter((scan) => scan.team === waiting[0].team).slice(0, AT_ONCE);
    if (!scans.length) break;
    let status = 0;
    try { status = await send(scans); } catch { status = 0; }
    if (status !== 200) {
      said = status === 401 || status === 403 ? panel.dataset.signIn : panel.dataset.offline;
      break;
    }
    sent += scans.length;
  }
  await show(sent, said);
  return { sent, said };
}

async function show(sent, said) {
  const held = await mine();
  const waiting = held.filter((scan) => !scan.problem), failed = held.filter((scan) => scan.problem);
  const parts = [];
  if (sent) parts.push(panel.dataset.done.replace("{n}", sent));
  if (waiting.length) parts.push(panel.dataset.waiting.replace("{n}", waiting.length));
  if (said) parts.push(said);
  document.getElementById("scan-queue-said").textContent = parts.join(" ");
  document.getElementById("scan-queue-send").hidden = !waiting.length;
  const list = document.getElementById("scan-queue-failed");
  list.replaceChildren(...failed.map((scan) => {
    const row = document.createElement("li"), line = document.createElement("div"), words = document.createElement("span");
    const button = document.createElement("button");
    words.textContent = scan.address.slice(0, 60) + " " + scan.problem;
    button.type = "button";
    button.className = "btn push";
    button.textContent = panel.dataset.drop;
    button.addEventListener("click", () => drop(scan.id).then(() => show(0, "")));
    line.append(words, button);
    row.append(line);
    return row;
  }));
  list.hidden = !failed.length;
  panel.hidden = !parts.length && !failed.length;
}

async function prepare() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/sw.js");
    await navigator.serviceWorker.ready;
    // The page that is open now came before the worker did.
    await (await caches.open("pages")).add(new Request("/scan", { cache: "reload" }));
    document.documentElement.dataset.offline = "ready";
  } catch { /* then it works with a network only */ }
}

if (panel) {
  document.getElementById("scan-queue-send").addEventListener("click", sync);
  window.addEventListener("online", sync);
  sync();
  prepare();
}
