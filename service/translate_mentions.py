"""From mentions to the JSON of the service."""

from __future__ import annotations

from dataclasses import dataclass

from ontology.features import Evidence, Grounds, ImageRegion, Mention, TextSpan
from service.models import answers as a
from service.reading_words import reading_in_words
from service.wording import Wording


@dataclass(frozen=True, slots=True)
class MentionTranslator:
    """Puts mentions into answers, in the language of `wording`."""

    wording: Wording

    def in_note(self, mention: Mention, span: Evidence) -> a.MentionAnswer:
        """A mention at `span`, its characters in the note that was read."""
        assert isinstance(span, TextSpan)
        naming = self.wording.naming
        return a.MentionAnswer(
            id=mention.type,
            label=naming.label(mention.type),
            label_en=naming.label_en(mention.type),
            assertion=mention.assertion,
            start=span.start,
            end=span.end,
            text=span.text,
            section=self._word("section", span.section),
            onset=mention.onset,
            severity=mention.severity,
            modifiers=list(mention.modifiers),
            grounds=self._grounds(mention.grounds),
            reading=reading_in_words(mention.reading, self.wording.language),
            cue=_cue(mention.cue),
        )

    def sourced(self, mention: Mention) -> a.SourcedMentionAnswer:
        """One source saying one thing."""
        return a.SourcedMentionAnswer(
            assertion=mention.assertion,
            evidence=self._evidence(mention.evidence),
            onset=mention.onset,
            severity=mention.severity,
            modifiers=list(mention.modifiers),
            grounds=self._grounds(mention.grounds),
            reading=reading_in_words(mention.reading, self.wording.language),
            cue=_cue(mention.cue),
        )

    def _evidence(self, given: Evidence) -> a.EvidenceAnswer:
        if isinstance(given, TextSpan):
            section = self._word("section", given.section)
            return a.EvidenceAnswer(note=given.note, start=given.start, end=given.end, text=given.text, section=section)
        if isinstance(given, ImageRegion):
            return a.EvidenceAnswer(photo=given.photo, box=given.box)
        region = given.region
        said = a.EvidenceAnswer(by=given.by, photo=region.photo if region else None, box=region.box if region else None)
        span = given.span
        if span is None:
            return said
        return said.model_copy(update={"note": span.note, "start": span.start, "end": span.end, "text": span.text})

    def _grounds(self, given: Grounds | None) -> a.GroundsAnswer | None:
        if given is None:
            return None
        return a.GroundsAnswer(
            wording=given.wording,
            source=self.wording.words.get(f"grounds.source.{given.source}", given.source),
            steps=[self.wording.words.get(f"grounds.step.{step}", step) for step in given.steps],
        )

    def _word(self, kind: str, given: str | None) -> str | None:
        return None if given is None else self.wording.words.get(f"{kind}.{given}", given)


def _cue(given: TextSpan | None) -> a.CueAnswer | None:
    return a.CueAnswer(start=given.start, end=given.end, text=given.text) if given else None
