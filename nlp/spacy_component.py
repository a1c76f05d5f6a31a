"""The spaCy door: `language.add_pipe("phenomap")` puts the mentions of a document into `doc.spans["phenomap"]`.

A span's label is its HPO id; `span._.phenomap_assertion` is what the text says of it and `span._.phenomap_severity` an
HPO id or None. Where a text is not read, `doc._.phenomap_abstention` says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span

from nlp.readers import NoteReaders, open_readers
from ontology.features import TextSpan
from ontology.knowledge import Knowledge, root_folder

SPANS = "phenomap"


@dataclass(frozen=True, slots=True)
class PhenomapComponent:
    """Adds mentions to documents; it changes nothing else of them."""

    readers: NoteReaders
    spans_key: str = SPANS
    note_language: str | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Read `doc.text`; a mention that begins or ends inside a spaCy token is widened to whole tokens."""
        reading = self.readers.read("doc", doc.text, self.note_language)
        spans = []
        for mention in reading.mentions:
            evidence = mention.evidence
            if not isinstance(evidence, TextSpan):
                continue
            span = doc.char_span(evidence.start, evidence.end, label=mention.type, alignment_mode="expand")
            if span is not None:
                span._.phenomap_assertion = str(mention.assertion)
                span._.phenomap_severity = mention.severity
                spans.append(span)
        doc.spans[self.spans_key] = spans
        doc._.phenomap_abstention = reading.abstention.reason if reading.abstention else None
        return doc


def make_phenomap_component(
    nlp: Language,
    name: str,
    knowledge: str | None,
    spans_key: str,
    note_language: str | None,
    nested: bool,
    measured: bool,
) -> PhenomapComponent:
    """Make the component; `knowledge` is the folder of releases (default: $PHENOMAP_KNOWLEDGE, or `knowledge`).

    spaCy demands that its object is called `nlp` here; neither it nor the `name` is needed.
    """
    for extension in ("phenomap_assertion", "phenomap_severity"):
        if not Span.has_extension(extension):
            Span.set_extension(extension, default=None)
    if not Doc.has_extension("phenomap_abstention"):
        Doc.set_extension("phenomap_abstention", default=None)
    opened = Knowledge.open(root_folder(Path(knowledge) if knowledge else None))
    return PhenomapComponent(open_readers(opened, nested, measured), spans_key, note_language)


Language.factory(
    "phenomap",
    default_config={"knowledge": None, "spans_key": SPANS, "note_language": None, "nested": False, "measured": False},
    assigns=["doc.spans"],
    func=make_phenomap_component,
)
