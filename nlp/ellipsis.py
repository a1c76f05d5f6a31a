"""Findings that leave words out: "fourth and fifth fingers", "hepato- and splenomegaly"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.lexicon import NO_TERM, Lexicon
from nlp.recognise import Candidate, Selection
from nlp.shapes import DIGIT_LISTS, SHARED_ENDINGS, Kind
from nlp.word_reader import Word, WordReader
from nlp.wordings import MADE_RANK

_AROUND = 4  # content words looked at before and after a list of numerals
_MIN_ENDING = 4  # letters that two compounds share


@dataclass(frozen=True, slots=True)
class Ellipsis:
    """Adds findings of which each word is there, but not beside the others, to a selection."""

    lexicon: Lexicon
    reader: WordReader

    def extend(self, selection: Selection) -> None:
        """Add a finding for every digit of a list, and for compounds that share their ending."""
        for candidate in (*self._digit_lists(selection), *self._shared_endings(selection)):
            selection.take(candidate, [])

    def _digit_lists(self, selection: Selection) -> list[Candidate]:
        found: list[Candidate] = []
        for match in DIGIT_LISTS.finditer(selection.sequence.shape):
            run = [at for at in range(*match.span()) if selection.sequence.words[at].digit]
            held = [w for w in run if selection.owner[w] >= 0]
            if len(held) > 1:
                continue  # "2-3 toe syndactyly" is one finding
            front, back = _around(selection.sequence.words, run[0], -1), _around(selection.sequence.words, run[-1], 1)
            for digit in _digits(selection.sequence.words, run):
                candidate = self._of_digit(selection, run, front, back, digit)
                if candidate:
                    found.append(candidate)
        return found

    def _of_digit(
        self, selection: Selection, run: list[int], front: list[int], back: list[int], digit: str
    ) -> Candidate | None:
        """The longest wording made of this digit, words just before the list and words just after it."""
        key = self.reader.word(digit).key
        for size in range(len(front) + len(back), 0, -1):
            for before in range(min(size, len(front)), -1, -1):
                after = size - before
                if after > len(back):
                    continue
                words = [*front[len(front) - before :], *back[:after]]
                entry = self.lexicon.wordings.get(key + selection.key(words))
                if entry is None or entry[0] >= MADE_RANK + 1:
                    continue
                rank, _, term = entry
                if term != NO_TERM:
                    first, last = min([*words, *run]), max([*words, *run])
                    return Candidate(first, last, size + 1.0, rank, term)
        return None

    def _shared_endings(self, selection: Selection) -> Iterator[Candidate]:
        words = selection.sequence.words
        for match in SHARED_ENDINGS.finditer(selection.sequence.shape):
            at = match.start()
            full = words[at + 3]
            if not words[at].text.isalpha():
                continue
            for cut in range(1, len(full.text) - _MIN_ENDING + 1):
                single = self.lexicon.singles.get(self.reader.rules.stems.single(words[at].text + full.text[cut:]))
                if single is not None:
                    yield Candidate(at, at + 3, 1.0, *single)
                    break


def _digits(words: Sequence[Word], run: list[int]) -> list[str]:
    """The digits that a list names, those of a range ("second to fifth") included."""
    numbers = [words[w].digit for w in run]
    ranged = len(run) == 2 and any(words[w].text in ("to", "-", "–") for w in range(run[0] + 1, run[1]))
    if ranged and numbers[0] < numbers[1]:
        numbers = list(range(numbers[0], numbers[1] + 1))
    return [_ORDINALS[number] for number in dict.fromkeys(numbers)]


def _around(words: Sequence[Word], start: int, step: int) -> list[int]:
    """Up to four content words beside a list, in reading order, no further than a sign or comma."""
    found: list[int] = []
    at = start + step
    while 0 <= at < len(words) and len(found) < _AROUND and words[at].kind in (Kind.WORD, Kind.STOP, Kind.HYPHEN):
        if words[at].kind is Kind.WORD:
            if words[at].digit or words[at].is_barrier:
                break
            if not (words[at].is_modifier and words[at].number < 0):
                found.append(at)
        at += step
    return found if step > 0 else found[::-1]


_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
