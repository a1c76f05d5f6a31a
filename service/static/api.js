// The service, as promises. A problem+json answer becomes a Problem whose message can be shown.

import { word } from "./dom.js";

export class Problem extends Error {}

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(word("page.unreachable"));
  }
  if (response.ok) return response.json();
  if (response.status === 401 && ["/", "/cases"].includes(location.pathname)) location.assign("/sign-in"); // the session has ended
  const problem = await response.json().catch(() => ({}));
  const faults = (problem.errors ?? []).map((fault) => `${fault.what} ${fault.mend}`);
  throw new Problem(faults.length ? faults.join(" ") : problem.detail ?? word("page.failed"));
}

/** The token of the session, without which no change is taken. */
function csrf() {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  return token ? { "X-CSRF-Token": token } : {};
}

export function post(path, body, signal) {
  return answer(
    fetch(`/api/v1/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...csrf() },
      body: JSON.stringify(body),
      signal,
    }),
  );
}

export const signOut = () => answer(fetch("/api/v1/sessions/current", { method: "DELETE", headers: csrf() }));

export const assess = (body, signal) => post("assess", body, signal);
export const rank = (body, signal) => post("rank", body, signal);
export const suggest = (body, signal) => post("suggest", body, signal);
export const extract = (body, signal) => post("extract", body, signal);

const get = (path) => answer(fetch(`/api/v1/${path}`));

/** The release in use: how old it is, and whether another has been put in place. */
export const state = () => get("knowledge");

/** A page of kept cases; `wanted` holds what they are to be like, and the cursor of the page before. */
export function worklist(wanted) {
  const given = Object.entries(wanted).filter(([, value]) => value);
  return get(`cases?${new URLSearchParams(given)}`);
}

/** All that the release holds of a disease. */
export const diseaseRecord = (id) => get(`diseases/${id}`);

export const keptCase = (id) => get(`cases/${id}`);
export const keptReport = (id, report) => get(`cases/${id}/reports/${report}`);

/** Terms whose wordings begin so. */
export function terms(query, signal) {
  return answer(fetch(`/api/v1/terms?limit=12&q=${encodeURIComponent(query)}`, { signal }));
}
