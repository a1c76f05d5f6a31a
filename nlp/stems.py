"""Making forms of one word equal: spelling, number, adjective and noun, and words of one meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StemRules:
    """Rules of one language (file `stems.json`).

    numerals    word to digit
    same        word to the name of its class, "=absent": words of one meaning are one stem
    spellings   (part of a word, how it is spelt here), in order
    adjectives  (ending, ending of the noun): "hypoplastic" is read as "hypoplasia"
    endings     cut from the end where at least five letters stay
    """

    numerals: Mapping[str, str]
    same: Mapping[str, str]
    spellings: tuple[tuple[str, str], ...]
    adjectives: tuple[tuple[str, str], ...]
    endings: tuple[str, ...]
    adjective_endings: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "adjective_endings", tuple(ending for ending, _ in self.adjectives))

    def stem(self, word: str) -> str:
        """The stem of a folded word; classes begin with "=", numbers with "#"."""
        if word in self.numerals:
            return "#" + self.numerals[word]
        if word in self.same:  # before spelling: "raised" is no "raized"
            return self.same[word]
        word = self._spelt(word)
        if word in self.same:
            return self.same[word]
        word = _singular(word)
        return self.same.get(word) or self._cut(self._noun(word))

    def single(self, word: str) -> str:
        """A gentler form, for findings of one word: "ataxic" and "ataxia" meet, "hypoplastic" and "plasty" never."""
        if word in self.numerals:
            return "#" + self.numerals[word]
        word = _singular(self._spelt(word))
        noun = self._noun(word)
        if noun != word:
            return noun
        return word[:-1] if word.endswith("es") and len(word) > 6 else word

    def _spelt(self, word: str) -> str:
        for foreign, here in self.spellings:
            if foreign in word:
                word = word.replace(foreign, here)
        return word

    def _noun(self, word: str) -> str:
        if not word.endswith(self.adjective_endings):
            return word
        for adjective, noun in self.adjectives:
            if word.endswith(adjective):
                return word[: -len(adjective)] + noun
        return word

    def _cut(self, word: str) -> str:
        for ending in self.endings:
            if word.endswith(ending) and len(word) - len(ending) >= 5:
                word = word[: -len(ending)]
                break
        return word[:-2] if len(word) > 6 and word.endswith("at") else word


def _singular(word: str) -> str:
    if len(word) <= 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("ses") and len(word) > 5:
        return word[:-3] + "sis"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word[:-1] if word.endswith("ae") and len(word) > 4 else word
