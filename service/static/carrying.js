// What travels with every form of the bench is read when the form is sent, not when it was pressed: a press that waits
// for the answer to another must not carry what the page held before that answer.

/** Fields of the page itself, with where they lie. What a pressed control sends under the same name is added. */
const CARRIED = {
  state: "#state input[name=state]",
  seen: "#state input[name=seen]",
  open: "#ranking input[name=open]",
  stood: "#ranking input[name=stood]",
  compare: "#ranking input[name=compare]:checked",
  has: "#state input[name=has]",
  aside: "#questions input[name=aside]",
};

function carry({ detail: { ctx } }) {
  const { body } = ctx.request;
  const source = ctx.sourceElement;
  if (!(body instanceof URLSearchParams) || !(body.has("state") || body.has("seen"))) return;
  for (const [name, place] of Object.entries(CARRIED)) {
    const held = [...document.querySelectorAll(place)].filter((field) => field !== source).map((field) => field.value);
    const pressed = source.name === name && body.getAll(name).includes(source.value) ? [source.value] : [];
    body.delete(name);
    for (const value of [...held, ...pressed]) body.append(name, value);
  }
}

export function wireCarrying() {
  document.addEventListener("htmx:before:request", carry);
}
