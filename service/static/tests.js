// The tests to order, each with its reason, what it cannot see, and where that is from.

import { at, el, percent, word } from "./dom.js";

const SHOWN_GENES = 8;

/** Show a plan of tests. */
export function showTests(plan) {
  at("tests").replaceChildren(...plan.tests.map(row));
  const empty = at("tests-empty");
  empty.hidden = plan.tests.length > 0;
  empty.textContent = word("page.tests_none");
  at("panel").replaceChildren(...panel(plan));
}

/** Nothing to suggest tests for. */
export function clearTests() {
  at("tests").replaceChildren();
  at("panel").replaceChildren();
  at("tests-empty").hidden = false;
  at("tests-empty").textContent = word("page.tests_empty");
}

function row(test) {
  const covered = test.covers.map(({ name, name_en: english, posterior }) => el("li", { title: english }, `${name} (${percent(posterior)})`));
  if (test.covers_more) covered.push(el("li", { class: "hint" }, word("page.more_diseases", { count: test.covers_more })));
  const facts = [
    fact("page.looks_for", covered),
    fact("page.cannot_see", test.cannot_see.map((text) => el("li", {}, text))),
    fact("page.sources", sources(test.sources)),
  ];
  return el(
    "li",
    { class: "test" },
    el(
      "div",
      { class: "test-head" },
      el("span", { class: "name" }, test.name),
      el("span", { class: "chip" }, word(`modality.${test.modality}`)),
      test.cost === undefined ? null : el("span", { class: "hint" }, word("page.cost", { cost: Number(test.cost.toFixed(1)) })),
    ),
    el("p", { class: "reason" }, test.reason),
    test.genes.length ? genes(test.genes) : null,
    el("dl", {}, facts),
  );
}

function fact(key, items) {
  return items.length ? [el("dt", {}, word(key)), el("dd", {}, el("ul", {}, items))] : [];
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
