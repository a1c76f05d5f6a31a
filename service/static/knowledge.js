// What must be known of the release in use: that it is old, or that another lies on the disk since the service started.
// Asked again when the page is looked at again; never by a clock, which would keep a session alive that nobody uses.

import { state } from "./api.js";
import { at, el } from "./dom.js";

async function look() {
  const { notices } = await state();
  const box = at("knowledge-state");
  box.hidden = !notices.length;
  const told = [...box.children].map((line) => line.textContent);
  if (told.join() !== notices.join()) box.replaceChildren(...notices.map((sentence) => el("p", {}, sentence)));
}

/** Show it whenever the page comes into sight again; the page itself came with what holds now. */
export function watchKnowledge() {
  const quietly = () => look().catch(() => {}); // what fails here fails for the page's own requests too, which say so
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && quietly());
}
