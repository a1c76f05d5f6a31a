// What to ask next: the questions whose answers would tell most, each answered by one press.

import { at, el, percent, word } from "./dom.js";

/** Show the questions of an answer; `answered(term, assertion)` is called when one is pressed. */
export function showQuestions(answer, answered) {
  const questions = answer.next_features ?? [];
  at("ask-next-panel").hidden = !answer.diseases.length;
  at("ask-next-none").hidden = questions.length > 0;
  at("ask-next").replaceChildren(...questions.map((question) => row(question, answered)));
}

export function clearQuestions() {
  showQuestions({ diseases: [] }, () => {});
}

function row(question, answered) {
  const { id, label, label_en } = question;
  const press = (assertion, key) =>
    el(
      "button",
      { type: "button", class: key, "aria-label": word(`page.${key}_of`, { label }), onclick: () => answered({ id, label, label_en }, assertion) },
      word(`page.${key}`),
    );
  return el(
    "li",
    { class: "question", "data-id": id },
    el(
      "div",
      { class: "asked" },
      el("span", { class: "label", title: label_en }, question.question),
      el("span", { class: "id" }, id),
      question.bedside ? null : el("span", { class: "chip" }, word("page.investigation")),
      question.definition ? el("p", { class: "hint" }, question.definition) : null,
      el("p", { class: "hint" }, `${word("page.information", { bits: question.bits.toFixed(2) })} · ${word("page.chance", { percent: percent(question.present) })}`),
      bearings("page.speaks_for", question.speaks_for),
      bearings("page.speaks_against", question.speaks_against),
    ),
    el("div", { class: "actions" }, press("observed", "present"), press("excluded", "absent")),
  );
}

function bearings(key, diseases) {
  if (!diseases.length) return null;
  const told = diseases.map(({ disease, name, name_en: english, belief, if_present: after }) =>
    el("li", { title: [english, disease].filter(Boolean).join(", ") }, word("page.bearing", { name, belief: percent(belief), after: percent(after) })),
  );
  return el("div", { class: "bearings" }, el("span", {}, `${word(key)}: `), el("ul", {}, told));
}
