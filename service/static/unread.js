// Words of the note that look like a finding and were read as none: the nearest terms, for a person to accept.

import { extract, Problem } from "./api.js";
import { at, el, englishName, say, word } from "./dom.js";

/** Characters of the note shown to each side of the words; a word cut there is left out. */
const BESIDE = 40;

/** The part below the findings. Nothing is asked for before it is opened, and nothing of it is in the ranking. */
export class UnreadWords {
  /** `patient()` is what is known of the patient; `accept(term, span)` adds a term as the clinician's own statement. */
  constructor(patient, accept) {
    this.box = at("unread");
    this.patient = patient;
    this.accept = accept;
    this.note = "";
    this.asking = null;
    this.box.addEventListener("toggle", () => this.box.open && this.#look());
  }

  /** Follow the case: another note has other words, and a term that is listed cannot be added again. */
  show(theCase) {
    this.theCase = theCase;
    if (theCase.note !== this.note) this.#forget(theCase.note);
    for (const button of at("suggestions").querySelectorAll("button")) this.#mark(button);
  }

  #forget(note) {
    this.asking?.abort();
    this.asking = null;
    this.note = note;
    this.box.open = false;
    this.box.hidden = !note;
    at("unread-count").textContent = "";
    at("suggestions").replaceChildren();
    at("unread-hint").hidden = true;
    say(at("unread-end"), "");
    at("unread-state").textContent = "";
  }

  async #look() {
    if (this.asking) return;
    const asking = (this.asking = new AbortController());
    at("unread-state").className = "hint";
    at("unread-state").textContent = word("page.unread_looking");
    try {
      this.#fill(await extract({ text: this.note, suggestions: true, ...this.patient() }, asking.signal));
    } catch (error) {
      if (asking.signal.aborted) return;
      this.asking = null; // opening it again asks again
      at("unread-state").textContent = error instanceof Problem ? error.message : word("page.failed");
    }
  }

  #fill({ suggestions, suggestions_end: end, abstention }) {
    const found = suggestions ?? [];
    const characters = Array.from(this.note); // offsets count Unicode code points
    at("suggestions").replaceChildren(...found.map((suggestion) => this.#row(suggestion, characters)));
    at("unread-count").textContent = found.length || "";
    at("unread-hint").hidden = !found.length;
    say(at("unread-end"), end === undefined ? "" : word("page.unread_end", { end: end.toLocaleString("en") }));
    at("unread-state").className = found.length ? "unseen" : "hint"; // the count beside the heading shows it already
    at("unread-state").textContent = stateOf(suggestions, abstention);
  }

  #row({ start, end, text, terms }, characters) {
    const [from, to] = [Math.max(0, start - BESIDE), Math.min(characters.length, end + BESIDE)];
    const before = from ? `… ${characters.slice(from, start).join("").replace(/^\S*\s+/, "")}` : characters.slice(0, start).join("");
    const after = characters.slice(end, to).join("");
    const rest = to < characters.length ? `${after.replace(/\s+\S*$/, "")} …` : after;
    const title = el("p", { class: "unread-words" }, before, el("strong", {}, text), rest);
    const near = terms.map((term) => this.#term(term, { start, end, text }));
    return el("li", { class: "suggestion" }, title, el("ul", { class: "near", "aria-label": word("page.unread_near", { text }) }, near));
  }

  #term(term, span) {
    const press = () => this.theCase.of(term.id) || this.accept(term, span);
    const button = el("button", { type: "button", "data-id": term.id, "data-label": term.label, "data-text": span.text, onclick: press });
    this.#mark(button);
    const name = el("span", { class: "what" }, el("span", { class: "label" }, term.label), englishName(term.label_en), el("span", { class: "id" }, term.id));
    return el("li", {}, name, button);
  }

  /** What is listed says so and stays where it is, so that the focus does too. */
  #mark(button) {
    const { id, label, text } = button.dataset;
    const listed = Boolean(this.theCase.of(id));
    button.textContent = word(listed ? "page.add_already" : "page.unread_add");
    button.setAttribute("aria-disabled", String(listed));
    button.setAttribute("aria-label", word(listed ? "page.unread_added_of" : "page.unread_add_of", { label, text }));
  }
}

/** What is said where no suggestion is shown. */
function stateOf(suggestions, abstention) {
  if (abstention) return `${abstention.reason} ${abstention.mend}`;
  if (!suggestions) return word("page.unread_language");
  return suggestions.length ? word("page.unread_found", { count: suggestions.length }) : word("page.unread_none");
}
