// The list of findings: what is open and in focus stays so through every change, and each change is told.

import { announce } from "./announcing.js";
import { at, word } from "./dom.js";

const opened = new Set(); // ids whose grounds are open
let visited = null; // id of the finding last in focus
let pointed = null;
let wanted = null; // id to focus after the next change

export const listed = () => [...document.querySelectorAll("#finding-rows > .finding")];
export const struck = () => [...document.querySelectorAll("#findings .struck")];
export const rowOf = (id) => at(`finding-${id.replace(":", "-")}`);
export const rowAt = (node) => node?.closest?.("#findings [data-id].finding, #findings [data-id].struck") ?? null;
const head = (row) => row.querySelector("summary") ?? row.querySelector("[data-does]") ?? row;

/** Bring a finding, or one that was struck out, into view and focus its head. */
export function focusRow(row) {
  if (!row) return at("search")?.focus();
  head(row).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

/** Focus the finding of a term once it is listed. */
export function focusAfter(id) {
  wanted = id;
}

/** The finding last in focus, or where it stood. */
export const current = () => rowAt(document.activeElement) ?? (visited && rowOf(visited));

export function focusNextUnchecked() {
  const rows = listed();
  const from = rows.indexOf(current()) + 1;
  const next = [...rows.slice(from), ...rows.slice(0, from)].find((row) => !("checked" in row.dataset));
  if (next) focusRow(next);
}

export const undo = () => at("undo")?.click();

function point(id) {
  if (id === pointed) return;
  pointed = id;
  document.dispatchEvent(new CustomEvent("phenomap:point", { detail: { id } }));
}

const pointable = (node) => node?.closest?.("#finding-rows > .finding")?.dataset.id ?? null;

/** What has the focus within the list, by what it is: elements may be others after a change. */
function place() {
  const row = rowAt(document.activeElement);
  if (!row) return null;
  const does = document.activeElement.closest("[data-does]")?.dataset.does ?? "head";
  return { id: row.dataset.id, does, index: Math.max(0, listed().indexOf(row)) };
}

/** Offer every onset and severity of the release in an open finding; the answers hold but the one that is stated. */
function offerQualities(row) {
  for (const select of row.querySelectorAll("select")) {
    const stated = select.querySelector("option[selected]")?.value ?? "";
    const choices = at(`${select.name}-choices`).content.cloneNode(true);
    select.replaceChildren(select.options[0], choices);
    const chosen = [...select.options].find((option) => option.value === stated);
    chosen?.toggleAttribute("selected", Boolean(stated));
    select.value = chosen ? stated : "";
  }
}

function settle(before) {
  for (const id of opened) {
    const row = rowOf(id);
    if (!row) continue;
    row.querySelector("details").open = true;
    offerQualities(row);
  }
  const asked = wanted && rowOf(wanted);
  wanted = null;
  if (asked) return focusRow(asked);
  const lost = !document.activeElement || document.activeElement === document.body;
  if (!before || !lost) return;
  const row = rowOf(before.id);
  if (!row) return focusRow(listed()[Math.min(before.index, listed().length - 1)]);
  const same = row.querySelector(`[data-does="${before.does}"]`);
  (same ?? head(row)).focus({ preventScroll: true });
}

function tell(action, done) {
  if (action.endsWith("/undo")) announce(word("find.undone", { done }));
  else if (action.endsWith("/step")) announce(at("undo")?.dataset.done);
}

const rowOfForm = (element) => element?.closest?.("#findings form.actions")?.closest("[data-id]");

export function wireFindings() {
  let before = null;
  let done = "";
  document.addEventListener("htmx:before:swap", () => {
    before = place();
    done = at("undo")?.dataset.done ?? "";
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    settle(before);
    tell(ctx.request.action, done);
  });

  // a second press on a finding before the first was answered is the same press twice
  document.addEventListener("htmx:config:request", (event) => {
    const row = rowOfForm(event.detail.ctx.sourceElement);
    if (row?.getAttribute("aria-busy") === "true") event.preventDefault();
    else row?.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:finally:request", () => {
    for (const row of document.querySelectorAll("#findings [aria-busy]")) row.removeAttribute("aria-busy");
  });

  document.addEventListener("toggle", ({ target }) => {
    if (!target.matches?.("#finding-rows details.why")) return;
    const row = target.parentElement;
    const { id } = row.dataset;
    if (target.open && !opened.has(id)) offerQualities(row);
    opened[target.open ? "add" : "delete"](id);
  }, true); // it does not bubble
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.("#next-unchecked")) focusNextUnchecked();
    const dialog = target.closest?.("[data-opens-dialog]")?.dataset.opensDialog;
    if (dialog) at(dialog)?.showModal();
    at(target.closest?.("[data-closes-dialog]")?.dataset.closesDialog)?.close();
  });

  document.addEventListener("focusin", ({ target }) => {
    visited = rowAt(target)?.dataset.id ?? visited;
    point(pointable(target));
  });
  document.addEventListener("pointerover", ({ target }) => point(pointable(target) ?? pointable(document.activeElement)));
  document.addEventListener("phenomap:choose", ({ detail: { id } }) => {
    const row = rowOf(id);
    if (!row) return;
    row.querySelector("details").open = true;
    focusRow(row);
  });
}
