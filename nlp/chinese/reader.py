"""The Chinese note reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from nlp.chinese.abbreviations import ChineseAbbreviations
from nlp.chinese.assertion import ChineseAssertions
from nlp.chinese.clauses import Clauses
from nlp.chinese.courses import Courses
from nlp.chinese.headings import HeadingFinder
from nlp.chinese.latin import LatinReader
from nlp.chinese.lexicon import ChineseLexicon, Hits
from nlp.chinese.merging import merge
from nlp.chinese.normality import Normality
from nlp.chinese.ordinals import listed_by_number
from nlp.chinese.quantities import ChineseQuantities
from nlp.chinese.refinement import Refinement
from nlp.chinese.rules import ChineseRules
from nlp.chinese.selection import Found, Reduced, Selection, loose_findings, select
from nlp.chinese.sharing import Sharing
from nlp.chinese.told_age import told_subject
from nlp.norms import Subject
from nlp.reading import NoteReader, Patient, Reading, Unjudged
from nlp.sections import Section, is_heading, section_at
from ontology.features import Assertion, Grounds, Mention, TextSpan
from ontology.knowledge import Knowledge
from ontology.terms import Terms, UnknownTerm


@dataclass(frozen=True, slots=True)
class ChineseReader:
    """Reads Chinese notes: wordings of the compiled lexicon, lists that share words, what is said to be normal.

    Words in Latin letters are read by `latin`, the English reader. Time is linear in the text.
    """

    terms: Terms
    lexicon: ChineseLexicon
    sharing: Sharing
    normality: Normality
    refinement: Refinement
    headings: HeadingFinder
    latin: LatinReader
    abbreviations: ChineseAbbreviations
    quantities: ChineseQuantities
    courses: Courses
    measured: bool = True
    language: str = "zh"

    @classmethod
    def open(cls, knowledge: Knowledge, english: NoteReader, measured: bool = True) -> ChineseReader:
        """Open the lexicon compiled with `knowledge`; raises KnowledgeDamaged where there is none."""
        lexicon = ChineseLexicon.open(knowledge.folder, partial(_position, knowledge.terms))
        rules = ChineseRules(lexicon.script)
        return cls(
            terms=knowledge.terms,
            lexicon=lexicon,
            sharing=Sharing(lexicon, knowledge.terms),
            normality=Normality(lexicon),
            refinement=Refinement.of(lexicon, rules, knowledge.terms),
            headings=HeadingFinder(rules.sections),
            latin=LatinReader(english, knowledge.terms),
            abbreviations=ChineseAbbreviations.open(lexicon.script, partial(_position, knowledge.terms)),
            quantities=ChineseQuantities.open(),
            courses=Courses.open(knowledge.terms, partial(_position, knowledge.terms)),
            measured=measured,
        )

    def read(self, note_id: str, text: str, patient: Patient = Patient()) -> Reading:  # noqa: B008 (frozen)
        """Mentions in order of position; spans are offsets into `text` as given."""
        folded = self.lexicon.script.fold(text)
        hits = self.lexicon.scan(folded)
        clauses = Clauses.of(folded)
        sections = self.headings.find(folded)
        selection = self._select(text, folded, hits, clauses)
        subject = told_subject(folded, patient)
        unjudged = list(self._add_told(selection, folded, hits, clauses, subject)) if self.measured else []
        assertions = ChineseAssertions.of(selection, clauses, sections, subject, self.courses)
        mentions = []
        seen: set[tuple[int, int, int]] = set()
        for found in assertions.ordered:
            added = self.refinement.read(folded, hits, found)
            place = (added.term, added.start, found.end)
            if place in seen or (sections and is_heading(sections, found.start)):
                continue
            seen.add(place)
            said = assertions.read(found)
            term = added.term
            if said.assertion in (Assertion.OBSERVED, Assertion.HISTORICAL):
                term = self.courses.at_age(term, folded, found.start, subject)
            mentions.append(
                Mention(
                    type=self.terms.id(term),
                    assertion=said.assertion,
                    evidence=_span(note_id, text, sections, (added.start, found.end)),
                    severity=added.severity,
                    modifiers=added.modifiers,
                    cue=_span(note_id, text, sections, said.cue) if said.cue else None,
                    grounds=self._grounds(found),
                    reading=found.reading,
                    channel=found.channel,
                )
            )
        return Reading(self.language, tuple(mentions), unjudged=tuple(unjudged))

    def _select(self, text: str, folded: str, hits: Hits, clauses: Clauses) -> Selection:
        loose = list(loose_findings(Reduced.of(folded, hits), self.lexicon))
        loose += self.latin.find(text, folded)
        loose += self.abbreviations.find(folded)
        selection = select(folded, hits, loose)
        merge(selection, listed_by_number(folded, self.lexicon), self.terms)
        self.sharing.extend(selection, hits, clauses)
        self.normality.extend(selection, hits, clauses)
        return selection

    def _add_told(
        self, selection: Selection, folded: str, hits: Hits, clauses: Clauses, subject: Subject
    ) -> Iterator[Unjudged]:
        """Add findings told by numbers; yield values not judged."""
        added: list[Found] = []
        for told in self.quantities.find(folded, hits, clauses, subject):
            value = told.value
            if isinstance(value, Unjudged):
                yield value
                continue
            term = _position(self.terms, value.id)
            if term is not None:
                span = (value.start, value.end)
                denial = span if told.excluded else None
                wording = folded[value.start : value.end]
                added.append(Found(*span, term, wording, None, told.excluded, denial, value.reading, value.channel))
        merge(selection, added, self.terms)

    def _grounds(self, found: Found) -> Grounds | None:
        if found.reading is not None:
            return None
        return Grounds(found.wording, "Chinese lexicon", (found.step,) if found.step else ())


def _position(terms: Terms, id: str) -> int | None:
    """The position of a term that rules name; None where a small or older release lacks it."""
    try:
        return terms.resolve(id).position
    except UnknownTerm:
        return None


def _span(note_id: str, text: str, sections: list[Section], at: tuple[int, int]) -> TextSpan:
    start, end = at
    return TextSpan(note_id, start, end, text[start:end], section_at(sections, start) if sections else None)
