// The page of kept cases: a list with what is stale in it, and the case that was chosen, as it is kept.

import * as api from "./api.js";
import { at, el, say, word } from "./dom.js";
import { dateOf, marks, showKept } from "./kept_case.js";
import { watchKnowledge } from "./knowledge.js";

let next = null;
let chosen = null;

/** Do `work` with the page inert; what goes wrong is said in its own words. */
async function guarded(work) {
  say(at("message"), "");
  try {
    return await work();
  } catch (error) {
    say(at("message"), error instanceof api.Problem ? error.message : word("page.failed"));
    at("message").scrollIntoView({ block: "nearest" });
  }
}

async function list(cursor = null) {
  const page = await api.worklist({ status: at("state").value, cursor });
  const rows = page.cases.map((one) => row(one, page.knowledge_in_use));
  if (cursor) at("cases").append(...rows);
  else at("cases").replaceChildren(...rows);
  next = page.next;
  at("more").hidden = !next;
  at("cases-empty").hidden = at("cases").childElementCount > 0;
  pointAt(chosen);
}

function row(one, inUse) {
  const last = one.last_report;
  const reported = last && { date: dateOf(last.created), leading: last.leading[0] ?? word("kept.led_by_none") };
  return el(
    "li",
    { class: "kept", "data-id": one.id },
    el(
      "a",
      { href: `#${one.id}` },
      el("span", { class: "kept-id" }, one.id.slice(0, 8)),
      el("span", { class: `chip ${one.status}` }, word(`kept.${one.status}`)),
      el("span", { class: "hint" }, word("kept.changed", { date: dateOf(one.changed) })),
      el("span", { class: "hint kept-last" }, reported ? word("kept.reported", reported) : word("kept.not_assessed")),
      last && marks({ ...last, knowledge_in_use: inUse }),
    ),
  );
}

function pointAt(id) {
  for (const item of at("cases").children) {
    const link = item.querySelector("a");
    if (item.dataset.id === id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/** Show the case named in the address, and the report `reportId` of it (the last one if left out). */
async function open(reportId) {
  const id = location.hash.slice(1);
  chosen = /^[0-9a-f]{32}$/.test(id) ? id : null;
  pointAt(chosen);
  at("kept").hidden = !chosen;
  at("kept-empty").hidden = Boolean(chosen);
  if (!chosen) return;
  const kept = await api.keptCase(id);
  const named = kept.reports.find((report) => report.id === reportId) ?? kept.reports.at(-1);
  const report = named && (await api.keptReport(id, named.id));
  if (location.hash.slice(1) === id) showKept(kept, report, { choose, assess, sign });
}

const choose = (reportId) => guarded(() => open(reportId));

async function assess(id) {
  at("announcer").textContent = word("kept.assessing");
  await guarded(async () => {
    await api.post(`cases/${id}/assess`, {});
    at("announcer").textContent = word("kept.assessed");
    await Promise.all([open(), list()]);
    at("kept-title").focus();
  });
}

async function sign(id, path, body) {
  await guarded(async () => {
    await api.post(`cases/${id}/${path}`, body);
    at("announcer").textContent = word("kept.was_signed");
    await Promise.all([open(body.report), list()]);
    at("kept-title").focus();
  });
}

const refresh = () => guarded(() => Promise.all([list(), open(), watchKnowledge()]));

at("state").addEventListener("change", () => guarded(() => list()));
at("refresh").addEventListener("click", refresh);
at("more").addEventListener("click", () => guarded(() => list(next)));
at("sign-out").addEventListener("click", () => guarded(() => api.signOut().then(() => location.replace("/sign-in"))));
addEventListener("hashchange", () => guarded(() => open()).then(() => chosen && at("kept-title").focus()));
refresh();
