// A term found by what one types, or for words of the note: a combobox whose options the service renders. One stands in
// the findings (to add one); one opens in a dialog, to add a finding for selected words or to mean another term.

import { announce } from "./announcing.js";
import { focusAfter, rowAt, rowOf } from "./bench_findings.js";
import { at } from "./dom.js";

const optionsOf = (input) => [...document.querySelectorAll(`#${input.dataset.terms}-list [role="option"]`)];
const hitsOf = (input) => at(`${input.dataset.terms}-hits`);
const activeOf = (input) => at(input.getAttribute("aria-activedescendant") ?? "");
const isTyped = (node) => node?.matches?.("input[data-terms]");

/** What the dialog is open for: `then` is called with the term chosen. */
let meant = null;

function activate(input, option) {
  for (const each of optionsOf(input)) each.setAttribute("aria-selected", String(each === option));
  if (!option) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function move(input, way) {
  const options = optionsOf(input);
  if (!options.length) return;
  open(input);
  const now = options.indexOf(activeOf(input));
  activate(input, options[(now + way + options.length) % options.length]);
}

function open(input) {
  hitsOf(input).hidden = false;
  input.setAttribute("aria-expanded", "true");
}

function close(input) {
  hitsOf(input).hidden = true;
  input.setAttribute("aria-expanded", "false");
  activate(input, null);
}

/** Options have come: what is listed already says so, and the first that is not becomes active. */
function show(input) {
  const options = optionsOf(input);
  for (const option of options) {
    const isListed = Boolean(rowOf(option.dataset.id));
    option.querySelector(".listed").hidden = !isListed;
    if (isListed) option.setAttribute("aria-disabled", "true");
  }
  open(input);
  activate(input, options.find((option) => !option.hasAttribute("aria-disabled")) ?? null);
  announce([...hitsOf(input).querySelectorAll(":scope > p")].map((told) => told.textContent).join(" "));
}

function choose(input, option) {
  if (!option || option.getAttribute("aria-disabled") === "true") return;
  const { id } = option.dataset;
  input.value = "";
  close(input);
  if (input.dataset.terms === "search") return step({ verb: "add", term: id });
  const { then } = meant;
  at("meant").close();
  then(id);
}

/** Send one step over the findings. */
function step(fields) {
  const form = at("choosing");
  const given = { verb: "", term: "", to: "", note: "", start: "", end: "", assertion: "observed", ...fields };
  for (const [name, value] of Object.entries(given)) form.elements[name].value = value;
  form.requestSubmit();
}

/** Open the dialog; where `near` names words of a note, the terms nearest to them are there at once. */
function ask({ title, words, near, then }) {
  const dialog = at("meant");
  if (!dialog) return;
  meant = { then, from: document.activeElement };
  at("meant-title").textContent = title;
  at("meant-words").textContent = words;
  at("meant-words").parentElement.hidden = !words;
  const input = at("meaning");
  input.value = "";
  hitsOf(input).replaceChildren();
  close(input);
  dialog.showModal();
  input.focus();
  if (!near) return;
  const form = at("nearing");
  for (const name of ["note", "start", "end"]) form.elements[name].value = near[name];
  form.requestSubmit();
}

function change(row) {
  const { id, label, assertion, note, start, end } = row.dataset;
  const then = (to) => {
    focusAfter(to);
    step({ verb: "change", term: id, to, assertion });
  };
  const near = start && { note, start, end };
  const words = near ? row.querySelector(".places q")?.textContent ?? "" : "";
  ask({ title: at("meant-title").dataset.change.replace("{label}", label), words, near, then });
}

function addFor({ note, start, end, text }) {
  const then = (term) => step({ verb: "add", term, note, start, end });
  ask({ title: at("meant-title")?.dataset.add, words: text, near: { note, start, end }, then });
}

function onKey(event) {
  const input = event.target;
  if (!isTyped(input) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowDown") move(input, 1);
  else if (event.key === "ArrowUp") move(input, -1);
  else if (event.key === "Enter") choose(input, hitsOf(input).hidden ? null : activeOf(input));
  else if (event.key === "Escape" && !hitsOf(input).hidden && input.dataset.terms === "search") close(input);
  else return;
  event.preventDefault();
}

export function wireTermSearch() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.('.hits [role="option"]');
    if (!option) return;
    event.preventDefault(); // the focus stays in the field
    choose(option.closest(".term-box").querySelector("input"), option);
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.('[data-does="change"]') && rowAt(event.target);
    if (row) change(row);
  });
  document.addEventListener("focusout", ({ target }) => isTyped(target) && target.dataset.terms === "search" && close(target));
  document.addEventListener("htmx:config:request", (event) => {
    const input = event.detail.ctx.sourceElement;
    if (!isTyped(input) || input.value.trim()) return;
    event.preventDefault();
    close(input);
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const input = ctx.target?.matches?.(".hits") && ctx.target.parentElement.querySelector("input");
    if (!input) return;
    if (input.dataset.terms === "search" && (document.activeElement !== input || !input.value.trim())) return close(input);
    show(input);
  });
  document.addEventListener("phenomap:add-finding", ({ detail }) => addFor(detail));
  at("meant")?.addEventListener("close", () => meant?.from?.isConnected && meant.from.focus({ preventScroll: true }));
}
