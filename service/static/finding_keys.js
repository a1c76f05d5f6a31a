// The findings by keyboard. Letters act on the finding in focus, never while someone writes, and can be turned off.

import { current, focusNextUnchecked, focusRow, listed, rowAt, struck, undo } from "./bench_findings.js";
import { at } from "./dom.js";

const DOES = { a: "accept", r: "reject", u: "uncertain", f: "family", h: "historical", c: "change", t: "restore" };

const writes = (node) => node.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

function move(way) {
  const rows = [...listed(), ...struck()];
  if (!rows.length) return;
  const now = rows.indexOf(rowAt(document.activeElement) ?? current());
  focusRow(rows[now < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, now + way))]);
}

function press(row, does) {
  row.querySelector(`[data-does="${does}"]`)?.click();
}

function toOnset(row) {
  const why = row.querySelector("details");
  if (!why) return;
  why.open = true;
  row.querySelector('[data-does="onset"]')?.focus();
}

/** What a key does wherever the focus is. */
const ANYWHERE = {
  j: () => move(1),
  k: () => move(-1),
  ".": focusNextUnchecked,
  "/": () => at("search")?.focus(),
  z: undo,
  "?": () => at("finding-keys")?.showModal(),
};

/** What a key does to the finding in focus; undefined where it does nothing. */
function onRow(key, row) {
  if (DOES[key]) return () => press(row, DOES[key]);
  if (key === "n") return () => press(row, row.dataset.assertion === "excluded" ? "affirm" : "negate");
  if (key === "o") return () => toOnset(row);
  if (key === "ArrowDown") return () => move(1);
  if (key === "ArrowUp") return () => move(-1);
  return undefined;
}

function act(event) {
  const row = rowAt(event.target);
  const letters = at("letters")?.checked ?? false;
  const isArrow = event.key.startsWith("Arrow");
  if (!letters && !isArrow) return undefined;
  return (row && onRow(event.key, row)) ?? ANYWHERE[event.key];
}

export function wireFindingKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || writes(event.target)) return;
    if (document.querySelector("dialog[open]") || !at("findings")) return;
    const undoes = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (!undoes && (event.ctrlKey || event.metaKey || event.altKey)) return;
    const does = undoes ? undo : act(event);
    if (!does) return;
    event.preventDefault();
    does();
  });
}
