// The genes that the diseases imply, each with its diseases, their inheritance, and where the link is from.

import { rankWords } from "./ranking.js";
import { at, el, percent, word } from "./dom.js";

const SHOWN = 5;

/** Show the genes of an answer. */
export function showGenes(answer) {
  const genes = answer.genes ?? [];
  const links = new Set(genes.flatMap((gene) => gene.diseases.map(link)));
  const rows = genes.map((gene) => row(gene, links.size > 1));
  at("genes-panel").hidden = !answer.diseases.length;
  at("genes-none").hidden = genes.length > 0;
  at("genes-hint").hidden = !genes.length;
  at("genes-link").textContent = links.size === 1 ? word("page.links", { link: [...links][0] }) : "";
  at("genes").replaceChildren(...rows.slice(0, SHOWN));
  const rest = rows.slice(SHOWN);
  at("genes-more").replaceChildren(
    ...(rest.length ? [el("details", {}, el("summary", {}, word("page.more_genes", { count: rest.length })), el("ol", { class: "gene-list" }, rest))] : []),
  );
}

export function clearGenes() {
  showGenes({ diseases: [] });
}

function row(gene, withLinks) {
  const diseases = gene.diseases.map((disease) => ofDisease(disease, withLinks));
  if (gene.diseases_more) diseases.push(el("li", { class: "hint" }, word("page.more_diseases", { count: gene.diseases_more })));
  return el(
    "li",
    { class: "gene" },
    el("span", { class: "rank" }, rankWords(gene)),
    el("span", { class: "symbol" }, gene.symbol),
    el("strong", {}, percent(gene.belief)),
    el("ul", { class: "gene-diseases" }, diseases),
  );
}

function ofDisease(given, withLink) {
  const modes = given.inheritance.map((mode) => el("span", { title: mode.references.join(", ") }, mode.label));
  return el(
    "li",
    {},
    el("span", { title: [given.name_en, given.disease].filter(Boolean).join(", ") }, given.name),
    " · ",
    modes.length ? modes.flatMap((mode, n) => (n ? [", ", mode] : [mode])) : word("page.inheritance_unknown"),
    withLink ? el("span", { class: "hint" }, " · ", link(given)) : null,
  );
}

/** What the source says of the pair; told once below the list where it is the same for all. */
function link({ association: type, source, dated }) {
  const association = type && type !== "NOT_STATED" ? type : word("page.no_association");
  return word("page.link", { association, source, dated });
}
