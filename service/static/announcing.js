// What has changed, told to those who do not see it: what several parts have to say at once is told in one breath.

import { at } from "./dom.js";

const TOGETHER = 80; // milliseconds
let waiting = [];

export function announce(text) {
  if (!text) return;
  waiting.push(text);
  if (waiting.length > 1) return;
  setTimeout(() => {
    at("announcer").textContent = waiting.join(" ");
    waiting = [];
  }, TOGETHER);
}
