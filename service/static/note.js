// The note as it was read, with the words of every finding marked by what they say of it.

import { el, word } from "./dom.js";

/** Spans of the case, narrowest last, with the assertion that holds now: a clinician's change shows in the note too. */
function marksOf(features) {
  const marks = features.flatMap((feature) => {
    const changed = feature.assertion !== feature.given;
    return feature.spans.map((span) => ({
      start: span.start,
      end: span.end,
      assertion: changed ? feature.assertion : span.assertion,
      feature,
    }));
  });
  return marks.sort((one, other) => other.end - other.start - (one.end - one.start) || one.start - other.start);
}

/** Cut at every edge of a span; each piece belongs to the narrowest span over it, and names all over it. */
function pieces(length, marks) {
  const edges = [...new Set([0, length, ...marks.flatMap((mark) => [mark.start, mark.end])])].sort((a, b) => a - b);
  const cut = edges.slice(1).map((end, index) => ({ start: edges[index], end, over: [] }));
  for (const mark of marks) {
    for (const piece of cut) {
      if (mark.start <= piece.start && piece.end <= mark.end) piece.over.push(mark);
    }
  }
  return joined(cut);
}

/** Neighbouring pieces under the same narrowest span are one. */
function joined(cut) {
  const whole = [];
  for (const piece of cut) {
    const last = whole.at(-1);
    const same = last && last.over.length && last.over.at(-1) === piece.over.at(-1);
    if (same) last.end = piece.end;
    else whole.push({ ...piece });
  }
  return whole;
}

/** Show the note in `box`; `choose(id)` is called for a mark that is pressed. */
export function showNote(box, theCase, choose) {
  // Offsets count Unicode code points; JavaScript's own string offsets count UTF-16 units.
  const characters = Array.from(theCase.note);
  const text = (piece) => characters.slice(piece.start, piece.end).join("");
  const nodes = pieces(characters.length, marksOf(theCase.features)).map((piece) => {
    const mark = piece.over.at(-1);
    if (!mark) return document.createTextNode(text(piece));
    const names = [...new Set(piece.over.map((each) => `${each.feature.label}: ${word(`page.${each.assertion}`)}`))];
    const node = el(
      "mark",
      { class: mark.assertion, tabindex: 0, role: "button", title: names.join("\n"), "data-id": mark.feature.id },
      text(piece),
    );
    node.setAttribute("aria-label", `${text(piece)} (${names.join("; ")})`);
    node.addEventListener("click", () => choose(mark.feature.id));
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      if (!event.ctrlKey) choose(mark.feature.id);
    });
    return node;
  });
  box.replaceChildren(...nodes);
}

/** Light up the words of one finding, or of none. */
export function pointAt(box, id) {
  for (const mark of box.querySelectorAll("mark")) mark.classList.toggle("pointed", mark.dataset.id === id);
}
