// Reads an enterprise code from the camera or a picture, in this browser; nothing is sent until one is found.
"use strict";

const part = document.getElementById("camera");
const said = document.getElementById("scan-said");
const video = document.getElementById("scan-view");
const canvas = document.createElement("canvas");
const LONGEST_SIDE = 1400;
const sells = document.getElementById("scan-queue") !== null && "indexedDB" in window;

// The browser's own detector where it reads QR codes; else the one that comes with these pages, loaded when needed.
async function makeReader() {
  if ("BarcodeDetector" in window) {
    try {
      const formats = await BarcodeDetector.getSupportedFormats();
      if (formats.includes("qr_code")) {
        const detector = new BarcodeDetector({ formats: ["qr_code"] });
        return async (image) => (await detector.detect(image)).map((found) => found.rawValue)[0] || "";
      }
    } catch { /* then the other one */ }
  }
  const { decodeQR } = await import(part.dataset.decoder);
  return async (image) => {
    try { return decodeQR({ width: image.width, height: image.height, data: image.data }); } catch { return ""; }
  };
}
let reader;
const read = (image) => (reader ||= makeReader()).then((decode) => decode(image));

function pixels(source, width, height) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

// The path of the address is opened on this site, whatever host was printed: another host's page is never visited.
function follow(text) {
  let url;
  try { url = new URL(text); } catch { url = null; }
  if (url && /^https?:$/.test(url.protocol) && /^\/(c\/|01\/|41[47]\/|800[34]\/|88\.)/.test(url.pathname)) {
    if (sells) record(url.pathname + url.search);
    else location.assign(url.pathname + url.search);
    return true;
  }
  said.textContent = said.dataset.other;
  return false;
}

// A salesperson's scan is kept on the device first, so that it outlives a broken connection; then sent, then opened.
async function record(path) {
  const { keep, sync } = await import(part.dataset.queue);
  await keep(path, { occasion: value("occasion"), place: value("place") });
  said.textContent = said.dataset.kept;
  const { said: trouble } = await sync();
  if (!trouble) location.assign(path);
}

const value = (name) => document.getElementById(name).value.trim().slice(0, 100);

// Where and on what occasion is typed once; the cookie tells it to the page of a code opened by the phone's own camera.
function remember(name) {
  const input = document.getElementById(name);
  input.value = localStorage.getItem("scan_" + name) || "";
  input.addEventListener("change", () => {
    localStorage.setItem("scan_" + name, value(name));
    document.cookie = "scan_" + name + "=" + encodeURIComponent(value(name)) + ";path=/;max-age=86400;samesite=lax";
  });
}

async function watchCamera() {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  } catch {
    said.textContent = said.dataset.denied;
    return;
  }
  video.srcObject = stream;
  video.hidden = false;
  said.textContent = said.dataset.looking;
  await video.play();
  for (;;) {
    if (video.videoWidth) {
      const text = await read(pixels(video, video.videoWidth, video.videoHeight));
      if (text && follow(text)) break;
    }
    await new Promise((done) => setTimeout(done, 120));
  }
  stream.getTracks().forEach((track) => track.stop());
}

document.getElementById("scan-camera").addEventListener("click", watchCamera);
document.getElementById("scan-file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  try {
    const picture = await createImageBitmap(file);
    const text = await read(pixels(picture, picture.width, picture.height));
    if (text) follow(text);
    else said.textContent = said.dataset.none;
  } catch {
    said.textContent = said.dataset.none;
  }
});
part.hidden = false;
if (sells) {
  remember("occasion");
  remember("place");
  // Opened in place of a code's own page, for want of a network.
  if (location.pathname.startsWith("/c/")) record(location.pathname + location.search);
}
