// Reads FHIR R4 resources from standard input, one JSON document a line, and writes a line of JSON for each: what is
// wrong with it. Elements that the standard does not know are errors here, too.
"use strict";

const readline = require("node:readline");
const { Fhir } = require("fhir");

const validator = new Fhir();

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on("line", (line) => {
  const found = validator.validate(JSON.parse(line), { errorOnUnexpected: true });
  const errors = found.messages.filter((message) => ["error", "fatal"].includes(message.severity));
  const told = errors.map((message) => `${message.location}: ${message.message}`);
  if (!found.valid && !told.length) told.push("not valid");
  process.stdout.write(JSON.stringify(told) + "\n");
});
