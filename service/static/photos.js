// Photos: a file or the camera. Where nothing is kept the photo stays in this page, and is sent to be described alone; a
// kept case's is sent under a consent. The picture is drawn here, and the lines that the service measured lie over it.

import { announce } from "./announcing.js";
import { wireCamera } from "./camera.js";
import { at, word } from "./dom.js";
import { box, facts, fault, headers, heat, inBase64, keeps, kept, paint, pictureOf, pictures, tell } from "./pictures.js";

const LARGEST = 20_000_000;
let described = ""; // what was told of the patient when it was described

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

/** Have the photo in this page described, and show what comes of it. */
async function describe() {
  const told = facts();
  described = JSON.stringify(told);
  const working = at("photo-progress");
  working.removeAttribute("value");
  working.hidden = false;
  try {
    const body = JSON.stringify({ ...told, content: await inBase64(pictures.held) });
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
  pictures.hold(file);
  at("photo-reading").replaceChildren();
  await describe();
}

async function take(file) {
  if (!file) return;
  if (file.size > LARGEST) return tell(word("photo.too_large"));
  if (await consented()) use(file, /^image\/(jpeg|png|webp|heic)$/.test(file.type) ? file.type : "application/octet-stream");
}

async function remove(id) {
  const response = await fetch(`${kept()}/photos/${id}`, { method: "DELETE", headers: headers() });
  if (response.ok) location.reload();
  else tell(await fault(response));
}

/** Draw each picture that is not drawn yet. One that this browser cannot decode leaves its lines alone on the page. */
async function draw(canvas) {
  canvas.dataset.drawn = "yes";
  const picture = await pictureOf(canvas.dataset.photo).catch(() => null);
  if (picture) paint(canvas, picture);
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
  if (pictures.held && JSON.stringify(facts()) !== described) describe();
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
  wireCamera(consented, use);
  const main = at("bench");
  main.addEventListener("click", ({ target }) => {
    if (target.dataset.removesPhoto) remove(target.dataset.removesPhoto);
    if (target.dataset.heats) heat(target);
  });
  main.addEventListener("dragover", (event) => event.target.closest("#photos") && event.preventDefault());
  main.addEventListener("drop", (event) => event.target.closest("#photos") && (event.preventDefault(), take(event.dataTransfer.files[0])));
  main.addEventListener("pointerover", point);
  main.addEventListener("focusin", point);
  document.addEventListener("htmx:after:swap", shown);
  shown();
}
