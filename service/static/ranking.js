// The diseases at their ranks. Rows move to their new place, and say how far they moved.

import { at, el, englishName, percent, say, wide, word } from "./dom.js";
import { evidence, segmentClass } from "./evidence.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** The list of diseases; it remembers which are open and where each stood. */
export class RankingView {
  constructor() {
    this.list = at("diseases");
    this.open = new Set();
    this.stood = null;
  }

  /** Show diseases; `theCase` lends the words of the note to the evidence. */
  show(answer, theCase) {
    const tops = this.#tops();
    const scale = scaleOf(answer.diseases);
    this.list.replaceChildren(...answer.diseases.map((disease) => this.#row(disease, scale, theCase)));
    at("diseases-empty").hidden = answer.diseases.length > 0;
    at("bars-legend").hidden = answer.diseases.length === 0;
    const values = { considered: answer.considered.toLocaleString("en"), findings: answer.findings };
    say(at("diseases-of"), answer.diseases.length ? word("page.diseases_of", values) : "");
    this.#move(tops);
    this.stood = new Map(answer.diseases.map((disease) => [disease.id, disease.rank]));
  }

  clear() {
    this.show({ diseases: [], considered: 0, findings: 0 }, null);
    this.stood = null;
  }

  /** Start over: the next ranking is not compared with this one. */
  forget() {
    this.stood = null;
    this.open.clear();
  }

  #row(disease, scale, theCase) {
    const open = this.open.has(disease.id);
    const panelId = `evidence-${disease.id.replace(":", "-")}`;
    const panel = el("div", { class: "evidence", id: panelId, hidden: !open });
    const fill = () => panel.childElementCount || panel.append(...evidence(disease, theCase));
    if (open) fill();
    const head = el(
      "button",
      { type: "button", class: "disease-head", "aria-expanded": String(open), "aria-controls": panelId },
      el("span", { class: "rank" }, rankWords(disease)),
      el("span", { class: "name" }, disease.name, englishName(disease.name_en)),
      el("span", { class: "belief" }, this.#moved(disease), belief(disease)),
      el("span", { class: "ids" }, [disease.id, ...disease.also].join(" · "), remark(disease)),
      bars(disease, scale),
    );
    head.addEventListener("click", () => {
      const opening = panel.hidden;
      if (opening) fill();
      panel.hidden = !opening;
      head.setAttribute("aria-expanded", String(opening));
      this.open[opening ? "add" : "delete"](disease.id);
    });
    return el("li", { class: "disease", "data-id": disease.id }, head, panel);
  }

  #moved(disease) {
    if (!this.stood) return null;
    const before = this.stood.get(disease.id);
    if (before === undefined) return el("span", { class: "moved rose" }, word("page.entered"));
    const count = Math.round(before - disease.rank);
    if (!count) return null;
    const text = word(count > 0 ? "page.rose" : "page.fell", { count: Math.abs(count) });
    const sign = `${count > 0 ? "▲" : "▼"} ${Math.abs(count)}`;
    return el("span", { class: `moved ${count > 0 ? "rose" : "fell"}`, title: text, "aria-label": text }, sign);
  }

  #tops() {
    return new Map([...this.list.children].map((row) => [row.dataset.id, row.getBoundingClientRect().top]));
  }

  #move(tops) {
    if (calm.matches) return;
    for (const row of this.list.children) {
      const before = tops.get(row.dataset.id);
      const way = before === undefined ? 0 : before - row.getBoundingClientRect().top;
      const easing = { duration: 420, easing: "cubic-bezier(.2, .7, .2, 1)" };
      if (way) row.animate([{ transform: `translateY(${way}px)` }, { transform: "none" }], easing);
      else if (before === undefined && tops.size) row.animate([{ opacity: 0 }, { opacity: 1 }], easing);
    }
  }
}

/** Ties are told as ties: two at the top share ranks 1 to 2. */
export function rankWords({ rank, tied_with: tied }) {
  return tied ? `${rank - tied / 2}–${rank + tied / 2}` : String(rank);
}

function remark({ tied_with: tied, borrowed, from_kin_words: ofKin, contradictions = [] }) {
  const said = ofKin ? [ofKin] : [];
  const against = contradictions.length;
  if (against) said.push(word(against === 1 ? "page.contradicted_one" : "page.contradicted_by", { count: against }));
  if (tied) said.push(word(tied === 1 ? "page.tied_one" : "page.tied", { count: tied }));
  if (borrowed) said.push(word("page.borrowed"));
  return said.length ? el("span", { class: "remark" }, said.join("; ")) : null;
}

function belief({ probability, confidence }) {
  if (probability === undefined) return null;
  return el("span", { title: word("page.share", { percent: percent(probability) }) }, [
    el("strong", {}, percent(probability)),
    ` ${confidence}`,
  ]);
}

/** The longest bars of the list, so that one nat is as wide in every row. */
function scaleOf(diseases) {
  const sums = diseases.map((disease) => sides(disease));
  return { up: Math.max(0, ...sums.map((sum) => sum.up)), down: Math.max(0, ...sums.map((sum) => sum.down)) };
}

function sides({ contributions }) {
  const sum = (sign) => contributions.reduce((total, { nats }) => total + Math.max(0, sign * nats), 0);
  return { up: sum(1), down: sum(-1) };
}

/** One segment a finding: to the left what speaks against the disease, to the right what speaks for it. */
function bars(disease, scale) {
  const whole = scale.up + scale.down || 1;
  const side = (name, share, parts, full) =>
    wide(
      el(
        "span",
        { class: name },
        parts.map((part) =>
          wide(el("span", { class: segmentClass(part), title: segmentTitle(part) }), Math.abs(part.nats) / (full || 1)),
        ),
      ),
      share,
    );
  const against = disease.contributions.filter((part) => part.nats < 0).reverse();
  const supporting = disease.contributions.filter((part) => part.nats > 0);
  return el(
    "span",
    { class: "bars", "aria-hidden": "true" },
    side("down", scale.down / whole, against, scale.down),
    side("up", scale.up / whole, supporting, scale.up),
  );
}

function segmentTitle(part) {
  return `${part.label}: ${word("page.nats", { value: (part.shown ?? part.nats).toFixed(2) })}`;
}
