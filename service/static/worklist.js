// The worklist by keys: j and k move, Enter opens, / searches, n begins a new case.

import { at } from "./dom.js";
import { watchKnowledge } from "./knowledge.js";
import { wireRequests } from "./requests.js";

const links = () => [...document.querySelectorAll(".worklist th a")];

function move(way) {
  const all = links();
  const now = all.indexOf(document.activeElement);
  all[Math.max(0, Math.min(all.length - 1, now < 0 ? 0 : now + way))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const does = { j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1), "/": () => at("query").focus() }[event.key];
  if (event.key === "n") document.querySelector(".new-case summary")?.click();
  else if (!does) return;
  event.preventDefault();
  does?.();
});

wireRequests();
watchKnowledge();
