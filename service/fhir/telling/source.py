"""What a finding comes from: a mention, as a report shows it or as a clinician's word is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ontology.features import ImageRegion, Mention, Statement, TextSpan


@dataclass(frozen=True, slots=True)
class Source:
    """One mention of a finding: words of a note, a region of a photo, a clinician's word."""

    assertion: str
    by: str | None = None
    note: str | None = None
    start: int | None = None
    end: int | None = None
    text: str | None = None
    section: str | None = None
    reading: str | None = None
    conflict: bool = False
    relative: str | None = None


def source_of_answer(mention: Mapping[str, Any], conflict: bool = False) -> Source:
    """A source from a SourcedMentionAnswer as JSON."""
    evidence, cue = mention["evidence"], mention.get("cue") or {}
    return Source(
        mention["assertion"],
        evidence.get("by"),
        evidence.get("note"),
        evidence.get("start"),
        evidence.get("end"),
        evidence.get("text"),
        evidence.get("section"),
        mention.get("reading"),
        conflict,
        cue.get("text"),
    )


def source_of_mention(mention: Mention) -> Source:
    """A source from a mention as it is kept."""
    given = mention.evidence
    by = given.by if isinstance(given, Statement) else None
    span = given.span if isinstance(given, Statement) else given
    told, reading = mention.assertion.value, mention.reading
    if isinstance(span, TextSpan):
        return Source(told, by, span.note, span.start, span.end, span.text, span.section, reading)
    assert span is None or isinstance(span, ImageRegion)
    return Source(told, by, reading=reading)
