"""One quality said of several body parts, several qualities of one: "the thumbs were broad and short".

Coordination joins neighbours; here the parts may lie further apart. After a copula every conjunct is said of the
subject ("palms and soles were furrowed and thick", "a wide nasal bridge that was depressed"); what stands before a
list of body parts is said of each ("limited mobility at the shoulders, elbows and hips").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nlp.lexicon import NO_TERM, Lexicon
from nlp.recognise import Candidate, Selection
from nlp.shapes import BREAK, COPULA, STATEMENTS, Kind
from nlp.word_reader import Word

_MAX_RANK = 5.5  # as in nlp.coordination
_LONGEST_PART = 3  # content words of a body part: "middle phalanges of"
_LONGEST_QUALITY = 4
_CONJUNCTS = 6
_FRONT = 4  # content words looked at before a list
_LINKS = (Kind.COORDINATOR, Kind.COMMA)
_INSIDE = (Kind.WORD, Kind.HYPHEN)


@dataclass(frozen=True, slots=True)
class Distribution:
    """Adds findings whose quality and body part are shared with others to a selection."""

    lexicon: Lexicon

    def extend(self, selection: Selection) -> None:
        """Add what copulas and lists of body parts say."""
        words = selection.sequence.words
        shape = selection.sequence.shape
        subjects: list[list[int]] = []
        read = told = -1
        for match in STATEMENTS.finditer(shape):
            at = match.start()
            if at <= read:
                continue
            if shape[at] == COPULA:
                goes_on = subjects and _continues(words, at) and shape.find(BREAK, told, at) < 0
                subjects = self._subjects(words, at) or (subjects if goes_on else [])
                told = at
                if subjects:
                    self._predicates(selection, subjects, at)
            else:
                read = self._list(selection, at)

    def _predicates(self, selection: Selection, subjects: list[list[int]], copula: int) -> None:
        for quality in self._qualities(selection.sequence.words, copula + 1):
            together = [word for subject in subjects for word in subject]
            if len(subjects) > 1 and self._is_said(selection, together, quality):
                continue
            for subject in subjects:
                any(self._is_said(selection, subject[start:], quality) for start in range(len(subject)))

    def _is_said(self, selection: Selection, subject: list[int], quality: list[int]) -> bool:
        words = selection.sequence.words
        if words[quality[0]].number not in words[subject[-1]].partners:
            return False
        return any(self._take(selection, subject, quality[:end]) for end in range(len(quality), 0, -1))

    def _subjects(self, words: list[Word], copula: int) -> list[list[int]]:
        """Body parts just before a copula, "palms" and "soles"; none where a denial stands among them."""
        found: list[list[int]] = []
        at = copula - 1
        while len(found) < _CONJUNCTS:
            while at >= 0 and words[at].kind is Kind.STOP and not words[at].is_connector and words[at].text != "\n":
                at -= 1
            phrase = _phrase_before(words, at)
            if not phrase or not self._is_part(words, phrase[-1]) or any(words[w].is_barrier for w in phrase):
                break
            found.insert(0, phrase)
            at = phrase[0] - 1
            while at >= 0 and words[at].kind is Kind.STOP and not words[at].is_connector:
                at -= 1
            if at < 0 or words[at].kind not in _LINKS or (len(found) == 1 and words[at].kind is Kind.COMMA):
                break  # "the hand, the thumb was short" is one subject
            at -= 1
        return found

    def _qualities(self, words: list[Word], start: int) -> Iterator[list[int]]:
        """Conjuncts after a copula, up to the next sign, denial or body part."""
        quality: list[int] = []
        count = 0
        for at in range(start, len(words)):
            word = words[at]
            if word.kind is Kind.WORD:
                if word.is_barrier or self._is_part(words, at) or len(quality) == _LONGEST_QUALITY:
                    return
                if word.number >= 0 and not word.is_filler:
                    quality.append(at)
            elif word.kind in _LINKS or word.kind is Kind.BREAK:
                if quality:
                    yield quality
                count += 1
                if word.kind is Kind.BREAK or count == _CONJUNCTS:
                    return
                quality = []
            elif word.is_connector and quality:
                break
        if quality:
            yield quality

    def _list(self, selection: Selection, link: int) -> int:
        """Say what stands before the body part left of `link` of those right of it; the last word that was read."""
        words = selection.sequence.words
        last = link
        parts = list(self._parts_after(words, link))
        fronts = self._fronts(words, _phrase_before(words, link - 1)) if parts else []
        if fronts and not _is_subject(words, parts[-1][-1]):
            for part in parts:
                last = part[-1]
                for front in fronts:
                    if words[part[-1]].number not in words[front[-1]].partners:
                        continue
                    if any(self._take(selection, front, part[start:]) for start in range(len(part))):
                        break
        return last

    def _fronts(self, words: list[Word], head: list[int]) -> list[list[int]]:
        """What may be said of every part of a list: words before its first body part, and these without body parts."""
        own = [w for w in head if not self._is_part(words, w)]
        front = own if own and own[0] == head[0] else []
        at = head[0] - 1
        while at >= 0 and len(front) < _FRONT and words[at].kind in (*_INSIDE, Kind.STOP) and words[at].text != "\n":
            if words[at].kind is Kind.WORD:
                if words[at].is_barrier or words[at].is_connector:
                    break
                if words[at].number >= 0 and (front or words[at + 1].kind is not Kind.WORD):
                    front = [at, *front]
            at -= 1
        bare = [w for w in front if not self._is_part(words, w)]
        if not bare:
            return []
        return [front, bare] if 1 < len(bare) < len(front) else [front]

    def _parts_after(self, words: list[Word], link: int) -> Iterator[list[int]]:
        """Bare body parts after a link: "tibiae", "left ulna"; the list ends at anything else."""
        part: list[int] = []
        for at in range(link + 1, min(link + 6 * _CONJUNCTS, len(words))):
            word = words[at]
            if word.kind is Kind.WORD:
                if self._is_part(words, at) or word.is_side or word.is_numeral:
                    part.append(at)
                    continue
                return
            if word.kind in _LINKS or word.kind is Kind.BREAK:
                if part and self._is_part(words, part[-1]) and len(part) <= _LONGEST_PART:
                    yield part
                    part = []
                elif part or word.kind is Kind.BREAK:
                    return
                if word.kind is Kind.BREAK:
                    return
            elif part:
                if self._is_part(words, part[-1]) and len(part) <= _LONGEST_PART:
                    yield part
                return

    def _take(self, selection: Selection, one: list[int], other: list[int]) -> bool:
        """Keep the finding of these words, unless it is there; whether there is one."""
        both = [*one, *other]
        entry = self.lexicon.wordings.get(selection.key(both))
        if entry is None:
            return False
        rank, _, term = entry
        if rank >= _MAX_RANK or term == NO_TERM:
            return False
        first, last = min(both), max(both)
        if not selection.says(term, first, last):
            selection.take(Candidate(first, last, float(len(both)), rank, term), [])
        return True

    def _is_part(self, words: list[Word], at: int) -> bool:
        return at >= 0 and words[at].is_anatomy


def _is_subject(words: list[Word], at: int) -> bool:
    """Whether a copula follows the word at `at`: "small nails, palms and soles were furrowed" says nothing of size."""
    return at + 1 < len(words) and words[at + 1].is_copula


def _continues(words: list[Word], copula: int) -> bool:
    """Whether a copula goes on with the subject of the one before: "sit low and are rotated"."""
    at = copula - 1
    while at >= 0 and words[at].kind is Kind.STOP:
        at -= 1
    return at >= 0 and words[at].kind in _LINKS


def _phrase_before(words: list[Word], end: int) -> list[int]:
    """Content words that end at `end`, hyphens between allowed."""
    phrase: list[int] = []
    at = end
    while at >= 0 and words[at].kind in _INSIDE and len(phrase) < _LONGEST_PART:
        if words[at].kind is Kind.WORD:
            phrase.insert(0, at)
        at -= 1
    return phrase
