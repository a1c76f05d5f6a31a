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

const get = (path) => answer(fetch(`/api/v1/${path}`));

/** The release in use: how old it is, and whether another has been put in place. */
export const state = () => get("knowledge");
