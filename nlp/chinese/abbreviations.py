"""Latin abbreviations in Chinese notes that mean a finding where other words say so: ASD beside 心超 or 自闭."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from nlp.chinese.script import Script
from nlp.chinese.selection import Found
from nlp.chinese.term_wordings import FOLDER


@dataclass(frozen=True, slots=True)
class _Meaning:
    term: int
    context: re.Pattern[str] | None


#: MR as the image and not the regurgitation: 头颅MR, MR平扫.
_IMAGED = re.compile(r"(?:头|颅|脑|脊髓|脊柱|颈椎|胸椎|腰椎|关节|盆腔|腹部|眼眶|垂体|肌肉|双?下肢|大腿|增强|平扫)\s?$")
_IMAGING = re.compile(r"\s?(?:平扫|增强|成像|检查|提示|示|见|未见|:|i|a)")


@dataclass(frozen=True, slots=True)
class ChineseAbbreviations:
    """Reads the abbreviations of `abbreviations.tsv`; of several meanings the first whose words are there."""

    meanings: Mapping[str, tuple[_Meaning, ...]]
    pattern: re.Pattern[str]

    @classmethod
    def open(cls, script: Script, position: Callable[[str], int | None]) -> ChineseAbbreviations:
        """Read the table; `position` tells that of an id, None where this release lacks it."""
        found: dict[str, list[_Meaning]] = {}
        for line in (FOLDER / "abbreviations.tsv").read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            letters, id, words = line.split("\t")
            term = position(id)
            if term is not None:
                context = None if words == "-" else re.compile("|".join(map(re.escape, script.fold(words).split("|"))))
                found.setdefault(script.fold(letters), []).append(_Meaning(term, context))
        written = {letters: tuple(meanings) for letters, meanings in found.items()}
        return cls(written, re.compile(rf"{_any_of(written)}(?![a-z-]|\d+(?![\d年月周天])|\s?[:=]?\s?\d+\.)"))

    def find(self, text: str) -> Iterator[Found]:
        """Abbreviations of a folded note that mean a finding; each context is looked for once."""
        decided: dict[str, int | None] = {}
        for match in self.pattern.finditer(text):
            letters = match[0]
            if letters == "mr" and (
                _IMAGED.search(text, max(0, match.start() - 6), match.start()) or _IMAGING.match(text, match.end())
            ):
                continue
            if letters not in decided:
                decided[letters] = self._meant(text, letters)
            term = decided[letters]
            if term is not None:
                yield Found(match.start(), match.end(), term, letters, "abbreviation")

    def _meant(self, text: str, letters: str) -> int | None:
        # The letters themselves are no context: VSD beside VSD says nothing.
        rest = text.replace(letters, " ")
        for meaning in self.meanings[letters]:
            if meaning.context is None or meaning.context.search(rest):
                return meaning.term
        return None


def _any_of(abbreviations: Iterable[str]) -> str:
    """An expression of these at the beginning of a word; it begins with a class of signs, and is tried at those."""
    rests: dict[str, list[str]] = {}
    for letters in sorted(abbreviations, key=len, reverse=True):
        rests.setdefault(letters[0], []).append(re.escape(letters[1:]))
    if not rests:
        return "(?!)"
    begins = "".join(map(re.escape, rests))
    branches = "|".join(f"(?<={re.escape(first)})(?:{'|'.join(rest)})" for first, rest in rests.items())
    return f"[{begins}](?<![a-z0-9].)(?:{branches})"
