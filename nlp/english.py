"""The English note reader."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nlp.abbreviations import Abbreviations
from nlp.assertion import AssertionReader
from nlp.coordination import Coordination
from nlp.ellipsis import Ellipsis
from nlp.grounds import GroundsReader
from nlp.lexicon import NO_TERM, Lexicon
from nlp.qualifiers import UNQUALIFIED, QualifierReader, Qualifiers
from nlp.quantitative import QuantityReader
from nlp.quantities import Quantity
from nlp.reading import Patient, Reading
from nlp.recognise import Candidate, Recogniser, Selection
from nlp.rules import LanguageFolder
from nlp.sections import Section, SectionFinder, is_heading, section_at
from nlp.word_reader import WordReader, WordSequence
from nlp.words import tokenise
from ontology.features import Assertion, Channel, Grounds, Mention, TextSpan
from ontology.knowledge import Knowledge
from ontology.terms import Terms, UnknownTerm

_NEIGHBOURS = 8  # findings that may begin before another and still hold it


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    id: str
    severity: str | None = None
    reading: str | None = None
    qualifiers: Qualifiers = UNQUALIFIED
    grounds: Grounds | None = None
    channel: Channel = Channel.WORDS
    number: bool = False


def _told_assertion(found: _Found, said: Assertion) -> Assertion:
    """A number cannot be denied: "not able to walk until 3 years" is late walking."""
    return Assertion.OBSERVED if found.number and said is Assertion.EXCLUDED else said


@dataclass(frozen=True, slots=True)
class EnglishReader:
    """Reads English notes: words to findings by the compiled lexicon, then what the note says of each.

    Findings told by a number ("OFC -2.8 SD", "CK 850 U/l") are mentions of a channel of their own; with `measured`
    False they are left out.
    With `nested`, a finding inside a longer one that it implies is a mention too ("cleft palate" in "cleft soft
    palate"). Reading takes time linear in the text and keeps nothing of it but its distinct words.
    """

    terms: Terms
    words: WordReader
    recogniser: Recogniser
    coordination: Coordination
    ellipsis: Ellipsis
    abbreviations: Abbreviations
    assertions: AssertionReader
    sections: SectionFinder
    quantities: QuantityReader
    severities: Mapping[str, str]
    qualifiers: QualifierReader
    grounds: GroundsReader
    nested: bool = False
    measured: bool = True
    language: str = "en"

    @classmethod
    def open(cls, knowledge: Knowledge, nested: bool = False, measured: bool = True) -> EnglishReader:
        """Open the lexicon compiled with `knowledge`; raises KnowledgeDamaged where there is none."""
        rules = LanguageFolder("en")
        lexicon = Lexicon.open(knowledge.folder)
        words = WordReader(lexicon, rules)
        return cls(
            terms=knowledge.terms,
            words=words,
            recogniser=Recogniser(lexicon),
            coordination=Coordination(lexicon),
            ellipsis=Ellipsis(lexicon, words),
            abbreviations=Abbreviations.of(lexicon, rules.abbreviations, knowledge.terms),
            assertions=AssertionReader.of(rules.assertion),
            sections=SectionFinder(rules.sections),
            quantities=QuantityReader.open("en"),
            severities=rules.words.severity,
            qualifiers=QualifierReader.of(rules.qualifiers, rules.words.sides, knowledge.terms),
            grounds=GroundsReader.of(rules, knowledge.terms),
            nested=nested,
            measured=measured,
        )

    def read(self, note_id: str, text: str, patient: Patient = Patient()) -> Reading:  # noqa: B008 (frozen)
        """Mentions in order of position; spans are offsets into `text` as given."""
        tokens = tokenise(text)
        sequence = self.words.sequence(tokens)
        found = [
            _Found(
                sequence.starts[candidate.first],
                sequence.ends[candidate.last],
                self.terms.id(candidate.term),
                severity=self._severity(sequence, candidate),
                qualifiers=self.qualifiers.read(sequence, candidate),
                grounds=self.grounds.read(text, sequence, candidate),
            )
            for candidate in self._find(text, sequence)
        ]
        told, unjudged = self.quantities.find(text, tokens, patient) if self.measured else ([], [])
        if not found and not told:
            return Reading(self.language, (), unjudged=tuple(unjudged))
        found = sorted([*found, *self._told(told, found)], key=lambda f: (f.start, f.end, f.id))
        sections = self.sections.find(text)
        found = [f for f in found if not is_heading(sections, f.start)]
        assertions = self.assertions.assert_spans(text, [(f.start, f.end) for f in found], sections, tokens)
        mentions = tuple(
            Mention(
                type=f.id,
                assertion=_told_assertion(f, said.assertion),
                evidence=_span(note_id, text, sections, (f.start, f.end)),
                severity=f.severity,
                onset=f.qualifiers.onset,
                modifiers=f.qualifiers.modifiers,
                grounds=f.grounds,
                reading=f.reading,
                channel=f.channel,
                cue=_span(note_id, text, sections, said.cue) if said.cue else None,
            )
            for f, said in zip(found, assertions, strict=True)
        )
        return Reading(self.language, mentions, unjudged=tuple(unjudged))

    def named(self, text: str) -> set[str]:
        """Ids of the terms that the words of `text` name, whatever it says of them."""
        return {self.terms.id(candidate.term) for candidate in self._find(text, self.words.sequence(tokenise(text)))}

    def _told(self, told: Sequence[Quantity], worded: Sequence[_Found]) -> Iterator[_Found]:
        """Findings of this release's terms told by numbers, but those that the words just there name already."""
        said: dict[str, list[_Found]] = {}
        for finding in worded:  # in order of position, and mentions of one term do not overlap
            said.setdefault(finding.id, []).append(finding)
        for quantity in told:
            try:
                id = self.terms.resolve(quantity.id).id
            except UnknownTerm:  # a small or older release
                continue
            start, end = quantity.start, quantity.end
            named = said.get(id, [])
            last = bisect_left(named, end, key=lambda f: f.start) - 1
            if last < 0 or named[last].end <= start:
                yield _Found(
                    start, end, id, reading=quantity.reading, channel=quantity.channel, number=not quantity.by_word
                )

    def _find(self, text: str, sequence: WordSequence) -> list[Candidate]:
        candidates = self.recogniser.candidates(sequence)
        candidates += self.abbreviations.candidates(text, sequence, candidates)
        selection = self.recogniser.select(sequence, candidates)
        found = list(self._inside(selection, candidates)) if self.nested else []
        self.coordination.extend(selection)
        self.ellipsis.extend(selection)
        found += selection.found if self.nested else self._outermost(selection.found)
        distinct = {(c.first, c.last, c.term): c for c in found if c.term != NO_TERM}
        return sorted(distinct.values(), key=lambda c: (c.first, c.last, c.term))

    def _outermost(self, found: list[Candidate]) -> list[Candidate]:
        """Without those inside a longer one that implies them: "clinodactyly" in "clinodactyly of toes 4 and 5"."""
        ordered = sorted(found, key=lambda c: (c.first, -c.last))
        kept: list[Candidate] = []
        for candidate in ordered:
            around = [c for c in kept[-_NEIGHBOURS:] if c.last >= candidate.last and c.size > candidate.size]
            if not any(c.term != NO_TERM and self._implies(c.term, candidate.term) for c in around):
                kept.append(candidate)
        return kept

    def _implies(self, specific: int, general: int) -> bool:
        return general not in (NO_TERM, specific) and self.terms.is_ancestor(general, specific)

    def _inside(self, selection: Selection, candidates: list[Candidate]) -> list[Candidate]:
        """Candidates inside one chosen finding that are its superterms."""
        inside = []
        owners = selection.owner
        for candidate in candidates:
            owner = owners[candidate.first]  # it begins and ends with words of its own
            if owner < 0 or owners[candidate.last] != owner:
                continue
            outer = selection.found[owner]
            within = outer.first <= candidate.first and candidate.last <= outer.last
            if within and outer.term != NO_TERM and self._implies(outer.term, candidate.term):
                inside.append(candidate)
        return inside

    def _severity(self, sequence: WordSequence, candidate: Candidate) -> str | None:
        """A severity word just before or inside the mention, unless the term's label says it already."""
        for word in sequence.words[max(0, candidate.first - 1) : candidate.last + 1]:
            severity = self.severities.get(word.text)
            if severity is not None and word.text not in self.terms.label(candidate.term).lower().split():
                return severity
        return None


def _span(note_id: str, text: str, sections: Sequence[Section], at: tuple[int, int]) -> TextSpan:
    start, end = at
    return TextSpan(note_id, start, end, text[start:end], section_at(sections, start))
