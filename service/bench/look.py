"""What is shown of a sheet: the draft report, what of each note was read and what was not, and what may be done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from facial.reading import FacePatient, PhotoReading
from matching.next_features import QUESTIONS
from nlp.suggestions import Suggested, Suggestion
from ontology.features import Mention, Statement, TextSpan
from service.bench.sheet import Sheet
from service.cases.mentions import Said
from service.cases.sealing import digest_of
from service.faces.telling import photos_told
from service.models.answers import ReportAnswer, SuggestionAnswer
from service.models.explanations import NextFeatureAnswer
from service.services import Services
from service.suggesting import worded
from service.translate import Translator

#: How many diseases are listed.
LISTED = 10


@dataclass(frozen=True, slots=True)
class Unread:
    """Words of one note that may be findings and match no term; `end` is where looking for them ended, if early."""

    note: str
    suggestions: Sequence[SuggestionAnswer]
    end: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """A sheet with what follows from it; `report` is None where the sheet is empty.

    `shown` is the report's digest, "" where nothing is kept and so nothing signed.
    `gated`: the site wants the clinician's first impression before they see what follows from the findings.
    `questions` are what to ask next, without what was put aside.
    """

    sheet: Sheet
    report: ReportAnswer | None
    unread: tuple[Unread, ...]
    shown: str
    gated: bool = False
    questions: tuple[NextFeatureAnswer, ...] = ()

    @property
    def labels(self) -> Mapping[str, str]:
        """Labels of the findings in the report, and of those struck out, by id."""
        if self.report is None:
            return {}
        return {each.id: each.label for each in (*self.report.features, *self.report.dismissed)}


def look(services: Services, translator: Translator, sheet: Sheet, aside: Collection[str] = ()) -> Look:
    """Read what is not remembered, rank and suggest tests; keeps a processor busy.

    `aside` are features that were asked about and are not known: other questions take their place, beside the report.
    """
    if sheet.empty:
        return Look(sheet, None, (), "")
    readings = services.remembered.readings(sheet.case)
    known = services.knowing.known(sheet.known)
    offers = services.knowing.offers
    asked = QUESTIONS + len(aside)
    seen = _seen(services, sheet)
    made = services.assessor.assess(
        sheet.case, LISTED, known=known, offers=offers, readings=readings, questions=asked, seen=seen
    )
    whole = translator.report(made)
    photos = photos_told(sheet.case.photos, seen, translator)
    report = whole.model_copy(update={"next_features": whole.next_features[:QUESTIONS], "photos": photos})
    questions = [each for each in whole.next_features if each.id not in aside][:QUESTIONS]
    unread = _unread(services, translator, sheet, report)
    gated = services.settings.cases.first_impression == "required" and not (sheet.impression and sheet.impression.text)
    shown = digest_of(shown_of(report)) if sheet.version else ""  # nothing else is signed
    return Look(sheet, report, unread, shown, gated, tuple(questions))


def _seen(services: Services, sheet: Sheet) -> tuple[PhotoReading, ...]:
    """What is made of the photos on the sheet: each is read once while it is remembered."""
    if sheet.use is None or not sheet.case.photos:
        return ()
    patient = FacePatient(sheet.case.age_days, sheet.case.sex, sheet.known.ancestry)
    return services.faces.of_case(sheet.case.photos, patient, sheet.use)


def shown_of(report: ReportAnswer) -> dict[str, object]:
    """A report as it is kept when it is signed."""
    return report.model_dump(mode="json", exclude_none=True)


def read_of(services: Services, sheet: Sheet) -> Mapping[str, Sequence[Mention]]:
    """Mentions in the notes of a sheet, by term."""
    found: dict[str, list[Mention]] = {}
    for reading in services.remembered.readings(sheet.case):
        for mention in reading.mentions:
            found.setdefault(mention.type, []).append(mention)
    return found


def _unread(services: Services, translator: Translator, sheet: Sheet, report: ReportAnswer) -> tuple[Unread, ...]:
    """Suggestions for each note, without what a clinician has said already: of these terms, or of these words."""
    decided = {each.id for each in (*report.features, *report.dismissed)} | sheet.said.keys()
    pointed = [span for word in sheet.said.values() if (span := _span_of(word)) is not None]
    found = []
    for note, made in zip(sheet.case.notes, _suggested(services, sheet), strict=True):
        if made is not None:
            open_ones = [_open(each, decided) for each in made.suggestions if not _is_said(note.id, each, pointed)]
            worded_ones = [worded(translator.naming, each) for each in open_ones if each.terms]
            found.append(Unread(note.id, worded_ones, made.looked_to))
    return tuple(found)


def _suggested(services: Services, sheet: Sheet) -> Sequence[Suggested | None]:
    return services.remembered.suggested(sheet.case, services.suggesting.sought)


def _open(suggestion: Suggestion, decided: Collection[str]) -> Suggestion:
    """A suggestion with the terms alone that nothing was said of."""
    return replace(suggestion, terms=tuple(term for term in suggestion.terms if term.id not in decided))


def _is_said(note: str, suggestion: Suggestion, pointed: Sequence[TextSpan]) -> bool:
    """Whether a clinician's word points to words of the suggestion."""
    return any(span.note == note and span.start < suggestion.end and suggestion.start < span.end for span in pointed)


def _span_of(word: Said) -> TextSpan | None:
    evidence = word.mention.evidence if word.mention else None
    return evidence.span if isinstance(evidence, Statement) else None
