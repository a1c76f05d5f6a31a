// The page: a note in, findings to correct, diseases and tests that follow every correction.

import * as api from "./api.js";
import { clearQuestions, showQuestions } from "./ask_next.js";
import { Case } from "./case.js";
import { at, debounced, el, say, word } from "./dom.js";
import { focusAt, goTo, showFindings } from "./findings.js";
import { clearGenes, showGenes } from "./genes.js";
import { watchKnowledge } from "./knowledge.js";
import { known, wireKnown } from "./known.js";
import { pointAt, showNote } from "./note.js";
import { RankingView } from "./ranking.js";
import { wireSearch } from "./search.js";
import { clearTests, showTests } from "./tests.js";
import { UnreadWords } from "./unread.js";

const LONGEST = 1_000_000;
const theCase = new Case();
const ranking = new RankingView();
const unread = new UnreadWords(patient, (term, span) => (theCase.add(term, "observed", [span]), showCase(), rankSoon()));
let wasRead = false;
let working = new AbortController();

function patient() {
  const years = at("years").value.trim();
  const months = at("months").value.trim();
  const parts = (years ? `${Number(years)}Y` : "") + (months ? `${Number(months)}M` : "");
  return parts ? { sex: at("sex").value, age: `P${parts}` } : { sex: at("sex").value };
}

async function guarded(work) {
  working.abort();
  working = new AbortController();
  try {
    say(at("message"), "");
    await work(working.signal);
  } catch (error) {
    if (error.name !== "AbortError") say(at("message"), error instanceof api.Problem ? error.message : word("page.failed"));
  }
}

async function read() {
  const text = at("text").value;
  if (!text.trim()) return say(at("message"), word("page.empty_note"));
  if (Array.from(text).length > LONGEST) return say(at("message"), word("page.too_long"));
  rankSoon.cancel(); // what it would have ranked is about to be replaced
  busy(true);
  await guarded(async (signal) => {
    const report = await api.assess({ notes: [{ id: "note", text }], ...patient(), ...known(), limit: 10 }, signal);
    theCase.read(text, report);
    wasRead = true;
    ranking.forget();
    showWriting(false);
    showCase();
    showAnswers(report, report, [...report.abstentions.map(abstentionWords), ...report.notices.map((notice) => notice.words)]);
    const values = { findings: report.features.length, diseases: report.diseases.length };
    at("announcer").textContent = word("page.announce_read", values);
  });
  busy(false);
}

/** While a note is read, findings cannot be changed: the reading would overwrite the change. */
function busy(yes) {
  at("read").disabled = yes;
  at("read").textContent = word(yes ? "page.reading" : "page.read");
  at("findings-panel").inert = yes;
}

const abstentionWords = ({ reason, mend }) => `${reason} ${mend}`;

function showWriting(writing) {
  at("writing").hidden = !writing;
  at("reading").hidden = writing;
  at("edit").hidden = !theCase.note;
  at("edit").textContent = word(writing ? "page.edit_end" : "page.edit");
  if (at("load-example")) at("load-example").hidden = !writing;
  if (writing) at("text").focus();
}

function showCase() {
  showNote(at("read-note"), theCase, goTo);
  showFindings(theCase, wasRead, {
    negate: (id) => change("negate", id, () => theCase.negate(id)),
    remove: (id) => change("remove", id, () => theCase.remove(id)),
    point: (id) => pointAt(at("read-note"), id),
  });
  unread.show(theCase);
}

function change(name, id, make) {
  const index = theCase.features.findIndex((feature) => feature.id === id);
  make();
  showCase();
  focusAt(index, name);
  rankSoon();
}

const rankSoon = debounced(() => guarded(rankNow), 60);

async function rankNow(signal) {
  const features = theCase.stated;
  if (!features.length) {
    clearAnswers();
    return showNotices([]);
  }
  const [ranked, plan] = await Promise.all([
    api.rank({ features, ...patient(), limit: 10 }, signal),
    api.suggest({ features, ...patient(), ...known() }, signal),
  ]);
  showAnswers(ranked, plan, ranked.notices.map((notice) => notice.words));
  at("announcer").textContent = word("page.announce_rank", { name: ranked.diseases[0]?.name ?? "–" });
}

function showAnswers(ranked, plan, notices) {
  ranking.show(ranked, theCase);
  showQuestions(ranked, (term, assertion) => (theCase.add(term, assertion), showCase(), focusAt(Infinity, "negate"), rankSoon()));
  showGenes(ranked);
  if (ranked.diseases.length) showTests(plan);
  else clearTests();
  showNotices(notices);
}

function clearAnswers() {
  ranking.clear();
  clearQuestions();
  clearGenes();
  clearTests();
}

function showNotices(sentences) {
  const box = at("notices");
  box.hidden = !sentences.length;
  box.replaceChildren(...[...new Set(sentences)].map((sentence) => el("p", {}, sentence)));
}

function undo() {
  if (!theCase.undo()) return;
  wasRead = theCase.note !== "";
  if (wasRead) at("text").value = theCase.note;
  showWriting(!wasRead);
  showCase();
  rankSoon();
}

/** Start editing the note, or leave it as it was read. */
function edit() {
  const writing = at("writing").hidden;
  if (!writing) at("text").value = theCase.note;
  showWriting(writing);
}

function loadExample() {
  const example = at("example");
  at("text").value = example.content.textContent;
  for (const name of ["sex", "years", "months"]) at(name).value = example.dataset[name];
  showWriting(true);
}

function wire() {
  at("case").addEventListener("submit", (event) => (event.preventDefault(), read()));
  at("edit").addEventListener("click", edit);
  at("undo").addEventListener("click", undo);
  at("load-example")?.addEventListener("click", loadExample);
  at("sign-out")?.addEventListener("click", () => guarded(() => api.signOut().then(() => location.replace("/sign-in"))));
  for (const name of ["sex", "years", "months"]) at(name).addEventListener("change", () => theCase.features.length && rankSoon());
  wireKnown(() => theCase.features.length && rankSoon());
  wireSearch((term) => (theCase.add(term), showCase(), rankSoon()), (id) => Boolean(theCase.of(id)));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("textarea, input, select");
    if (event.ctrlKey && event.key === "Enter") event.preventDefault(), read();
    else if (event.ctrlKey && event.key === "z" && !typing) event.preventDefault(), undo();
  });
  at("read").disabled = false; // until here a press would have sent the form, and the note would be gone
}

wire();
watchKnowledge();
