// Why a disease stands where it stands: each finding, how it met the disease, what that was worth, and who published it.

import { quotesOf } from "./case.js";
import { definition } from "./definition.js";
import { el, labelOf, percent, wide, word } from "./dom.js";

/** Known of related diseases alone. */
export const isOfKin = ({ kin = [] }) => kin.length > 0;

/** How findings are told apart: what the disease has, what is only like it, what only its kin have, what contradicts
 * it, what it leaves open. */
const GROUPS = {
  contradicted: ["excluded_meets_present", "present_meets_excluded"],
  annotated: ["exact", "more_specific", "more_general"],
  related: ["shared_ancestor"],
  of_kin: [],
  unexplained: ["none"],
};

/** The evidence for one disease, as elements. */
export function evidence(disease, theCase) {
  const parts = disease.contributions;
  const widest = Math.max(...parts.map((part) => Math.abs(part.nats)), 0.01);
  const group = ([key, matches]) => {
    const members = parts.filter((part) => (isOfKin(part) ? key === "of_kin" : matches.includes(part.match)));
    return members.length
      ? [el("h3", {}, word(`page.${key}`)), el("ul", { class: key }, members.map((part) => row(part, widest, theCase)))]
      : [];
  };
  const total = el(
    "p",
    { class: "total" },
    `${word("page.total")}: `,
    el("strong", {}, word("page.nats", { value: signed(disease.shown ?? disease.score) })),
  );
  return [definition(disease), ...Object.entries(GROUPS).flatMap(group), ...circumstances(disease), total, ...lookFor(disease)];
}

/** What the patient's age and sex take from the disease. */
function circumstances({ circumstances: taken = [] }) {
  if (!taken.length) return [];
  const rows = taken.map((part) =>
    el(
      "li",
      { class: "contribution" },
      el("div", { class: "met" }, el("span", { class: "how" }, part.words, citations(part.rows.flatMap((row) => row.references)))),
      el("div", { class: "worth" }, el("span", { class: "nats" }, word("page.nats", { value: signed(part.shown) }))),
    ),
  );
  return [el("h3", {}, word("page.circumstances")), el("ul", { class: "circumstances" }, rows)];
}

/** Frequent features of the disease that nothing is said of in the patient. */
function lookFor({ look_for: features = [], look_for_more: more }) {
  if (!features.length) return [];
  const rows = features.map((feature) =>
    el(
      "li",
      { class: "unmentioned" },
      labelOf(feature),
      " · ",
      feature.frequency.words,
      citations(feature.rows.flatMap((statement) => statement.references)),
      feature.rows.every((statement) => statement.relation !== "own") ? lent(feature.rows[0]) : null,
    ),
  );
  if (more) rows.push(el("li", { class: "hint" }, word("page.to_look_for_more", { count: more })));
  return [el("h3", {}, word("page.to_look_for")), el("ul", { class: "look-for" }, rows)];
}

/** The first references, each once. */
function citations(references) {
  return [...new Set(references)].slice(0, 3).flatMap((reference) => [" · ", citation(reference)]);
}

/** The colour of a contribution: by how it met, hatched where it is known of kin alone. */
export const segmentClass = (part) => `segment ${part.match}${isOfKin(part) ? " of-kin" : ""}`;

function row(part, widest, theCase) {
  const quotes = quotesOf(theCase?.of(part.feature)).slice(0, 2);
  return el(
    "li",
    { class: "contribution" },
    el(
      "div",
      { class: "met" },
      labelOf(part),
      quotes.map((text) => el("q", { title: `${word("page.in_note")} ${text}` }, text)),
      el("span", { class: "how" }, part.words),
    ),
    el(
      "div",
      { class: "worth" },
      el("span", { class: "nats" }, word("page.nats", { value: signed(part.shown ?? part.nats) })),
      el("span", { class: "track", "aria-hidden": "true" }, wide(el("span", { class: segmentClass(part) }), Math.abs(part.nats) / widest)),
    ),
    statements(part),
  );
}

/** The first statements in sight, the others behind a fold. */
function statements({ rows, rows_total: total, through }) {
  if (!rows.length) return null;
  const items = rows.map((statement) => el("li", {}, statementWords(statement, through)));
  const rest = items.slice(2);
  const cut = total - rows.length;
  if (rest.length && cut > 0) rest.push(el("li", {}, word("page.more_statements", { count: cut })));
  return el(
    "div",
    { class: "statements" },
    el("ul", {}, items.slice(0, 2)),
    rest.length
      ? el(
          "details",
          {},
          el("summary", {}, word("page.more_statements", { count: total - 2 })),
          el("ul", {}, rest),
        )
      : null,
  );
}

function statementWords(statement, through) {
  const said = [];
  if (statement.related) said.push(el("span", { class: "whose", title: statement.related.name_en }, statement.related.name), " · ");
  if (statement.id !== through) said.push(labelOf(statement), " · ");
  if (statement.excluded) said.push(el("span", { class: "lacks" }, word("page.lacks")), " · ");
  said.push(frequency(statement));
  const others = statement.references.filter((reference) => statement.relation === "own" || reference !== statement.record);
  for (const reference of others) said.push(" · ", citation(reference));
  said.push(" · ", word("page.statement_evidence", { code: statement.evidence }));
  if (statement.relation !== "own") said.push(lent(statement));
  return said;
}

function lent({ relation, record }) {
  return ` · ${word(`page.relation_${relation}`, { record })}`;
}

function frequency({ frequency_words: words, frequency: share, affected, examined }) {
  if (words) return words;
  if (examined !== undefined) {
    const counted = word("page.of_patients", { affected, examined });
    return examined ? `${counted} (${percent(affected / examined)})` : counted;
  }
  return share === undefined ? word("page.frequency_not_given") : percent(share);
}

/** A PMID as a link that sends nothing of this page along, with a button to copy it; any other reference as text. */
function citation(reference) {
  const pmid = /^PMID:([0-9]{1,9})$/.exec(reference);
  if (!pmid) return el("span", { class: "reference" }, reference);
  const href = `https://pubmed.ncbi.nlm.nih.gov/${pmid[1]}/`;
  const copy = el("button", { type: "button", class: "copy", "aria-label": word("page.copy_of", { id: reference }) }, word("page.copy"));
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(reference);
    copy.textContent = word("page.copied");
    setTimeout(() => (copy.textContent = word("page.copy")), 1500);
  });
  const link = el("a", { href, target: "_blank", rel: "noreferrer noopener" }, reference);
  return el("span", { class: "reference" }, link, copy);
}

function signed(nats) {
  const size = Math.abs(nats).toFixed(2);
  return Number(size) === 0 ? "0" : `${nats < 0 ? "−" : "+"}${size}`;
}
