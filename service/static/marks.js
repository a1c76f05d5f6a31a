// The words that findings were read from, marked in the note: by the CSS Custom Highlight API, or by <mark> elements
// where the browser has none (Chromium before 105). The text itself is never changed by a mark.

import { at, word } from "./dom.js";

const ASSERTIONS = ["observed", "excluded", "uncertain", "family", "historical", "hypothetical"];
const paints = typeof Highlight === "function" && CSS.highlights;
/** Marks of each note's element: [start, end, assertion, id, label], the widest first. */
const marksOf = new WeakMap();
let pointed = null;

/** Cut at every edge; each piece belongs to the narrowest mark over it. */
function pieces(marks) {
  const edges = [...new Set(marks.flatMap(([start, end]) => [start, end]))].sort((a, b) => a - b);
  const place = new Map(edges.map((edge, index) => [edge, index]));
  const over = new Array(edges.length).fill(null);
  for (const mark of marks) over.fill(mark, place.get(mark[0]), place.get(mark[1]));
  return over.flatMap((mark, index) => (mark ? [{ start: edges[index], end: edges[index + 1], mark }] : []));
}

/** Mark every note on the page anew. */
export function markNotes() {
  const boxes = [...document.querySelectorAll(".read-note[data-marks]")];
  for (const box of boxes) marksOf.set(box, JSON.parse(box.dataset.marks));
  if (paints) paintAll(boxes);
  else for (const box of boxes) wrap(box);
}

function paintAll(boxes) {
  const ranges = Object.fromEntries(ASSERTIONS.map((name) => [name, []]));
  const aimed = [];
  for (const box of boxes) {
    const text = box.firstChild;
    if (!text) continue;
    for (const { start, end, mark } of pieces(marksOf.get(box))) {
      const range = new StaticRange({ startContainer: text, startOffset: start, endContainer: text, endOffset: end });
      ranges[mark[2]].push(range);
      if (mark[3] === pointed) aimed.push(range);
    }
  }
  for (const name of ASSERTIONS) CSS.highlights.set(name, new Highlight(...ranges[name]));
  const aim = new Highlight(...aimed);
  aim.priority = 1;
  CSS.highlights.set("pointed", aim);
}

function wrap(box) {
  const text = box.textContent;
  const nodes = [];
  let done = 0;
  for (const { start, end, mark } of pieces(marksOf.get(box))) {
    const node = document.createElement("mark");
    node.className = mark[3] === pointed ? `${mark[2]} pointed` : mark[2];
    node.textContent = text.slice(start, end);
    nodes.push(text.slice(done, start), node);
    done = end;
  }
  box.replaceChildren(...nodes, text.slice(done));
}

/** Light up the words of one finding, or of none. */
export function pointAt(id) {
  if (id === pointed) return;
  pointed = id;
  markNotes();
  const box = id && [...document.querySelectorAll(".read-note[data-marks]")].find((each) => first(each, id));
  if (box) bringIntoView(box, first(box, id));
}

const first = (box, id) => marksOf.get(box)?.filter((mark) => mark[3] === id).sort((one, other) => one[0] - other[0])[0];

/** A range of characters (UTF-16 units) of a note's element, whichever way it is marked. */
export function rangeOf(box, start, end) {
  const range = document.createRange();
  const put = (offset, set) => {
    let left = offset;
    const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (left <= walker.currentNode.length) return set(walker.currentNode, left);
      left -= walker.currentNode.length;
    }
  };
  put(start, (node, offset) => range.setStart(node, offset));
  put(end, (node, offset) => range.setEnd(node, offset));
  return range;
}

/** How many characters (UTF-16 units) of a note's element lie before a place in it. */
export function offsetIn(box, node, offset) {
  const before = document.createRange();
  before.setStart(box, 0);
  before.setEnd(node, offset);
  return before.toString().length;
}

function bringIntoView(box, [start, end]) {
  const place = rangeOf(box, start, end).getBoundingClientRect();
  const frame = box.getBoundingClientRect();
  if (place.top < frame.top || place.bottom > frame.bottom) box.scrollTop += place.top - frame.top - frame.height / 3;
}

/** The narrowest mark at a place of the screen. */
function markAt(box, x, y) {
  const caret = document.caretPositionFromPoint?.(x, y);
  const range = caret ? null : document.caretRangeFromPoint?.(x, y);
  const [node, offset] = caret ? [caret.offsetNode, caret.offset] : [range?.startContainer, range?.startOffset];
  if (!node || !box.contains(node)) return null;
  const place = offsetIn(box, node, offset);
  const over = (marksOf.get(box) ?? []).filter(([start, end]) => start <= place && place <= end);
  return over[over.length - 1] ?? null;
}

const titleOf = ([, , assertion, , label]) => `${label}: ${word(`page.${assertion}`)}`;

function choose(mark) {
  document.dispatchEvent(new CustomEvent("phenomap:choose", { detail: { id: mark[3] } }));
}

/** The mark before or after the last one told, by keys; it is told to those who do not see it. */
function walk(box, way) {
  const marks = [...(marksOf.get(box) ?? [])].sort((one, other) => one[0] - other[0] || other[1] - one[1]);
  if (!marks.length) return;
  const now = marks.findIndex((mark) => mark[0] === Number(box.dataset.at) && mark[3] === pointed);
  const next = marks[(now + way + marks.length) % marks.length];
  box.dataset.at = next[0];
  pointAt(next[3]);
  bringIntoView(box, next);
  at("announcer").textContent = `${box.textContent.slice(next[0], next[1])}: ${titleOf(next)}`;
}

export function wireMarks() {
  const boxOf = (event) => event.target.closest?.(".read-note[data-marks]");
  document.addEventListener("click", (event) => {
    const box = boxOf(event);
    if (!box || !getSelection().isCollapsed) return;
    const mark = markAt(box, event.clientX, event.clientY);
    if (mark) choose(mark);
  });
  document.addEventListener("pointermove", (event) => {
    const box = boxOf(event);
    if (!box || event.buttons) return;
    const mark = markAt(box, event.clientX, event.clientY);
    box.classList.toggle("over-mark", Boolean(mark));
    box.title = mark ? titleOf(mark) : "";
  });
  document.addEventListener("keydown", (event) => {
    const box = boxOf(event);
    if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "n" || event.key === "p") {
      event.preventDefault();
      event.stopPropagation();
      walk(box, event.key === "n" ? 1 : -1);
    } else if (event.key === "Enter" && pointed) {
      event.preventDefault();
      choose([0, 0, "", pointed, ""]);
    }
  });
  document.addEventListener("phenomap:point", (event) => pointAt(event.detail.id));
}
