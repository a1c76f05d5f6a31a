"""Words of notes that findings were read from, as the page marks them.

Offsets of a reading count characters (Unicode code points); the page's count UTF-16 units, as JavaScript does.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

from matching.case import Note
from service.models.answers import FeatureAnswer, ReportAnswer, SourcedMentionAnswer

#: Start, end, assertion, id and label of a finding.
Mark = tuple[int, int, str, str, str]


def marks_of(note: Note, report: ReportAnswer | None) -> list[Mark]:
    """The marks of a note, the widest first, so that what lies within is drawn over it.

    What a clinician has said of a finding shows on its words; what they struck out has no mark.
    """
    if report is None:
        return []
    units = _units(note.text)
    found = [
        (units(start), units(end), assertion, feature.id, feature.label)
        for feature in report.features
        for start, end, assertion in set(_spans(feature, note.id))
    ]
    return sorted(found, key=lambda mark: (mark[0] - mark[1], mark))


def marks_json(note: Note, report: ReportAnswer | None) -> str:
    """The marks of a note as the page's script reads them."""
    return json.dumps(marks_of(note, report), ensure_ascii=False, separators=(",", ":"))


def _spans(feature: FeatureAnswer, note: str) -> Iterator[tuple[int, int, str]]:
    by_hand = any(mention.evidence.by for mention in feature.mentions)
    for mention in _told(feature):
        evidence = mention.evidence
        if evidence.note == note and evidence.start is not None and evidence.end is not None:
            yield evidence.start, evidence.end, feature.assertion if by_hand else mention.assertion


def _told(feature: FeatureAnswer) -> Iterable[SourcedMentionAnswer]:
    return (*feature.mentions, *feature.conflicts)


def _units(text: str) -> Callable[[int], int]:
    """From code points to UTF-16 units: those beyond the first plane take two."""
    wide = [at for at, character in enumerate(text) if character > "\uffff"]
    if not wide:
        return lambda offset: offset
    return lambda offset: offset + bisect_left(wide, offset)
