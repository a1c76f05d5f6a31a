// One kept case: its findings, notes, reports and signatures, and a report as it was shown when it was made.

import { at, el, englishName, say, word } from "./dom.js";
import { testOf } from "./known.js";
import { RankingView } from "./ranking.js";
import { clearTests, showTests } from "./tests.js";

const ranking = new RankingView();
const moment = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
const MAY = new Set(at("kept").dataset.may.split(" "));
let shownReport = null;

/** A moment in the reader's own zone. */
export const dateOf = (iso) => moment.format(new Date(iso));

/** What is stale about a report: null where nothing is. */
export function marks({ stale, knowledge_stale: older, knowledge, knowledge_in_use: inUse }) {
  const said = [];
  if (older) said.push(word("kept.knowledge_stale", { old: knowledge, new: inUse }));
  if (stale) said.push(word("kept.stale"));
  return said.length ? said.map((words) => el("span", { class: "stale" }, words)) : null;
}

/** Show `kept` with `report` of it (undefined where there is none); `on.choose`, `on.assess`, `on.sign` act on it. */
export function showKept(kept, report, on) {
  at("kept-title").textContent = word("kept.case", { id: kept.id.slice(0, 8) });
  at("kept-state").textContent = word(`kept.${kept.status}`);
  say(at("kept-who"), who(kept));
  say(at("kept-glass"), kept.broken_glass ? word("kept.broken_glass") : "");
  const latest = kept.reports.at(-1);
  at("kept-stale").replaceChildren(...((latest && marks(latest)) ?? []));
  const again = at("assess-again");
  again.hidden = !MAY.has("write_cases") || kept.broken_glass;
  again.textContent = word(latest ? "kept.assess_again" : "kept.assess");
  again.onclick = () => busy(again, () => on.assess(kept.id));
  fill("kept-stated", kept.features.map(stated));
  fill("kept-known", knownOf(kept));
  fill("kept-notes", kept.notes.map(note));
  fill("kept-reports", kept.reports.map((each) => choice(each, report, on.choose)).reverse());
  fill("kept-signatures", kept.sign_offs.map(signature));
  showReport(report, latest);
  showSigning(kept, report, on.sign);
}

function who({ patient, sex, age_days: days }) {
  const named = [patient.name, patient.number].filter(Boolean).join(" · ");
  return [named, word("kept.patient", { sex: word(`page.sex_${sex}`), age: age(days) })].filter(Boolean).join(" · ");
}

function age(days) {
  if (days === undefined) return word("kept.age_unknown");
  if (days < 61) return word("kept.days", { count: days });
  return days < 731 ? word("kept.months", { count: Math.floor(days / 30.44) }) : word("kept.years", { count: Math.floor(days / 365.2425) });
}

/** A list, or a word that it holds nothing. */
function fill(id, items) {
  at(id).replaceChildren(...(items.length ? items : [el("li", { class: "hint" }, word("kept.no_findings"))]));
}

function stated({ type, label, label_en: english, assertion }) {
  return el(
    "li",
    {},
    el("span", { class: "label" }, label ?? type),
    englishName(english),
    el("span", { class: "id" }, ` ${type} `),
    el("span", { class: `chip ${assertion}` }, word(`page.${assertion}`)),
  );
}

/** Tests already done, and the family, as they were told. */
function knownOf({ tests_done: done, family_history: family, acutely_ill: acutely }) {
  const tests = done.map((test) => [testOf(test), word(`page.done_${test.result}`), test.year].filter(Boolean).join(", "));
  const told = Object.entries(family).filter(([, value]) => value !== null);
  const relatives = told.map(([flag, value]) => `${word(`page.${flag}`)}: ${word(value ? "page.yes" : "page.no")}`);
  return [...tests, ...relatives, ...(acutely ? [word("page.acutely_ill")] : [])].map((words) => el("li", {}, words));
}

function note({ text, date, created, masked }) {
  const when = date ?? dateOf(created);
  return el(
    "li",
    {},
    el("p", { class: "hint" }, when, masked ? ` · ${word("kept.masked")}` : ""),
    el("p", { class: "read-note", tabindex: 0 }, text),
  );
}

function choice(each, report, choose) {
  const words = word("kept.report", { date: dateOf(each.created), knowledge: each.knowledge });
  const current = each.id === report?.id ? "true" : null;
  const press = () => choose(each.id);
  return el("li", {}, el("button", { type: "button", class: "quiet", "aria-current": current, onclick: press }, words), marks(each));
}

function signature({ reader, created, decision, disease, reason, intact }) {
  const decided = [word(decision === "none" ? "kept.none_of_them" : `kept.${decision}`), disease].filter(Boolean).join(", ");
  return el(
    "li",
    {},
    el("p", {}, word("kept.signature", { reader, date: dateOf(created), decision: decided })),
    el("q", {}, reason),
    intact ? null : el("p", { class: "stale" }, word("kept.not_intact")),
  );
}

/** The report as it was shown, with what has become stale since at its head. */
function showReport(report, latest) {
  at("report").hidden = !report;
  if (report?.id !== shownReport) ranking.forget();
  shownReport = report?.id ?? null;
  if (!report) return;
  const { shown } = report;
  at("report-title").textContent = word("kept.shown", { date: dateOf(report.created) });
  const said = marks(report) ?? [];
  if (report.stale || report.id !== latest.id) said.push(el("span", { class: "stale" }, word("kept.superseded")));
  at("report-stale").replaceChildren(...said);
  fill("report-findings", shown.features.map((feature) => stated({ ...feature, type: feature.id })));
  ranking.show(shown, null);
  if (shown.diseases.length) showTests(shown);
  else clearTests();
}

/** The form of a signature, where the case waits for one and the report may be signed. */
function showSigning(kept, report, sign) {
  const second = kept.status === "waiting";
  const may = second ? MAY.has("second_sign") : kept.status === "draft" && MAY.has("sign");
  const form = at("signing");
  form.hidden = !(may && report && !report.stale && !kept.broken_glass);
  form.reset();
  at("signing-stale").replaceChildren(...((report && marks(report)) ?? []));
  at("sign").textContent = word(second ? "kept.sign_second" : "kept.sign");
  form.onsubmit = (event) => {
    event.preventDefault();
    const disease = at("disease").value.trim();
    const body = { report: report.id, decision: at("decision").value, reason: at("reason").value };
    const path = second ? "second-sign-off" : "sign-off";
    busy(at("sign"), () => sign(kept.id, path, disease ? { ...body, disease } : body));
  };
}

/** While it is answered, a button is not pressed again. */
async function busy(button, work) {
  button.disabled = true;
  await work();
  button.disabled = false;
}
