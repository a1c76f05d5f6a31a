// The bench: what htmx does not do by itself.

import { wireFindings } from "./bench_findings.js";
import { wireCarrying } from "./carrying.js";
import { wireConflicts } from "./conflicts.js";
import { wireFindingKeys } from "./finding_keys.js";
import { wireBudget } from "./budget.js";
import { watchKnowledge } from "./knowledge.js";
import { markNotes, wireMarks } from "./marks.js";
import { wireCopying } from "./copying.js";
import { wirePhotos } from "./photos.js";
import { wireRanking } from "./ranking.js";
import { wireRequests } from "./requests.js";
import { wireSelecting } from "./selecting.js";
import { wireTermSearch } from "./term_search.js";
import { wireTray } from "./tray.js";
import { wireWriting } from "./writing.js";

wireRequests();
wireCarrying();
wireConflicts();
wireRanking();
wirePhotos();
wireCopying();
wireWriting();
wireMarks();
wireSelecting();
wireFindings();
wireTermSearch();
wireTray();
wireFindingKeys();
markNotes();
watchKnowledge();
document.addEventListener("htmx:after:swap", markNotes);
document.addEventListener("alpine:init", () => wireBudget(window.Alpine));
