"""Cutting a note into words without losing a single offset, and folding a word for comparison.

Nothing here changes the text: words are cut from it as it was given, and only the copies are folded.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import MutableSequence
from dataclasses import dataclass
from itertools import accumulate

_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿﬀ-ﬆＡ-Ｚａ-ｚ"
#: Accents written apart, soft hyphens and zero-width joiners: inside a word they belong to it.
_INSIDE = "\u0300-\u036f\u00ad\u200b-\u200d\u2060"
_TOKEN = re.compile(
    rf"([{_LATIN}]+(?:[{_INSIDE}]+[{_LATIN}]*)*(?:['’][a-z]+)?"
    r"|\d+(?:st|nd|rd|th)\b|\d+(?:\.\d+)?|\n|\S)"
)
_MAX_FOLDS = 100_000  # distinct words kept
_SPACE = re.compile(r"\s")
_PART = 100_000  # characters
_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa"})


#: Characters of a text, ascending; the words of a long one take a fifth of the memory in an array.
Offsets = MutableSequence[int]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words, numbers, single signs and line ends of a text: token i is `text[starts[i]:ends[i]] == surfaces[i]`."""

    starts: Offsets
    ends: Offsets
    surfaces: list[str]

    def __len__(self) -> int:
        return len(self.starts)


def tokenise(text: str) -> Tokens:
    """Cut `text` into tokens; time is linear in its length."""
    if len(text) > _PART:
        return _tokenise_parts(text)
    parts = _TOKEN.split(text)  # gap, token, gap, ..., gap
    bounds = list(accumulate(map(len, parts)))
    return Tokens(bounds[:-1:2], bounds[1::2], parts[1::2])


def _tokenise_parts(text: str) -> Tokens:
    """The same for a long text, part by part, in a fifth of the memory: no token reaches over white space."""
    tokens = Tokens(array("i"), array("i"), [])
    kept: dict[str, str] = {}
    start = 0
    while start < len(text):
        space = _SPACE.search(text, min(start + _PART, len(text)))
        end = space.end() if space else len(text)
        parts = _TOKEN.split(text[start:end])
        bounds = list(accumulate(map(len, parts), initial=start))[1:]
        tokens.starts.extend(bounds[:-1:2])
        tokens.ends.extend(bounds[1::2])
        surfaces = parts[1::2]
        tokens.surfaces.extend(map(kept.setdefault, surfaces, surfaces))
        start = end
    return tokens


def fold(surface: str) -> str:
    """`surface` in lower case, without accents, ligatures, full-width forms and a possessive 's; never empty."""
    if surface.isascii():
        low = surface.lower()
    else:
        apart = unicodedata.normalize("NFKD", surface.replace("’", "'"))
        kept = "".join(c for c in apart if unicodedata.category(c) not in ("Mn", "Cf"))
        low = kept.lower().translate(_GREEK)
    return low.removesuffix("'s") or surface


class Folds(dict[str, str]):
    """Folded words by their surface; what is not there is folded and kept, up to a bound."""

    def __missing__(self, surface: str) -> str:
        if len(self) >= _MAX_FOLDS:
            self.clear()
        folded = self[surface] = fold(surface)
        return folded


def is_wordlike(surface: str) -> bool:
    """Whether the token is a word or a number, not a sign."""
    return surface[0].isalnum()
