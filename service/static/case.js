// The case on the page: a note and its findings, as values, with every change undoable.

/** A finding as the page holds it, from one of a report. */
function fromReport(feature) {
  const spans = (mentions, against) =>
    mentions
      .filter((mention) => mention.evidence.start !== undefined)
      .map((mention) => ({ ...mention.evidence, assertion: mention.assertion, reading: mention.reading, against }));
  return {
    id: feature.id,
    label: feature.label,
    label_en: feature.label_en,
    assertion: feature.assertion,
    given: feature.assertion,
    impliedBy: feature.implied_by,
    replaces: feature.replaces ?? null,
    spans: [...spans(feature.mentions, false), ...spans(feature.conflicts, true)],
    byHand: false,
  };
}

/** The note's words for a finding, where they are not the term's own label. */
export function quotesOf(feature) {
  const said = (feature?.spans ?? []).filter((span) => !span.against).map((span) => span.text);
  const unlike = said.filter((text) => text.toLowerCase() !== feature.label.toLowerCase());
  return [...new Map(unlike.map((text) => [text.toLowerCase(), text])).values()];
}

export class Case {
  constructor() {
    this.note = "";
    this.features = [];
    this.past = [];
  }

  /** Start over from a report about `note`. */
  read(note, report) {
    this.#keep("");
    this.note = note;
    this.features = report.features.map(fromReport);
  }

  /** Observed becomes excluded, and back to what the note said of it. */
  negate(id) {
    const before = this.of(id);
    const back = before.given === "excluded" ? "observed" : before.given;
    const assertion = before.assertion === "excluded" ? back : "excluded";
    this.#keep(before.label);
    this.features = this.features.map((feature) => (feature.id === id ? { ...feature, assertion } : feature));
  }

  remove(id) {
    this.#keep(this.of(id).label);
    this.features = this.features.filter((feature) => feature.id !== id);
  }

  /** Add a term that a search found, that was asked for, or that was suggested for the words of the note at `spans`. */
  add(term, assertion = "observed", spans = []) {
    this.#keep(term.label);
    const said = spans.map((span) => ({ ...span, assertion, against: false }));
    const added = { assertion, given: assertion, impliedBy: [], replaces: null, spans: said, byHand: true };
    this.features = [...this.features, { id: term.id, label: term.label, label_en: term.label_en, ...added }];
  }

  undo() {
    const before = this.past.pop();
    if (before) {
      this.note = before.note;
      this.features = before.features;
    }
    return before;
  }

  of(id) {
    return this.features.find((feature) => feature.id === id);
  }

  /** What the last change was about; undefined where nothing can be undone. */
  get lastChange() {
    return this.past.at(-1)?.change;
  }

  /** The findings as /rank and /suggest take them. */
  get stated() {
    return this.features.map(({ id, assertion }) => ({ id, assertion }));
  }

  /** Ids of present findings that imply this one. */
  impliedNow(feature) {
    const present = new Set(["observed", "historical"]);
    return feature.impliedBy.map((id) => this.of(id)).filter((other) => other && present.has(other.assertion));
  }

  #keep(change) {
    this.past.push({ note: this.note, features: this.features, change });
    if (this.past.length > 100) this.past.shift();
  }
}
