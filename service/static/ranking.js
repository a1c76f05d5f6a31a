// The ranking: rows glide to their new place, a citation is copied, two diseases are compared at most, and on a kept
// case the time is taken for which evidence is read. Where a disease stood and what is open, the server knows.

import { announce } from "./announcing.js";
import { at, word } from "./dom.js";

const LONGEST = 600; // seconds of one look that count at most
const LEAST = 1;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const rows = () => document.querySelectorAll("#diseases > li");
const tops = () => new Map([...rows()].map((row) => [row.dataset.id, row.getBoundingClientRect().top]));
const order = () => [...rows()].map((row) => row.dataset.id).join();

let before = new Map();
let stood = "";

/** What is ticked is what the server says: a morph leaves a box as it was last pressed. */
function untick() {
  for (const box of document.querySelectorAll("#ranking input[name=compare]")) box.checked = box.hasAttribute("checked");
}

/** Rows whose order has changed glide there; what leads now is told to those who do not see it. */
function settle() {
  const now = order();
  if (now !== stood && now) announce(word("page.announce_rank", { name: at("ranking").dataset.first }));
  if (now !== stood && stood && !calm.matches) {
    for (const row of rows()) {
      const top = before.get(row.dataset.id);
      const way = top === undefined ? 0 : top - row.getBoundingClientRect().top;
      const timing = { duration: 420, easing: "cubic-bezier(.2, .7, .2, 1)" };
      if (way) row.animate([{ transform: `translateY(${way}px)` }, { transform: "none" }], timing);
      else if (top === undefined) row.animate([{ opacity: 0 }, { opacity: 1 }], timing);
    }
  }
  stood = now;
}

/** Copy a citation; where the browser gives no clipboard (a site without TLS), as its old command does. */
async function copy(button) {
  const text = button.dataset.copies;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    button.after(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  button.textContent = word("page.copied");
  setTimeout(() => (button.textContent = word("page.copy")), 1500);
}

/** A third disease cannot be ticked while the answer to the second is awaited. */
function limit(box) {
  const boxes = [...document.querySelectorAll("#ranking input[name=compare]")];
  const full = boxes.filter((each) => each.checked).length >= 2;
  for (const each of boxes) each.disabled = full && !each.checked && each !== box;
}

/** By disease: its rank when it was opened, seconds read so far, and since when (null while it is out of sight). */
const clocks = new Map();
const inSight = new Set();
const sight = typeof IntersectionObserver === "function" ? new IntersectionObserver(seen) : null;

function seen(entries) {
  for (const { target, isIntersecting } of entries) inSight[isIntersecting ? "add" : "delete"](target.id);
  tick();
}

/** Stop or start each clock: it runs while the evidence is on a screen that is looked at. */
function tick() {
  const now = performance.now();
  for (const [id, clock] of clocks) {
    if (clock.since !== null) clock.seconds += (now - clock.since) / 1000;
    const running = !document.hidden && (!sight || inSight.has(`evidence-${id.replace(":", "-")}`));
    clock.since = running ? now : null;
  }
}

/** Tell the server what was read of one disease; nothing of it is kept here. */
function send(base, { rank, seconds }) {
  if (seconds < LEAST) return;
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const body = new URLSearchParams({ rank, seconds: Math.min(seconds, LONGEST).toFixed(1) });
  fetch(`${base}/evidence-look`, { method: "POST", body, keepalive: true, headers: token ? { "X-CSRF-Token": token } : {} }).catch(() => {});
}

/** Start a clock for evidence that was opened, and end it where it was closed. */
function follow() {
  const { base } = at("bench").dataset;
  if (!base.startsWith("/cases/")) return;
  const open = new Map([...document.querySelectorAll("#diseases .evidence")].map((panel) => [panel.parentElement.dataset.id, panel]));
  tick();
  for (const [id, clock] of clocks) {
    if (open.has(id)) continue;
    clocks.delete(id);
    send(base, clock);
  }
  for (const [id, panel] of open) {
    sight?.observe(panel);
    if (!clocks.has(id)) clocks.set(id, { rank: panel.parentElement.dataset.rank, seconds: 0, since: null });
  }
  tick();
}

/** The page is left, or out of sight: what was read so far is told. */
function leave() {
  tick();
  for (const clock of clocks.values()) {
    send(at("bench").dataset.base, clock);
    clock.seconds = 0;
  }
}

export function wireRanking() {
  document.addEventListener("htmx:before:swap", () => (before = tops()));
  document.addEventListener("htmx:after:swap", () => {
    untick();
    settle();
    follow();
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-copies]");
    if (button) copy(button);
  });
  document.addEventListener("change", ({ target }) => target.matches("#ranking input[name=compare]") && limit(target), true);
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : tick()));
  addEventListener("pagehide", leave);
  document.addEventListener("submit", ({ target }) => target.id === "sign" && leave(), true); // it was read before signing
  stood = order();
  follow();
}
