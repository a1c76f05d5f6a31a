// Photos: a file or the camera. Where nothing is kept the photo stays in this page, and is sent to be described alone; a
// kept case's is sent under a consent. The picture is drawn here, and the lines that the service measured lie over it.

import { announce } from "./announcing.js";
import { at, say, word } from "./dom.js";

const LARGEST = 20_000_000;
const WIDEST = 1200; // pixels of a drawn picture: lines and not pores are looked at
const pictures = new Map(); // bitmaps by the photo's id
let stream = null;
let held = null; // the photo of a bench where nothing is kept
let described = ""; // what was told of the patient when it was described

const box = () => at("photos");
const keeps = () => box().dataset.keeps === "yes";
const kept = () => `/api/v1${box().dataset.base}`;
const token = () => document.querySelector('meta[name="csrf-token"]')?.content;
const headers = (type) => ({ ...(token() ? { "X-CSRF-Token": token() } : {}), ...(type ? { "Content-Type": type } : {}) });
const tell = (text) => say(at("photo-state"), text);

async function fault(response) {
  const problem = await response.json().catch(() => ({}));
  const faults = (problem.errors ?? []).map((each) => `${each.what} ${each.mend}`);
  return faults.join(" ") || problem.detail || word("page.failed");
}

/** Record the consent that was ticked; true where one holds now. */
async function consented() {
  if (!keeps() || box().dataset.consent === "yes") return true;
  if (!at("photo-consent").checked) return tell(word("photo.needs_consent")), false;
  const body = JSON.stringify({ purpose: "photo", given_by: at("photo-giver").value });
  const response = await fetch(`${kept()}/consents`, { method: "POST", headers: headers("application/json"), body });
  if (response.ok) box().dataset.consent = "yes";
  else tell(await fault(response));
  return response.ok;
}

/** Send bytes to be kept, with their progress; the page is shown anew then. */
function send(content, type) {
  const request = new XMLHttpRequest();
  request.open("POST", `${kept()}/photos`);
  for (const [name, value] of Object.entries(headers(type))) request.setRequestHeader(name, value);
  request.upload.addEventListener("progress", (event) => {
    at("photo-progress").hidden = false;
    at("photo-progress").value = event.lengthComputable ? event.loaded / event.total : 0;
  });
  request.addEventListener("load", async () => {
    at("photo-progress").hidden = true;
    if (request.status < 300) return location.reload();
    tell(await fault(new Response(request.responseText)));
  });
  request.addEventListener("error", () => tell(word("page.unreachable")));
  request.send(content);
}

const inBase64 = (file) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = failed;
    reader.readAsDataURL(file);
  });

const facts = () => {
  const { age, sex, ancestry } = box().dataset;
  return { sex, ...(age ? { age: `P${age}D` } : {}), ...(ancestry ? { ancestry } : {}) };
};

/** Have the photo in this page described, and show what comes of it. */
async function describe() {
  const told = facts();
  described = JSON.stringify(told);
  const working = at("photo-progress");
  working.removeAttribute("value");
  working.hidden = false;
  try {
    const body = JSON.stringify({ ...told, content: await inBase64(held) });
    const request = { action: `${box().dataset.base}/photo`, method: "POST", headers: headers("application/json"), body };
    const response = await fetch(request.action, request);
    if (!response.ok) return at("photo-reading").replaceChildren(), tell(await fault(response));
    const reading = at("photo-reading");
    await window.htmx.swap({ text: await response.text(), target: reading, sourceElement: reading, swap: "innerMorph", request });
    announce(reading.querySelector(".verdict")?.textContent);
  } catch {
    tell(word("page.unreachable"));
  } finally {
    working.hidden = true;
  }
}

async function use(file, type) {
  tell("");
  if (keeps()) return send(file, type);
  held = file;
  pictures.delete("photo");
  await describe();
}

async function take(file) {
  if (!file) return;
  if (file.size > LARGEST) return tell(word("photo.too_large"));
  if (await consented()) use(file, /^image\/(jpeg|png|webp|heic)$/.test(file.type) ? file.type : "application/octet-stream");
}

async function openCamera() {
  if (!(await consented())) return;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 1280 } }, audio: false });
  } catch {
    return tell(word("photo.no_camera"));
  }
  at("camera-view").srcObject = stream;
  at("camera").showModal();
}

function closeCamera() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
}

function shoot() {
  const view = at("camera-view");
  const canvas = document.createElement("canvas");
  canvas.width = view.videoWidth;
  canvas.height = view.videoHeight;
  canvas.getContext("2d").drawImage(view, 0, 0);
  at("camera").close();
  canvas.toBlob((blob) => use(blob, "image/jpeg"), "image/jpeg", 0.92);
}

async function remove(id) {
  const response = await fetch(`${kept()}/photos/${id}`, { method: "DELETE", headers: headers() });
  if (response.ok) location.reload();
  else tell(await fault(response));
}

async function pictureOf(id) {
  if (!pictures.has(id)) {
    const file = id === "photo" ? held : await fetch(`${kept()}/photos/${id}`).then((answer) => (answer.ok ? answer.blob() : null));
    pictures.set(id, file && (await createImageBitmap(file)));
  }
  return pictures.get(id);
}

/** Draw each picture that is not drawn yet. One that this browser cannot decode leaves its lines alone on the page. */
async function draw(canvas) {
  canvas.dataset.drawn = "yes";
  const picture = await pictureOf(canvas.dataset.photo).catch(() => null);
  if (!picture) return;
  const scale = Math.min(1, WIDEST / picture.width);
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
}

/** Say beside each suggested term whether it stands among the findings. */
function mark(row) {
  const finding = document.querySelector(`.finding[data-id="${row.dataset.suggests}"]`);
  const stands = finding && "checked" in finding.dataset;
  row.querySelector(".told").textContent = stands ? word(`photo.told_${finding.dataset.assertion === "excluded" ? "absent" : "present"}`) : "";
  row.classList.toggle("decided", Boolean(stands));
}

function shown() {
  if (!box()) return;
  for (const canvas of box().querySelectorAll("canvas[data-photo]:not([data-drawn])")) draw(canvas);
  for (const row of box().querySelectorAll("[data-suggests]")) mark(row);
  if (held && JSON.stringify(facts()) !== described) describe();
}

/** Show the line of the measure that is pointed at. */
function point({ target }) {
  const code = target.closest?.("[data-marks-line]")?.dataset.marksLine;
  for (const line of box().querySelectorAll("line[data-measure]")) line.classList.toggle("pointed", line.dataset.measure === code);
}

export function wirePhotos() {
  if (!box()) return;
  const within = (id, does) => (event) => event.target.id === id && does(event);
  document.addEventListener("change", within("photo-file", ({ target }) => (take(target.files[0]), (target.value = ""))));
  document.addEventListener("click", within("photo-camera", openCamera));
  at("camera-shoot")?.addEventListener("click", shoot);
  at("camera")?.addEventListener("close", closeCamera);
  const main = at("bench");
  main.addEventListener("click", ({ target }) => target.dataset.removesPhoto && remove(target.dataset.removesPhoto));
  main.addEventListener("dragover", (event) => event.target.closest("#photos") && event.preventDefault());
  main.addEventListener("drop", (event) => event.target.closest("#photos") && (event.preventDefault(), take(event.dataTransfer.files[0])));
  main.addEventListener("pointerover", point);
  main.addEventListener("focusin", point);
  document.addEventListener("htmx:after:swap", shown);
  shown();
}
