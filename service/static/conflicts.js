// A case that someone else has changed meanwhile.

import { at, say } from "./dom.js";

/** Where another's step forbids one, the case is shown as it is now, beside what was said of the step. */
export function wireConflicts() {
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    const again = at("looking");
    if (ctx.response.status !== 409 || !again || ctx.sourceElement === again) return;
    const told = at("message").textContent;
    const tell = ({ detail }) => {
      if (detail.ctx.sourceElement !== again) return;
      document.removeEventListener("htmx:finally:request", tell);
      say(at("message"), told);
    };
    document.addEventListener("htmx:finally:request", tell);
    again.requestSubmit();
  });
}
