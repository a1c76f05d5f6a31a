// The bench: what htmx does not do by itself.

import { at, say, word } from "./dom.js";

document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token) event.detail.ctx.request.headers["X-CSRF-Token"] = token;
});

document.addEventListener("htmx:before:request", () => say(at("message"), ""));

/** One shape of error, told in its own words. */
document.addEventListener("htmx:response:error", (event) => {
  const { text } = event.detail.ctx;
  let problem = {};
  try {
    problem = JSON.parse(text);
  } catch {
    // not ours
  }
  const faults = (problem.errors ?? []).map((fault) => `${fault.what} ${fault.mend}`);
  say(at("message"), faults.length ? faults.join(" ") : problem.detail ?? word("page.failed"));
});

document.addEventListener("htmx:error", () => say(at("message"), word("page.unreachable")));
