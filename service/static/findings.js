// The list of findings, each to be negated or removed.

import { quotesOf } from "./case.js";
import { at, el, englishName, word } from "./dom.js";

const SIGNS = { observed: "+", excluded: "−", uncertain: "?", family: "F", historical: "H", hypothetical: "…" };

/** Show the findings; `on.negate`, `on.remove` and `on.point` are called with a finding's id. */
export function showFindings(theCase, wasRead, on) {
  const list = at("findings");
  list.replaceChildren(...theCase.features.map((feature) => row(feature, theCase, on)));
  at("findings-count").textContent = theCase.features.length || "";
  const empty = at("findings-empty");
  empty.hidden = theCase.features.length > 0;
  empty.textContent = word(wasRead ? "page.findings_none" : "page.findings_empty");
  const undo = at("undo");
  const change = theCase.lastChange;
  undo.disabled = change === undefined;
  undo.title = change ? word("page.undo_of", { change }) : "";
}

function row(feature, theCase, on) {
  const { id, label, assertion } = feature;
  const absent = assertion === "excluded";
  const item = el(
    "li",
    { class: `finding ${assertion}`, "data-id": id },
    el("span", { class: "assertion", title: word(`page.${assertion}`), "aria-hidden": "true" }, SIGNS[assertion]),
    el(
      "div",
      { class: "what" },
      el("span", { class: "label" }, label),
      englishName(feature.label_en),
      el("span", { class: "id" }, id),
      el("span", { class: "unseen" }, word(`page.${assertion}`)),
      remarks(feature, theCase),
    ),
    el(
      "div",
      { class: "actions" },
      button("negate", absent ? "affirm" : "negate", label, () => on.negate(id)),
      button("remove", "remove", label, () => on.remove(id)),
    ),
  );
  item.addEventListener("mouseenter", () => on.point(id));
  item.addEventListener("mouseleave", () => on.point(null));
  item.addEventListener("focusin", () => on.point(id));
  item.addEventListener("focusout", () => on.point(null));
  return item;
}

function button(name, key, label, press) {
  const attributes = { type: "button", class: name, "aria-label": word(`page.${key}_of`, { label }), onclick: press };
  return el("button", attributes, word(`page.${key}`));
}

function remarks(feature, theCase) {
  const said = [];
  if (feature.assertion !== "observed") said.push(el("span", { class: "chip" }, word(`page.${feature.assertion}`)));
  if (feature.assertion !== feature.given) said.push(el("span", { class: "hand" }, word("page.changed_by_hand")));
  if (feature.byHand) said.push(el("span", { class: "hand" }, word("page.added_by_hand")));
  for (const text of quotesOf(feature).slice(0, 3)) said.push(el("q", {}, text));
  for (const reading of new Set(feature.spans.map((span) => span.reading).filter(Boolean))) {
    said.push(el("span", {}, reading));
  }
  const under = theCase.impliedNow(feature).map((other) => other.label);
  if (under.length) said.push(el("span", {}, word("page.shown_under", { label: under.join(", ") })));
  for (const span of feature.spans.filter((each) => each.against)) {
    said.push(el("span", { class: "conflict" }, word("page.conflict", { text: `“${span.text}”` })));
  }
  return said.length ? el("span", { class: "remarks" }, said) : null;
}

/** Bring a finding into view and focus its first button. */
export function goTo(id) {
  const item = [...at("findings").children].find((row) => row.dataset.id === id);
  item?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  item?.querySelector("button").focus({ preventScroll: true });
}

/** After a change: focus the same button of the finding at `index`, or what is nearest to it. */
export function focusAt(index, name) {
  const rows = at("findings").children;
  const row = rows[Math.min(index, rows.length - 1)];
  (row?.querySelector(`.${name}`) ?? at("search")).focus();
}
