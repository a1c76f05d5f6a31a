"""What is shown of a sheet: the draft report, what of each note was read and what was not, and what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlp.reading import Reading
from ontology.features import Mention
from service.bench.sheet import Sheet
from service.cases.sealing import digest_of
from service.models.answers import ReportAnswer, SuggestionAnswer
from service.services import Services
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
    """A sheet with what follows from it; `report` is None where the sheet is empty, `shown` its digest.

    `gated`: the site wants the clinician's first impression before they see what follows from the findings.
    """

    sheet: Sheet
    report: ReportAnswer | None
    unread: tuple[Unread, ...]
    shown: str
    gated: bool = False

    @property
    def labels(self) -> Mapping[str, str]:
        """Labels of the findings in the report, and of those struck out, by id."""
        if self.report is None:
            return {}
        return {each.id: each.label for each in (*self.report.features, *self.report.dismissed)}


def look(services: Services, translator: Translator, sheet: Sheet) -> Look:
    """Read what is not remembered, rank and suggest tests; keeps a processor busy."""
    if sheet.empty:
        return Look(sheet, None, (), "")
    readings = services.remembered.readings(sheet.case)
    known = services.knowing.known(sheet.known)
    offers = services.knowing.offers
    made = services.assessor.assess(sheet.case, LISTED, known=known, offers=offers, readings=readings)
    report = translator.report(made)
    unread = _unread(services, translator, sheet, readings)
    gated = services.settings.cases.first_impression == "required" and sheet.impression is None
    return Look(sheet, report, unread, digest_of(shown_of(report)), gated)


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


def _unread(
    services: Services, translator: Translator, sheet: Sheet, readings: Sequence[Reading]
) -> tuple[Unread, ...]:
    """Suggestions for each note; none for terms that have been said already."""
    found = []
    for note, reading in zip(sheet.case.notes, readings, strict=True):
        made = services.suggesting.made(translator.naming, reading, note.text)
        if made is not None:
            suggestions, end = made
            found.append(Unread(note.id, suggestions, end))
    return tuple(found)
