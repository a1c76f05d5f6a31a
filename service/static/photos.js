// Photos of a kept case: a file or the camera, under a consent, with how far it has been sent.

import { at, say, word } from "./dom.js";

const LARGEST = 20_000_000;
let stream = null;

const base = () => `/api/v1/cases/${at("photos").dataset.case}`;
const headers = (type) => ({ "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content, ...(type ? { "Content-Type": type } : {}) });

async function fault(response) {
  const problem = await response.json().catch(() => ({}));
  const faults = (problem.errors ?? []).map((each) => `${each.what} ${each.mend}`);
  return faults.join(" ") || problem.detail || word("page.failed");
}

/** Record the consent that was ticked; true where one holds now. */
async function consented() {
  const box = at("photos");
  if (box.dataset.consent === "yes") return true;
  if (!at("photo-consent").checked) return say(at("photo-state"), word("photo.needs_consent")), false;
  const body = JSON.stringify({ purpose: "photo", given_by: at("photo-giver").value });
  const response = await fetch(`${base()}/consents`, { method: "POST", headers: headers("application/json"), body });
  if (response.ok) box.dataset.consent = "yes";
  else say(at("photo-state"), await fault(response));
  return response.ok;
}

/** Send bytes with their progress; the page is shown anew when they are kept. */
function send(content, type) {
  const request = new XMLHttpRequest();
  request.open("POST", `${base()}/photos`);
  for (const [name, value] of Object.entries(headers(type))) request.setRequestHeader(name, value);
  request.upload.addEventListener("progress", (event) => {
    at("photo-progress").hidden = false;
    at("photo-progress").value = event.lengthComputable ? event.loaded / event.total : 0;
  });
  request.addEventListener("load", async () => {
    at("photo-progress").hidden = true;
    if (request.status < 300) return location.reload();
    say(at("photo-state"), await fault(new Response(request.responseText)));
  });
  request.addEventListener("error", () => say(at("photo-state"), word("page.unreachable")));
  request.send(content);
}

async function take(file) {
  if (!file) return;
  if (file.size > LARGEST) return say(at("photo-state"), word("photo.too_large"));
  if (await consented()) send(file, /^image\/(jpeg|png|webp|heic)$/.test(file.type) ? file.type : "application/octet-stream");
}

async function openCamera() {
  if (!(await consented())) return;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" }, audio: false });
  } catch {
    return say(at("photo-state"), word("photo.no_camera"));
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
  canvas.toBlob((blob) => send(blob, "image/jpeg"), "image/jpeg", 0.92);
}

async function remove(id) {
  const response = await fetch(`${base()}/photos/${id}`, { method: "DELETE", headers: headers() });
  if (response.ok) location.reload();
  else say(at("photo-state"), await fault(response));
}

export function wirePhotos() {
  if (!at("photos")) return;
  at("photo-file")?.addEventListener("change", (event) => take(event.target.files[0]));
  at("photo-camera")?.addEventListener("click", openCamera);
  at("camera-shoot")?.addEventListener("click", shoot);
  at("camera")?.addEventListener("close", closeCamera);
  at("photos").addEventListener("click", ({ target }) => target.dataset.removesPhoto && remove(target.dataset.removesPhoto));
  at("photos").addEventListener("dragover", (event) => event.preventDefault());
  at("photos").addEventListener("drop", (event) => (event.preventDefault(), take(event.dataTransfer.files[0])));
}
