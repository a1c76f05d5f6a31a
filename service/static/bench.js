// The bench: what htmx does not do by itself.

import { markNotes, wireMarks } from "./marks.js";
import { wireRequests } from "./requests.js";
import { wireSelecting } from "./selecting.js";
import { wireWriting } from "./writing.js";

wireRequests();
wireWriting();
wireMarks();
wireSelecting();
markNotes();
document.addEventListener("htmx:after:swap", markNotes);
