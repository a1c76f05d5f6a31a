// Writing a note: a file read into the field, the example, editing a note that was read.

import { at, say, word } from "./dom.js";

const LARGEST = 13_000_000;

/** The text of a hospital's document, put into the field behind what stands there. */
async function take(file) {
  const state = at("document-state");
  if (!file) return;
  if (file.size > LARGEST) return say(state, word("note.file_too_large"));
  say(state, word("note.file_reading", { name: file.name }));
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const headers = { "Content-Type": "application/octet-stream", ...(token ? { "X-CSRF-Token": token } : {}) };
  try {
    const response = await fetch("/api/v1/documents:read", { method: "POST", headers, body: file });
    const answer = await response.json();
    if (!response.ok) {
      const faults = (answer.errors ?? []).map((fault) => `${fault.what} ${fault.mend}`);
      return say(state, faults.join(" ") || answer.detail);
    }
    const text = at("text");
    text.value = [text.value.trimEnd(), answer.text].filter(Boolean).join("\n\n");
    say(state, [word("note.file_read", { count: Array.from(answer.text).length }), ...(answer.notices ?? [])].join(" "));
    text.focus();
  } catch {
    say(state, word("page.unreachable"));
  }
}

function edit(id) {
  const form = at("writing");
  form.hidden = false;
  at("writing-id").value = id;
  at("text").value = document.querySelector(`.read-note[data-note="${CSS.escape(id)}"]`).textContent;
  at("text").focus();
}

function open() {
  at("writing").hidden = false;
  at("writing-id").value = "";
  at("text").focus();
}

function close() {
  at("writing").reset();
  at("writing-id").value = "";
  at("writing").hidden = true;
}

function loadExample() {
  const example = at("example");
  at("text").value = example.content.textContent;
  for (const name of ["sex", "years", "months"]) at(name).value = example.dataset[name];
  at("about").dispatchEvent(new Event("change", { bubbles: true }));
  at("text").focus();
}

/** True when there is nothing to send, which is then said. */
function refuses(form) {
  if (form !== at("writing") || at("text").value.trim()) return false;
  say(at("message"), word("page.empty_note"));
  return true;
}

export function wireWriting() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.dataset.edits) edit(button.dataset.edits);
    else if (button.dataset.opens === "writing") open();
    else if (button.dataset.closes === "writing") close();
    else if (button.id === "load-example") loadExample();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "document") take(event.target.files[0]);
  });
  document.addEventListener("dragover", (event) => {
    if (event.target.closest?.("#writing")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file || !event.target.closest?.("#writing")) return;
    event.preventDefault();
    take(file);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter" && event.target.id === "text") {
      event.preventDefault();
      at("writing").requestSubmit();
    }
  });
  document.addEventListener("htmx:config:request", (event) => {
    if (refuses(event.detail.ctx.sourceElement)) event.preventDefault();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const { request, response } = event.detail.ctx;
    if (request?.action?.endsWith("/note") && response?.status < 300) close(); // a refused note stays as it was typed
  });
}
