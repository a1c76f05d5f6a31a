// Add a finding: a combobox over the terms of the release.

import { Problem, terms } from "./api.js";
import { at, debounced, el, englishName, say, word } from "./dom.js";

/** Wire the search up; `add(term)` is called with the term chosen, `has(id)` says which are listed already. */
export function wireSearch(add, has) {
  const input = at("search");
  const box = at("hits-box");
  const list = at("hits");
  let hits = [];
  let active = -1;
  let asking = new AbortController();

  function close() {
    box.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    const hit = hits[index];
    if (!hit || has(hit.id)) return;
    input.value = "";
    close();
    add(hit);
    input.focus();
  }

  function move(to) {
    if (!hits.length) return;
    active = (to + hits.length) % hits.length;
    for (const [index, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(index === active));
    }
    input.setAttribute("aria-activedescendant", `hit-${active}`);
    list.children[active].scrollIntoView({ block: "nearest" });
  }

  function show(found) {
    hits = found.terms;
    list.replaceChildren(...hits.map(option));
    const hint = found.problem ?? (hits.length ? (hits[0].near ? word("page.add_near") : "") : word("page.add_none"));
    say(at("hits-hint"), hint);
    say(at("hits-more"), found.truncated ? word("page.add_more", { shown: hits.length, total: found.total }) : "");
    box.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (hits.length) move(0);
  }

  function option(hit, index) {
    const note = has(hit.id) ? word("page.add_already") : [hit.label, hit.label_en].includes(hit.matched) ? "" : hit.matched;
    return el(
      "li",
      {
        id: `hit-${index}`,
        role: "option",
        "aria-disabled": has(hit.id) ? "true" : null,
        title: hit.definition,
        onmousedown: (event) => (event.preventDefault(), choose(index)),
      },
      el("span", { class: "label" }, hit.label),
      englishName(hit.label_en),
      el("span", { class: "id" }, hit.id),
      note && el("span", { class: "matched" }, note),
    );
  }

  const ask = debounced(async () => {
    asking.abort();
    asking = new AbortController();
    const query = input.value.trim();
    if (!query) return close();
    try {
      show(await terms(query, asking.signal));
    } catch (error) {
      if (error instanceof Problem) show({ terms: [], problem: error.message, truncated: false });
    }
  }, 120);

  input.addEventListener("input", ask);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(active + 1);
    else if (event.key === "ArrowUp") move(active - 1);
    else if (event.key === "Enter" && !event.ctrlKey) choose(active);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}
