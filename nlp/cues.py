"""Cues: phrases that say how a finding is meant, found in a list of folded words by their first word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from nlp.words import fold, tokenise


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase found at words `first` to `last` (inclusive); `kind` names its list in `assertion.json`."""

    first: int
    last: int
    kind: str


@dataclass(frozen=True, slots=True)
class CueFinder:
    """Phrases by their first word, longest first; of two phrases that overlap the longer or earlier one is found."""

    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]

    @classmethod
    def of(cls, rules: Mapping[str, Iterable[str]], kinds: Iterable[str]) -> CueFinder:
        """A finder for these kinds. In a phrase, `a|b` are alternatives and `_` stands for a space inside one."""
        by_first: dict[str, dict[tuple[str, ...], str]] = {}
        for kind in kinds:
            for pattern in rules[kind]:
                for words in _expand(pattern):
                    by_first.setdefault(words[0], {}).setdefault(words, kind)
        return cls({first: tuple(sorted(kept.items(), key=lambda p: -len(p[0]))) for first, kept in by_first.items()})

    def find(self, words: Sequence[str]) -> list[Cue]:
        """Cues in `words` from left to right."""
        found: list[Cue] = []
        beyond = 0
        starting_with = self.phrases.get
        for at, word in enumerate(words):
            phrases = starting_with(word)
            if phrases is None or at < beyond:
                continue
            for phrase, kind in phrases:
                if len(phrase) == 1 or tuple(words[at : at + len(phrase)]) == phrase:
                    beyond = at + len(phrase)
                    found.append(Cue(at, beyond - 1, kind))
                    break
        return found


def _expand(pattern: str) -> Iterable[tuple[str, ...]]:
    choices = [part.split("|") if part != "|" else [part] for part in pattern.split()]
    for chosen in product(*choices):
        phrase = " ".join(chosen).replace("_", " ")
        yield tuple(fold(surface) for surface in tokenise(phrase).surfaces)
