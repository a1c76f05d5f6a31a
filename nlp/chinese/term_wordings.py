"""The Chinese lexicon in this repository: rows of terms with the names and synonyms that clinicians and parents use.

`nlp/languages/zh/terms/*.tsv`, one row a term: id, name, synonyms, note, and who has checked it (`checked_by`, empty
until a clinician has). Synonyms are patterns of `nlp.chinese.patterns`, separated by `|`; `!` before one claims its
wordings against other rows. Written for this project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nlp.chinese.patterns import PatternFault, expand

FOLDER = Path(__file__).parents[1] / "languages" / "zh"
#: Before a pattern: its wordings are this term's though other rows have them, too.
CLAIMED = "!"
_ID = re.compile(r"HP:[0-9]{7}")


class LexiconFault(ValueError):
    """A row of the lexicon that cannot be read; says the file and the line."""


@dataclass(frozen=True)
class TermWordings:
    """One row: a term's Chinese name and the patterns of its synonyms."""

    id: str
    name: str
    synonyms: tuple[str, ...] = ()
    note: str = ""
    checked_by: str = ""

    @cached_property
    def wordings(self) -> tuple[str, ...]:
        """The name and every synonym, once each, the name first."""
        made = [self.name]
        for pattern in self.synonyms:
            made.extend(expand(pattern.removeprefix(CLAIMED)))
        return tuple(dict.fromkeys(made))

    @cached_property
    def claimed(self) -> frozenset[str]:
        """Wordings that are this term's whatever other rows say."""
        return frozenset(
            wording
            for pattern in self.synonyms
            if pattern.startswith(CLAIMED)
            for wording in expand(pattern.removeprefix(CLAIMED))
        )


def read_terms(folder: Path = FOLDER / "terms") -> tuple[TermWordings, ...]:
    """Every row of every file, by file name and line; raises LexiconFault."""
    return tuple(row for path in sorted(folder.glob("*.tsv")) for row in _rows(path))


def read_names(folder: Path = FOLDER / "names") -> tuple[TermWordings, ...]:
    """Rows of terms that are named and looked for in no note: modes of inheritance, courses, histories."""
    return read_terms(folder)


def _rows(path: Path) -> Iterator[TermWordings]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if number == 1 or not line.strip():
            continue
        id, name, synonyms, note, checked_by = (*(cell.strip() for cell in line.split("\t")), "", "", "", "")[:5]
        if not _ID.fullmatch(id) or not name:
            raise LexiconFault(f"{path.name}, line {number}: a row begins with a term's id and its name")
        row = TermWordings(id, name, tuple(filter(None, synonyms.split("|"))), note, checked_by)
        try:
            _ = row.wordings
        except PatternFault as fault:
            raise LexiconFault(f"{path.name}, line {number}: {fault}") from fault
        yield row
