"""Chinese names of diseases in this repository: `nlp/languages/zh/diseases.tsv`, one row a disease.

Columns: id (of one database record), name, synonyms (separated by `|`), the national list it stands in, note, and who
has checked it (`checked_by`, empty until a clinician has). Written for this project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlp.chinese.term_wordings import FOLDER, LexiconFault

_HEADER = ["id", "name", "synonyms", "list", "note", "checked_by"]
_ID = re.compile("(OMIM|ORPHA|DECIPHER):[0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class DiseaseName:
    """One row; `listed` is the national list of rare diseases it stands in, empty where in none."""

    id: str
    name: str
    synonyms: tuple[str, ...] = ()
    listed: str = ""
    note: str = ""
    checked_by: str = ""


def read_disease_names(path: Path = FOLDER / "diseases.tsv") -> tuple[DiseaseName, ...]:
    """Every row; raises LexiconFault that says the line, OSError where there is no such file."""
    return tuple(_rows(path))


def _rows(path: Path) -> Iterator[DiseaseName]:
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0].split("\t") != _HEADER:
        raise LexiconFault(f"{path.name}, line 1: the columns are {', '.join(_HEADER)}")
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        id, name, synonyms, listed, note, checked_by = (*cells, *[""] * len(_HEADER))[: len(_HEADER)]
        if len(cells) > len(_HEADER) or not _ID.fullmatch(id) or not name:
            raise LexiconFault(f"{path.name}, line {number}: a row is a disease's id, its name and up to four more")
        yield DiseaseName(id, name, tuple(filter(None, map(str.strip, synonyms.split("|")))), listed, note, checked_by)
