// Words of the note that are selected become a finding: a button beside them, or the + key.

import { el, word } from "./dom.js";
import { offsetIn } from "./marks.js";

let button = null;
let chosen = null;

/** The selection, where it lies within one note: characters (code points) of it, and its words. */
function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const box = range.startContainer.parentElement?.closest(".read-note[data-note]");
  if (!box || !box.contains(range.endContainer)) return null;
  const text = box.textContent;
  const from = offsetIn(box, range.startContainer, range.startOffset);
  const words = range.toString();
  const trimmed = words.trim();
  if (!trimmed || trimmed.length > 200) return null;
  const start = from + words.indexOf(trimmed);
  const points = (units) => Array.from(text.slice(0, units)).length;
  return { note: box.dataset.note, start: points(start), end: points(start + trimmed.length), text: trimmed, range };
}

function offer() {
  chosen = selected();
  button.hidden = !chosen;
  if (!chosen) return;
  button.textContent = word("note.add_selected");
  const place = chosen.range.getBoundingClientRect();
  button.style.top = `${scrollY + place.bottom + 6}px`;
  button.style.insetInlineStart = `${Math.max(8, Math.min(innerWidth - 220, place.left))}px`;
}

function add() {
  if (!chosen) return;
  const { note, start, end, text } = chosen;
  button.hidden = true;
  document.dispatchEvent(new CustomEvent("phenomap:add-finding", { detail: { note, start, end, text } }));
}

export function wireSelecting() {
  button = el("button", { type: "button", class: "add-selected primary", hidden: true, onclick: add });
  document.body.append(button);
  let soon = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(soon);
    soon = setTimeout(offer, 150);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "+" || event.target.matches?.("input, textarea, select")) return;
    chosen = selected();
    if (chosen) event.preventDefault(), add();
  });
}
