// Pictures of photos in the page: decoded here, drawn, and drawn again with the parts that an answer was read from.

import { at, say, word } from "./dom.js";

const WIDEST = 1200; // pixels of a drawn picture: lines and not pores are looked at
const decoded = new Map(); // bitmaps by the photo's id

/** The photo of a bench where nothing is kept: in this page alone. */
export const pictures = {
  held: null,
  hold(file) {
    pictures.held = file;
    decoded.delete("photo");
  },
};

export const box = () => at("photos");
export const keeps = () => box().dataset.keeps === "yes";
export const kept = () => `/api/v1${box().dataset.base}`;
const token = () => document.querySelector('meta[name="csrf-token"]')?.content;
export const headers = (type) => ({ ...(token() ? { "X-CSRF-Token": token() } : {}), ...(type ? { "Content-Type": type } : {}) });
export const tell = (text) => say(at("photo-state"), text);

export async function fault(response) {
  const problem = await response.json().catch(() => ({}));
  const faults = (problem.errors ?? []).map((each) => `${each.what} ${each.mend}`);
  return faults.join(" ") || problem.detail || word("page.failed");
}

export const inBase64 = (file) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = failed;
    reader.readAsDataURL(file);
  });

export const facts = () => {
  const { age, sex, ancestry } = box().dataset;
  return { sex, ...(age ? { age: `P${age}D` } : {}), ...(ancestry ? { ancestry } : {}) };
};

export async function pictureOf(id) {
  if (!decoded.has(id)) {
    const file = id === "photo" ? pictures.held : await fetch(`${kept()}/photos/${id}`).then((answer) => (answer.ok ? answer.blob() : null));
    decoded.set(id, file && (await createImageBitmap(file)));
  }
  return decoded.get(id);
}

export function paint(canvas, picture) {
  const scale = Math.min(1, WIDEST / picture.width);
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
}

/** Lay over the photo what a measure or a likeness was read from; pressed again, the photo is as it was. */
export async function heat(button) {
  const { heats: id, measurement, small, disease } = button.dataset;
  const canvas = at(`canvas-${id}`);
  const on = button.getAttribute("aria-pressed") !== "true";
  for (const other of box().querySelectorAll(`[data-heats="${id}"]`)) other.setAttribute("aria-pressed", "false");
  at(`heat-words-${id}`).textContent = "";
  canvas.parentNode.classList.remove("heated");
  canvas.setAttribute("aria-label", canvas.dataset.label);
  if (!on) return paint(canvas, await pictureOf(id));
  button.setAttribute("aria-busy", "true");
  const asked = disease ? { disease } : { measurement, small: small === "yes" };
  const body = JSON.stringify(id === "photo" ? { ...asked, content: await inBase64(pictures.held) } : asked);
  const path = id === "photo" ? "/api/v1/photos:explain" : `${kept()}/photos/${id}:explain`;
  const response = await fetch(path, { method: "POST", headers: headers("application/json"), body }).catch(() => null);
  button.removeAttribute("aria-busy");
  if (!response?.ok) return tell(response ? await fault(response) : word("page.unreachable"));
  const found = await response.json();
  if (found.abstention) return tell(found.abstention.reason);
  const png = Uint8Array.from(atob(found.image), (letter) => letter.charCodeAt(0));
  paint(canvas, await createImageBitmap(new Blob([png], { type: "image/png" })));
  canvas.parentNode.classList.add("heated");
  canvas.setAttribute("aria-label", canvas.dataset.heatLabel);
  button.setAttribute("aria-pressed", "true");
  at(`heat-words-${id}`).textContent = found.words.join(" ");
}
