// The door: a name and a password, or a one-time link, whose secret stands after # and so reaches no log, or the directory.

import * as api from "./api.js";
import { at, say, word } from "./dom.js";

async function enter(path, body) {
  say(at("message"), "");
  try {
    await api.post(path, body);
    location.replace("/");
  } catch (error) {
    say(at("message"), error instanceof api.Problem ? error.message : word("page.failed"));
  }
}

function signIn(event) {
  event.preventDefault();
  const password = at("password").value;
  at("password").value = "";
  enter("sessions", { name: at("name").value, password });
}

function choose(event, secret) {
  event.preventDefault();
  const password = at("new-password").value;
  if (password !== at("again").value) return say(at("message"), word("sign_in.unlike"));
  enter("passwords", { secret, password });
}

/** The secret of a link, taken out of the address, so that it stays in no history. */
function linked(location) {
  const [kind, secret] = location.hash.slice(1).split("=");
  if (secret) history.replaceState(null, "", location.pathname);
  return { kind, secret };
}

function wire() {
  const { kind, secret } = linked(location);
  at("sign-in").addEventListener("submit", signIn);
  if (kind === "once" && secret) enter("sessions:link", { secret });
  if (kind === "directory") say(at("message"), word(`sign_in.directory_${secret}`));
  if (kind === "choose" && secret) {
    at("sign-in").hidden = true;
    at("choose").hidden = false;
    at("new-password").focus();
    at("choose").addEventListener("submit", (event) => choose(event, secret));
  }
}

wire();
addEventListener("hashchange", () => location.reload());
