// Lists that the service makes, to the clipboard.

import { at, say, word } from "./dom.js";

async function copy(button) {
  const response = await fetch(button.dataset.copiesFrom);
  if (!response.ok) return say(at("message"), word("page.failed"));
  await navigator.clipboard.writeText(await response.text());
  at("announcer").textContent = word("page.copied");
  button.textContent = word("page.copied");
}

export function wireCopying() {
  document.addEventListener("click", ({ target }) => target.dataset?.copiesFrom && copy(target).catch(() => say(at("message"), word("page.failed"))));
}
