"""The spaCy door: `language.add_pipe("phenomap")` puts the mentions of a document into `doc.spans["phenomap"]`.

A span's label is its HPO id. `doc._.phenomap` is the whole reading in plain values, so that it travels with the
document (bytes, DocBin, other processes); what `span._.phenomap...` says is looked up there. See docs/english_notes.md.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import Enum
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from nlp.readers import NoteReaders, open_readers
from nlp.reading import Reading
from nlp.suggesters import NoteSuggesters
from ontology.features import Mention, TextSpan
from ontology.knowledge import Knowledge, current_release, root_folder

SPANS = "phenomap"
#: What is told of a mention, by the extension of Span that tells it; `span._.phenomap` is all of it.
SPAN_EXTENSIONS = {
    f"phenomap_{name}": name
    for name in ("id", "term", "assertion", "severity", "evidence", "cue", "channel", "reading", "modifiers", "grounds")
}
_TOLD = [f"span._.{name}" for name in SPAN_EXTENSIONS]

Record = dict[str, Any]


@dataclass(frozen=True)
class PhenomapComponent:
    """Adds mentions to documents; it changes nothing else of them.

    It pickles as the release folder and its settings, and opens the same release again where it is unpickled.
    """

    release: Path
    spans_key: str = SPANS
    note_language: str | None = None
    nested: bool = False
    measured: bool = True
    suggestions: bool = False

    def __call__(self, doc: Doc) -> Doc:
        """Read `doc.text`; a mention that begins or ends inside a spaCy token is widened to whole tokens."""
        reading = self._readers.read("doc", doc.text, self.note_language)
        spans: list[Span] = []
        records: list[Record] = []
        for mention in reading.mentions:
            evidence = mention.evidence
            if not isinstance(evidence, TextSpan):
                continue
            span = doc.char_span(evidence.start, evidence.end, label=mention.type, alignment_mode="expand")
            if span is not None:
                spans.append(span)
                records.append(self._record(mention, evidence, span))
        records.sort(key=lambda record: record["first"])
        doc.spans[self.spans_key] = sorted(spans, key=lambda span: span.start)
        doc._.phenomap = self._told(reading, records, doc.text)
        return doc

    def __reduce__(self) -> tuple[Callable[..., PhenomapComponent], tuple[Any, ...]]:
        """The settings alone: arrays are mapped again, and extensions set, where it is unpickled."""
        chosen = (self.spans_key, self.note_language, self.nested, self.measured, self.suggestions)
        return opened_component, (self.release, *chosen)

    @cached_property
    def _knowledge(self) -> Knowledge:
        return Knowledge.open_release(self.release)

    @cached_property
    def _readers(self) -> NoteReaders:
        return open_readers(self._knowledge, self.nested, self.measured)

    @cached_property
    def _suggesters(self) -> NoteSuggesters:
        return NoteSuggesters.of(self._knowledge, self._readers)

    def _told(self, reading: Reading, records: list[Record], text: str) -> Record:
        told: Record = {
            "knowledge": self._knowledge.manifest.fingerprint,
            "language": reading.language,
            "mentions": records,
            "unjudged": [asdict(value) for value in reading.unjudged],
            "abstention": asdict(reading.abstention) if reading.abstention else None,
        }
        made = self._suggesters.suggest(text, reading) if self.suggestions else None
        if made is not None:
            told["suggestions"] = [_plain(asdict(suggestion)) for suggestion in made.suggestions]
            told["suggestions_end"] = made.looked_to
        return told

    def _record(self, mention: Mention, evidence: TextSpan, span: Span) -> Record:
        """The mention in plain values; `first` and `last` are the half-open tokens of its span."""
        terms = self._knowledge.terms
        record: Record = _plain(asdict(mention))
        record["id"] = record.pop("type")
        record["term"] = terms.label(terms.position(mention.type))
        return record | {"first": span.start, "last": span.end}


def opened_component(release: Path, *chosen: Any) -> PhenomapComponent:  # noqa: ANN401 (as __reduce__ gave them)
    """The component of a release folder, opened now so that what is absent is told now; raises a KnowledgeError."""
    _set_extensions()
    component = PhenomapComponent(release, *chosen)
    assert component._readers.readers
    return component


def make_phenomap_component(
    nlp: Language,
    name: str,
    knowledge: str | None,
    spans_key: str,
    note_language: str | None,
    nested: bool,
    measured: bool,
    suggestions: bool,
) -> PhenomapComponent:
    """Make the component; `knowledge` is the folder of releases (default: $PHENOMAP_KNOWLEDGE, or `knowledge`).

    spaCy demands that its object is called `nlp` here; neither it nor the `name` is needed.
    """
    release = current_release(root_folder(Path(knowledge) if knowledge else None)).absolute()
    return opened_component(release, spans_key, note_language, nested, measured, suggestions)


def _set_extensions() -> None:
    """Teach Doc and Span the extensions; what another maker has set under one of the names stays."""
    if not Doc.has_extension("phenomap"):
        Doc.set_extension("phenomap", default=None)
    if not Doc.has_extension("phenomap_abstention"):
        Doc.set_extension("phenomap_abstention", getter=_abstention)
    if not Span.has_extension("phenomap"):
        Span.set_extension("phenomap", getter=_mention)
    for extension, name in SPAN_EXTENSIONS.items():
        if not Span.has_extension(extension):
            Span.set_extension(extension, getter=partial(_of_mention, name))


def _abstention(doc: Doc) -> str | None:
    """Why the document was not read, a value of Unread; None where it was."""
    told = doc._.phenomap
    return told["abstention"]["reason"] if told and told["abstention"] else None


def _mention(span: Span) -> Record | None:
    """What the reading says of this span under this label; None where it is no mention.

    spaCy keeps what is set on spans by their offsets alone, where two mentions of the same words would share it.
    """
    told = span.doc._.phenomap
    mentions: list[Record] = told["mentions"] if told else []
    at = bisect_left(mentions, span.start, key=lambda mention: int(mention["first"]))
    while at < len(mentions) and mentions[at]["first"] == span.start:
        if mentions[at]["last"] == span.end and mentions[at]["id"] == span.label_:
            return mentions[at]
        at += 1
    return None


def _of_mention(name: str, span: Span) -> Any:  # noqa: ANN401 (spaCy's getters return anything)
    mention = _mention(span)
    return mention.get(name) if mention else None


def _plain(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    """Of JSON's types alone, which msgpack keeps as they are: enumerations as their values, tuples as lists."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Enum) else value


Language.factory(
    "phenomap",
    default_config={
        "knowledge": None,
        "spans_key": SPANS,
        "note_language": None,
        "nested": False,
        "measured": True,
        "suggestions": False,
    },
    assigns=["doc.spans", "doc._.phenomap", "span._.phenomap", *_TOLD],
    func=make_phenomap_component,
)
