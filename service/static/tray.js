// The tray: what a person has looked at and wants none of is put aside, on this page alone.

import { focusRow, listed } from "./bench_findings.js";
import { at, say } from "./dom.js";

const aside = new Set(); // ids of places

const places = () => [...document.querySelectorAll("#tray .suggestion")];
const shown = () => places().filter((each) => !each.hidden);

function show() {
  for (const each of places()) each.hidden = aside.has(each.id);
  const box = at("aside");
  if (!box) return;
  const count = places().length - shown().length;
  box.hidden = !count;
  say(box.querySelector("span"), count ? box.dataset.words.replace("{count}", count) : "");
}

/** Focus the place that now stands at `index`, or the last one. */
function focusPlace(index) {
  const left = shown();
  const next = left[Math.min(index, left.length - 1)];
  if (next) next.querySelector("button").focus();
  else if (!at("aside").hidden) at("aside").querySelector("button").focus();
  else focusRow(listed()[0]);
}

export function wireTray() {
  document.addEventListener("click", ({ target }) => {
    const place = target.closest?.("[data-puts-aside]")?.closest(".suggestion");
    if (place) {
      const index = shown().indexOf(place);
      aside.add(place.id);
      show();
      focusPlace(index);
    } else if (target.closest?.("[data-brings-back]")) {
      aside.clear();
      show();
      focusPlace(0);
    }
  });
  let index = -1;
  document.addEventListener("htmx:before:swap", () => {
    index = shown().indexOf(document.activeElement?.closest?.(".suggestion"));
  });
  document.addEventListener("htmx:after:swap", () => {
    show();
    if (index >= 0 && document.activeElement === document.body) focusPlace(index);
  });
  show();
}
