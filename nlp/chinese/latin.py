"""Words in Latin letters inside a Chinese note: headache, papilledema, ASD; read by the English reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.chinese.selection import Found
from nlp.reading import NoteReader
from ontology.features import Assertion, TextSpan
from ontology.terms import Terms

#: Words with what joins them; a run of digits and units alone is none.
_STRETCH = re.compile(r"[a-z][a-z0-9' \-/+.]*[a-z0-9]")
_WORD = re.compile(r"[a-z]{4,}")
#: A unit alone, which is a fifth of all stretches.
_UNIT = re.compile(r"[munp]?mol(?:/d?l|/24h)?|mmhg")


@dataclass(frozen=True, slots=True)
class LatinReader:
    """Reads stretches of Latin letters with a reader of English."""

    english: NoteReader
    terms: Terms

    def find(self, text: str, folded: str) -> Iterator[Found]:
        """Findings of every stretch that holds a word of four letters, with what its own words say of them."""
        for match in _STRETCH.finditer(folded):
            if not _WORD.search(match[0]) or _UNIT.fullmatch(match[0]):
                continue
            for mention in self.english.read("", text[match.start() : match.end()]).mentions:
                if isinstance(mention.evidence, TextSpan):
                    start, end = match.start() + mention.evidence.start, match.start() + mention.evidence.end
                    said = None
                    if mention.assertion is not Assertion.OBSERVED:
                        cue = mention.cue
                        place = (match.start() + cue.start, match.start() + cue.end) if cue else None
                        said = (mention.assertion, place)
                    position = self.terms.position(mention.type)
                    yield Found(start, end, position, folded[start:end], "english", said=said)
