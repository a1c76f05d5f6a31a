// The camera: a dialog with its picture, which is taken as a JPEG and handed over.

import { at, word } from "./dom.js";
import { tell } from "./pictures.js";

let stream = null;

async function openCamera(allowed) {
  if (!(await allowed())) return;
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

function shoot(use) {
  const view = at("camera-view");
  const canvas = document.createElement("canvas");
  canvas.width = view.videoWidth;
  canvas.height = view.videoHeight;
  canvas.getContext("2d").drawImage(view, 0, 0);
  at("camera").close();
  canvas.toBlob((blob) => use(blob, "image/jpeg"), "image/jpeg", 0.92);
}

/** `allowed` says whether a photo may be taken at all; `use` takes it and its type. */
export function wireCamera(allowed, use) {
  document.addEventListener("click", ({ target }) => target.id === "photo-camera" && openCamera(allowed));
  at("camera-shoot")?.addEventListener("click", () => shoot(use));
  at("camera")?.addEventListener("close", closeCamera);
}
