"""How long findings last: what a past history tells of and is there still, what is of a pregnancy, what of a newborn.

Rows of `languages/zh/courses.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files

from nlp.norms import Subject
from ontology.terms import Terms

_NEWBORN_DAYS = 28
_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2}|数)"
#: Words of the first days of life before a finding, in its sentence.
_AT_BIRTH = re.compile(
    rf"(?:新生儿期|(?:生|出生|出世)后(?:即|不久|{_NUMBER}\s?(?:天|日|小时|h))|出生时|生时)[^,。;\n\d岁月]{{0,24}}$"
)
_REACH = 40  # characters before a finding


@dataclass(frozen=True, slots=True)
class Courses:
    """Positions of lasting and of prenatal terms, and newborns' terms by the plain ones."""

    lasting: frozenset[int]
    prenatal: frozenset[int]
    newborn: Mapping[int, int]

    @classmethod
    def open(cls, terms: Terms, position: Callable[[str], int | None]) -> Courses:
        """Read the table; `position` tells that of an id, None where this release lacks it."""
        text = (files("nlp") / "languages" / "zh" / "courses.tsv").read_text(encoding="utf-8")
        roots: dict[str, set[int]] = {"lasting": set(), "episode": set(), "prenatal": set()}
        newborn: dict[int, int] = {}
        for line in text.splitlines():
            if not line or line.startswith("#"):
                continue
            kind, id, finer, _ = line.split("\t")
            term, of_newborn = position(id), position(finer) if finer != "-" else None
            if term is None:
                continue
            if kind == "newborn":
                newborn |= {term: of_newborn} if of_newborn is not None else {}
            else:
                roots[kind].add(term)
        below = {kind: _below(terms, tops) for kind, tops in roots.items()}
        return cls(below["lasting"] - below["episode"], below["prenatal"], newborn)

    def at_age(self, term: int, text: str, start: int, subject: Subject) -> int:
        """The newborn's term for a finding of a newborn, or of the first days as the note tells; else `term`."""
        finer = self.newborn.get(term)
        if finer is None:
            return term
        newborn = bool(subject.ages) and all(age.oldest <= _NEWBORN_DAYS for age in subject.ages)
        return finer if newborn or _AT_BIRTH.search(text, max(0, start - _REACH), start) else term


def _below(terms: Terms, tops: set[int]) -> frozenset[int]:
    """The terms and all below them."""
    return frozenset(at for at in range(len(terms)) if at in tops or not tops.isdisjoint(terms.ancestors[at].tolist()))
