// Orphanet's definition of a disease, fetched when the disease is opened, with the words that the findings met marked.

import { diseaseRecord } from "./api.js";
import { el, word } from "./dom.js";

/** What was fetched, by disease; a failure is forgotten, so that opening again asks again. */
const fetched = new Map();

function record(id) {
  if (!fetched.has(id)) {
    const asked = diseaseRecord(id);
    asked.catch(() => fetched.delete(id));
    fetched.set(id, asked);
  }
  return fetched.get(id);
}

/** An element that fills itself; it takes no room where Orphanet describes no such disease. */
export function definition(disease) {
  const box = el("div", { class: "definitions" });
  record(disease.id).then(
    ({ descriptions }) => box.replaceChildren(...descriptions.filter((entry) => entry.definition).map((entry) => shown(entry, disease))),
    (problem) => box.replaceChildren(el("p", { class: "hint" }, problem.message)),
  );
  return box;
}

/** The words as they were written, and under them whose they are. */
function shown(entry, disease) {
  const lent = entry.relation === "own" || entry.relation === "exact" ? null : ` · ${word(`page.defines_${entry.relation}`)}`;
  return el(
    "figure",
    { class: "definition" },
    el("blockquote", { lang: "en" }, marked(entry, disease.contributions)),
    el(
      "figcaption",
      { class: "hint" },
      link(entry.id),
      ` ${entry.names[0]}`,
      lent,
      ` · ${entry.citation.replace(`${entry.id}. `, "")} · ${entry.released} · `,
      el("a", { href: "https://creativecommons.org/licenses/by/4.0/", target: "_blank", rel: "noreferrer noopener license" }, entry.licence),
    ),
  );
}

function link(id) {
  const href = `https://www.orpha.net/en/disease/detail/${id.replace("ORPHA:", "")}`;
  return el("a", { href, target: "_blank", rel: "noreferrer noopener" }, id);
}

/** The definition with every feature it speaks of underlined; those that met a finding stand out and say which. */
function marked({ id, definition: text, marks }, contributions) {
  const characters = Array.from(text); // offsets count Unicode code points
  const nodes = [];
  let at = 0;
  for (const mark of marks) {
    if (mark.start < at) continue;
    const met = contributions.filter((part) => meets(part, id, mark)).map((part) => part.label);
    const title = [`${mark.label} (${mark.id})`, ...met.map((label) => word("page.defines_finding", { label }))].join("\n");
    nodes.push(
      characters.slice(at, mark.start).join(""),
      el("mark", { class: met.length ? "observed" : "spoken-of", title }, characters.slice(mark.start, mark.end).join("")),
    );
    at = mark.end;
  }
  return [...nodes, characters.slice(at).join("")];
}

/** Whether these words are among those that a contribution stands on. */
function meets({ described = [], match, feature, through }, entry, { superterms }) {
  const term = match === "more_general" || match === "excluded_meets_present" ? feature : through;
  return described.some((each) => each.id === entry) && superterms.includes(term);
}
