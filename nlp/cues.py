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


#: Phrases that begin with one word: by their second word those of several words, longest first, and the kind of the
#: word alone.
_Phrases = tuple[Mapping[str, tuple[tuple[tuple[str, ...], str], ...]], str | None]


@dataclass(frozen=True, slots=True)
class CueFinder:
    """Phrases by their first word; of two phrases that overlap the longer or earlier one is found."""

    phrases: Mapping[str, _Phrases]

    @classmethod
    def of(cls, rules: Mapping[str, Iterable[str]], kinds: Iterable[str]) -> CueFinder:
        """A finder for these kinds. In a phrase, `a|b` are alternatives and `_` stands for a space inside one."""
        by_first: dict[str, dict[tuple[str, ...], str]] = {}
        for kind in kinds:
            for pattern in rules[kind]:
                for words in _expand(pattern):
                    by_first.setdefault(words[0], {}).setdefault(words, kind)
        return cls({first: _by_second(kept) for first, kept in by_first.items()})

    def find(self, words: Sequence[str], places: Iterable[int] | None = None) -> list[Cue]:
        """Cues in `words` from left to right; `places` are the words at which they may begin, where these are known."""
        found: list[Cue] = []
        beyond = 0
        starting_with = self.phrases
        for at in range(len(words)) if places is None else places:
            word = words[at]
            if at < beyond or word not in starting_with:
                continue
            by_second, alone = starting_with[word]
            for phrase, kind in by_second.get(words[at + 1], ()) if at + 1 < len(words) else ():
                if len(phrase) == 2 or tuple(words[at : at + len(phrase)]) == phrase:
                    beyond = at + len(phrase)
                    found.append(Cue(at, beyond - 1, kind))
                    break
            else:
                if alone is not None:
                    beyond = at + 1
                    found.append(Cue(at, at, alone))
        return found


def _by_second(kept: Mapping[tuple[str, ...], str]) -> _Phrases:
    by_second: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, kind in sorted(kept.items(), key=lambda p: -len(p[0])):
        if len(phrase) > 1:
            by_second.setdefault(phrase[1], []).append((phrase, kind))
    alone = next((kind for phrase, kind in kept.items() if len(phrase) == 1), None)
    return {second: tuple(phrases) for second, phrases in by_second.items()}, alone


def _expand(pattern: str) -> Iterable[tuple[str, ...]]:
    choices = [part.split("|") if part != "|" else [part] for part in pattern.split()]
    for chosen in product(*choices):
        phrase = " ".join(chosen).replace("_", " ")
        yield tuple(fold(surface) for surface in tokenise(phrase).surfaces)
