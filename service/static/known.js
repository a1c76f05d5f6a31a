// What is known beside the findings: tests already done, the family, whether the patient is acutely ill.

import { at, el, say, word } from "./dom.js";

const FIRST_YEAR = 1970;
const GENE = /^[A-Za-z0-9][A-Za-z0-9._:*@-]{0,39}$/;
/** Tests that read genes; the others look at one locus, or everywhere. */
const SEQUENCING = new Set(["gene_panel", "exome"]);
let done = [];
let changed = () => {};

/** What is known, as /suggest and /assess take it; nothing where nothing is told. */
export function known() {
  const told = {};
  if (done.length) told.tests_done = done;
  const family = flags().filter(({ value }) => value);
  if (family.length) told.family_history = Object.fromEntries(family.map(({ dataset, value }) => [dataset.flag, value === "true"]));
  if (at("acutely-ill").checked) told.acutely_ill = true;
  return told;
}

/** Wire the controls; `onChange` is called whenever something else is known. */
export function wireKnown(onChange) {
  changed = onChange;
  at("done-year").max = new Date().getFullYear();
  at("done-form").addEventListener("submit", (event) => (event.preventDefault(), add()));
  for (const control of [...flags(), at("acutely-ill")]) control.addEventListener("change", tell);
  show();
}

/** A test in words: its kind, and what it looked at. */
export function testOf({ modality, genes = [], target, code }) {
  const looked = [target, genes.join(", "), code].filter(Boolean).join(" · ");
  return [modality ? word(`modality.${modality}`) : null, looked].filter(Boolean).join(": ");
}

const flags = () => [...at("family").querySelectorAll("select")];

function add() {
  const modality = at("done-modality").value;
  const written = at("done-genes").value.trim();
  const test = { modality, result: at("done-result").value };
  const year = at("done-year");
  const latest = Number(year.max);
  const faulty = year.validity.badInput || (year.value && !(Number.isInteger(Number(year.value)) && year.value >= FIRST_YEAR && year.value <= latest));
  if (faulty) return fault(year, word("page.done_bad_year", { year: latest }));
  if (year.value) test.year = Number(year.value);
  if (written && SEQUENCING.has(modality)) {
    test.genes = [...new Set(written.split(/[\s,;，；、]+/).filter(Boolean))];
    const odd = test.genes.find((gene) => !GENE.test(gene));
    if (odd !== undefined) return fault(at("done-genes"), word("page.done_bad_genes", { gene: odd }));
  } else if (written) test.target = written.slice(0, 100);
  const code = at("done-code")?.value.trim();
  if (code) test.code = code;
  done = [...done, test];
  at("done-form").reset();
  fault(null, "");
  tell();
  at("done-modality").focus();
}

function remove(index) {
  done = done.filter((_, each) => each !== index);
  tell();
  (at("done-rows").querySelectorAll("button")[Math.min(index, done.length - 1)] ?? at("done-modality")).focus();
}

function fault(field, words) {
  for (const each of [at("done-year"), at("done-genes")]) each.setAttribute("aria-invalid", String(each === field));
  say(at("done-fault"), words);
  field?.focus();
}

function tell() {
  show();
  changed();
}

function show() {
  at("done").hidden = !done.length;
  at("done-rows").replaceChildren(...done.map(row));
  const count = done.length + flags().filter(({ value }) => value).length + (at("acutely-ill").checked ? 1 : 0);
  at("known-count").textContent = count ? word("page.known_count", { count }) : "";
}

function row(test, index) {
  const { modality, genes = [], target = "", code = "", result, year } = test;
  const looked = [target, genes.join(", "), code].filter(Boolean).join(" · ");
  const label = word("page.done_remove", { test: testOf(test) });
  return el(
    "tr",
    {},
    el("td", {}, word(`modality.${modality}`)),
    el("td", { class: "looked" }, looked),
    el("td", {}, word(`page.done_${result}`)),
    el("td", {}, year ?? ""),
    el("td", {}, el("button", { type: "button", class: "quiet", "aria-label": label, onclick: () => remove(index) }, "×")),
  );
}
