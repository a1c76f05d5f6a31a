"""A translation of the HPO as the HPO publishes it: a Babelon table, tab-separated, one label a row.

See https://github.com/monarch-initiative/babelon for the columns. Read row by row: every row that cannot be used is
told with its number, and the table is then refused as a whole.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ontology.arrays import StringPool
from ontology.errors import SourceError
from ontology.terms import Terms, UnknownTerm
from ontology.translations import Translations

#: The published Chinese table has 1.5 MB; ten times as many rows would still be far below this.
MOST_BYTES = 64_000_000
#: The longest published row has below 400 bytes.
LONGEST_ROW = 4_000
#: How many faulty rows are told one by one.
MOST_TOLD = 20

_COLUMNS = ("translation_language", "subject_id", "predicate_id", "translation_value", "translation_status")
_ID = re.compile("HP:[0-9]{7}")
_CONTROL = re.compile("[\x00-\x1f\x7f\ufffd]")
_MEND = "Download hp-zh.babelon.tsv of the HPO's international edition again."


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one row; `number` counts lines from 1, the header's."""

    number: int
    what: str


class TranslationFaults(SourceError):
    """Rows of a translation cannot be used; `rows` are the first of them."""

    def __init__(self, rows: tuple[RowFault, ...], count: int) -> None:
        first = rows[0]
        super().__init__(
            f"Rows of the translation that cannot be used: {count:,}, the first in line {first.number}: {first.what}",
            f"It is a table in UTF-8. {_MEND}",
        )
        self.rows = rows
        self.count = count


@dataclass(frozen=True, slots=True)
class Translation:
    """Official Chinese labels by id, and how many rows were passed over for which reason."""

    labels: Mapping[str, str]
    passed_over: Mapping[str, int]


def read_table(path: Path) -> bytes:
    """The table's bytes, unpacked where it is packed by gzip; raises SourceError where it is too large or cut off."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        try:
            content = (gzip.GzipFile(fileobj=file) if packed else file).read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(f"{path.name} cannot be unpacked ({type(error).__name__}).", _MEND) from error
    if len(content) > MOST_BYTES:
        raise SourceError(f"{path.name} has more than {MOST_BYTES // 10**6} MB.", "Name the table of Chinese labels.")
    return content


def read_translation(content: bytes) -> Translation:
    """Read a whole table; raises TranslationFaults where rows cannot be used, SourceError where it has no label."""
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    places = _places(lines[0])
    labels: dict[str, str] = {}
    passed_over: Counter[str] = Counter()
    faults = []
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        try:
            language, id, predicate, label, status = _cells(line, places)
        except ValueError as fault:
            faults.append(RowFault(number, str(fault)))
            continue
        if reason := _passed_over(language, predicate, status, id in labels):
            passed_over[reason] += 1
        else:
            labels[id] = label
    if faults:
        raise TranslationFaults(tuple(faults[:MOST_TOLD]), len(faults))
    if not labels:
        raise SourceError("The table holds no official Chinese label.", _MEND)
    return Translation(labels, passed_over)


def lay_translation(translation: Translation, terms: Terms) -> tuple[Translations, int]:
    """Labels by position of the current term, and how many are of terms that this release lacks."""
    laid: dict[int, str] = {}
    lacking = 0
    for moved in (False, True):  # a term's own label goes before one of an id that was merged into it
        for id, label in translation.labels.items():
            try:
                resolved = terms.resolve(id)
            except UnknownTerm:
                lacking += not moved
                continue
            if (terms.id(resolved.position) != id) is moved:
                laid.setdefault(resolved.position, label)
    return Translations(StringPool.of(laid.get(term, "") for term in range(len(terms)))), lacking


def _places(header: bytes) -> tuple[int, ...]:
    names = header.decode("utf-8", "replace").rstrip("\r").split("\t")
    absent = [name for name in _COLUMNS if name not in names]
    if absent:
        raise SourceError(f"The table lacks the columns {', '.join(absent)}.", _MEND)
    return (*(names.index(name) for name in _COLUMNS), len(names))


def _cells(line: bytes, places: tuple[int, ...]) -> Iterator[str]:
    """The cells of one row in the order of _COLUMNS; raises ValueError with what is wrong."""
    if len(line) > LONGEST_ROW:
        raise ValueError(f"it has more than {LONGEST_ROW:,} bytes.")
    try:
        cells = line.decode("utf-8").rstrip("\r").split("\t")
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start + 1} is not UTF-8.") from None
    *wanted, count = places
    if len(cells) != count:
        raise ValueError(f"it has {len(cells)} cells, the header {count}.")
    chosen = [_unquoted(cells[place].strip()) for place in wanted]
    if any(map(_CONTROL.search, chosen)):
        raise ValueError("it holds a control character.")
    if not _ID.fullmatch(chosen[1]):
        raise ValueError("subject_id is not an id such as HP:0001166.")
    if not chosen[3] and chosen[4] == "OFFICIAL":
        raise ValueError("translation_value is empty.")
    return iter(chosen)


def _unquoted(cell: str) -> str:
    """A cell with a comma is quoted in some releases of the table."""
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"').strip() if quoted else cell


def _passed_over(language: str, predicate: str, status: str, known: bool) -> str | None:
    """Why a sound row is not taken; None where it is."""
    if language.lower().replace("_", "-").split("-")[0] != "zh":
        return "in another language"
    if predicate != "rdfs:label":
        return "no label"
    if status != "OFFICIAL":
        return "not official"
    return "second label of a term" if known else None
