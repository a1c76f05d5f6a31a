// What every request of a page has in common: the session's token, one shape of error, work that takes a while, and a
// session that has ended while someone was writing.

import { at, say, word } from "./dom.js";

const SLOW = 400; // milliseconds after which work is shown to be going on
let asked = 0;

const tokenOf = () => document.querySelector('meta[name="csrf-token"]');

/** The faults of a problem+json, in its own words. */
function words(text) {
  let problem = {};
  try {
    problem = JSON.parse(text);
  } catch {
    // an answer that is not ours, such as a proxy's
  }
  const faults = (problem.errors ?? []).map((fault) => `${fault.what} ${fault.mend}`);
  return faults.length ? faults.join(" ") : problem.detail ?? word("page.failed");
}

function tell(text) {
  say(at("message"), text);
  if (text) at("message").scrollIntoView({ block: "nearest" });
}

/** Someone's session has ended: they sign in beside what they have typed, and what was asked is asked again. */
async function signInAgain(again) {
  const dialog = at("again");
  if (!dialog) return location.assign("/sign-in");
  dialog.showModal();
  dialog.querySelector("form").onsubmit = async (event) => {
    event.preventDefault();
    const form = event.target;
    const body = JSON.stringify({ name: form.elements.name.value, password: form.elements.password.value });
    form.elements.password.value = "";
    const response = await fetch("/api/v1/sessions", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) return say(dialog.querySelector(".message"), answer.detail ?? word("page.failed"));
    tokenOf().content = answer.csrf;
    dialog.close();
    again();
  };
}

export function wireRequests() {
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const token = tokenOf()?.content;
    if (token) ctx.request.headers["X-CSRF-Token"] = token;
  });
  document.addEventListener("htmx:before:request", () => {
    tell("");
    asked += 1;
    setTimeout(() => document.documentElement.classList.toggle("working", asked > 0), SLOW);
  });
  document.addEventListener("htmx:finally:request", () => {
    asked = Math.max(0, asked - 1);
    if (!asked) document.documentElement.classList.remove("working");
  });
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    if (ctx.response.status !== 401) return tell(words(ctx.text));
    const element = ctx.sourceElement;
    signInAgain(() => (element.matches("form") ? element.requestSubmit(ctx.request.submitter) : element.click()));
  });
  document.addEventListener("htmx:error", ({ detail }) => {
    if (detail.error?.name !== "AbortError") tell(word("page.unreachable"));
  });
  at("sign-out")?.addEventListener("click", async () => {
    const response = await fetch("/api/v1/sessions/current", { method: "DELETE", headers: { "X-CSRF-Token": tokenOf()?.content ?? "" } });
    if (response.ok) location.replace("/sign-in");
    else tell(words(await response.text()));
  });
}
