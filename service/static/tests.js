// The tests to order: why, what they cannot see, what to send, what to talk about, and what comes next.

import { at, el, percent, say, word } from "./dom.js";

const SHOWN_GENES = 8;

/** Show a plan of tests. A report that an earlier version kept tells less of each. */
export function showTests(plan) {
  const fast = plan.biochemical ?? [];
  showChanges(plan);
  at("biochemical-box").hidden = !fast.length;
  at("biochemical").replaceChildren(...fast.map(fastRow));
  at("tests").replaceChildren(...plan.tests.map(row));
  say(at("tests-empty"), plan.tests.length ? "" : word("page.tests_none"));
  say(at("catalogue"), plan.catalogue ? word("page.catalogue", { name: plan.catalogue }) : "");
  at("panel").replaceChildren(...panel(plan));
}

/** Nothing to suggest tests for. */
export function clearTests() {
  for (const id of ["tests", "panel", "biochemical", "changed"]) at(id).replaceChildren();
  for (const id of ["biochemical-box", "catalogue", "changed"]) at(id).hidden = true;
  say(at("tests-empty"), word("page.tests_empty"));
}

/** What the tests already done, and the family, have changed. */
function showChanges({ tests_done: done = [], family = [] }) {
  const told = [
    list("page.changed_by_done", done.map(({ name, words }) => el("li", {}, el("span", { class: "label" }, name), ` — ${words}`))),
    list("page.changed_by_family", family.map(({ words }) => el("li", {}, words))),
  ];
  at("changed").hidden = !(done.length || family.length);
  at("changed").replaceChildren(...told.flat());
}

const list = (key, items) => (items.length ? [el("h3", {}, word(key)), el("ul", {}, items)] : []);

function row(test) {
  return el(
    "li",
    { class: "test", "data-code": test.code },
    el(
      "div",
      { class: "test-head" },
      el("span", { class: "name" }, test.name),
      el("span", { class: "chip" }, word(`modality.${test.modality}`)),
      order(test),
      test.cost === undefined ? null : el("span", { class: "hint" }, word("page.cost", { cost: Number(test.cost.toFixed(1)) })),
    ),
    el("p", { class: "reason" }, test.reason),
    test.genes.length ? genes(test.genes) : null,
    el("dl", {}, [
      fact("page.looks_for", covered(test)),
      fact("page.cannot_see", lines(test.cannot_see)),
      fact("page.samples", lines(test.samples)),
      fact("page.consent", lines(test.consent), "sentences"),
      fact("page.relatives", lines(test.relatives)),
      fact("page.if_negative", lines(test.if_negative ? [test.if_negative] : [])),
      fact("page.sources", sources(test.sources)),
    ]),
  );
}

/** A fast test of a treatable disorder: it goes before the numbered ones. */
function fastRow(test) {
  return el(
    "li",
    { class: "test fast", "data-code": test.code },
    el("div", { class: "test-head" }, el("span", { class: "name" }, test.name)),
    el("p", { class: "reason" }, test.reason),
    el("dl", {}, [
      fact("page.looks_for", covered(test)),
      fact("page.samples", lines(test.samples)),
      fact("page.sources", sources(test.sources)),
    ]),
  );
}

/** Under which code the catalogue in use has it, for how much and in how many days. */
function order({ ordered_as: order, offered }) {
  if (!order) return offered === false ? el("span", { class: "chip" }, word("page.not_offered")) : null;
  const price = order.price === undefined ? null : `${order.price} ${order.currency ?? ""}`.trim();
  const days = order.days === undefined ? null : word("page.days", { days: order.days });
  const told = [order.name, price, days, order.sample].filter(Boolean).join(" · ");
  return [el("span", { class: "chip order" }, word("page.ordered_as", { code: order.code })), el("span", { class: "hint" }, told)];
}

function covered({ covers, covers_more: more }) {
  const named = covers.map(({ name, name_en: english, posterior }) => el("li", { title: english }, `${name} (${percent(posterior)})`));
  return more ? [...named, el("li", { class: "hint" }, word("page.more_diseases", { count: more }))] : named;
}

const lines = (texts = []) => texts.map((text) => el("li", {}, text));

function fact(key, items, kind) {
  return items.length ? [el("dt", {}, word(key)), el("dd", { class: kind }, el("ul", {}, items))] : [];
}

function sources(given) {
  if (!given.length) return [el("li", { class: "hint" }, word("page.no_sources"))];
  return given.map(({ citation, verified }) =>
    el("li", {}, citation, verified ? null : [" ", el("span", { class: "unverified" }, word("page.unverified"))]),
  );
}

function genes(symbols) {
  const line = el("p", { class: "genes" }, `${word("page.genes")}: `, el("span", {}, symbols.slice(0, SHOWN_GENES).join(", ")));
  if (symbols.length <= SHOWN_GENES) return line;
  const more = word("page.more_genes", { count: symbols.length - SHOWN_GENES });
  return el("details", { class: "genes" }, el("summary", {}, line.textContent, " ", more), symbols.slice(SHOWN_GENES).join(", "));
}

function panel({ panel: { genes: symbols, mass }, without_gene: without }) {
  const said = [];
  if (symbols.length) {
    const count = symbols.length;
    said.push(
      el(
        "details",
        { class: "virtual" },
        el("summary", {}, word("page.panel", { count, percent: percent(mass) })),
        el("p", { class: "symbols" }, symbols.join(", ")),
      ),
    );
  }
  if (without > 0) said.push(el("p", { class: "hint" }, word("page.without_gene", { percent: percent(without) })));
  return said;
}
