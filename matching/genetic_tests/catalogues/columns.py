"""Which column of a file is which field: the usual names in English and Chinese, of columns.tsv beside this file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from matching.genetic_tests.catalogues.faults import CatalogueRefused, RowNote
from matching.genetic_tests.catalogues.rows import Row, Table

_NOT_LETTERS = re.compile(r"[\s_\-/]+")
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")


class Format(StrEnum):
    """Kinds of file."""

    OWN = "own"  # a hospital's or a laboratory's: one row a test
    PANELAPP = "panelapp"  # one row a gene of a panel
    DIRECTORY = "directory"  # one row a test of an indication, panels by id


#: The word of columns.tsv for a table of gene names.
GENE_NAMES = "gene_names"
#: How `needed` says that one of several fields is.
_EITHER = "either"


@dataclass(frozen=True, slots=True)
class _Field:
    word: str
    needed: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """One row by field; an absent column is empty."""

    number: int
    of: Mapping[str, str]


def read_fields(table: Table, format: str) -> Iterator[Fields | RowNote]:
    """The rows of `table` by field; raises CatalogueRefused where a needed column is missing."""
    places = _places(format, table.columns)
    if missing := _missing(format, places):
        raise CatalogueRefused(
            f"Columns are missing: {', '.join(missing)}.",
            f"The file has {', '.join(table.columns)[:300] or 'none'}. Name them as docs/genetic_tests.md says.",
        )
    return _mapped(table, format, {table.columns: places})


def unread_columns(table: Table, format: str) -> tuple[str, ...]:
    """Columns of `table` that say nothing to this format."""
    taken = set(_places(format, table.columns).values())
    return tuple(column for column in table.columns if column not in taken)


def unit_of(table: Table, format: str, field: str) -> str:
    """What stands in brackets behind the column's name, such as `%`, `days` or `元`; empty where there is none."""
    column = _places(format, table.columns).get(field, "")
    found = _BRACKETS.search(unicodedata.normalize("NFKC", column))
    return next((part for part in found.groups() if part), "") if found else ""


def known_columns(words: Sequence[str]) -> int:
    """How many of `words` name a column of that format which knows most of them."""
    folded = {_folded(word) for word in words}
    return max(sum(any(name in folded for name in field.names) for field in fields) for fields in _table().values())


def likely_format(columns: Sequence[str]) -> Format:
    """The format with every needed column, the narrowest first; OWN where there is none."""
    for format in (Format.PANELAPP, Format.DIRECTORY):
        if not _missing(format, _places(format, tuple(columns))):
            return format
    return Format.OWN


def _mapped(table: Table, format: str, known: dict[tuple[str, ...], Mapping[str, str]]) -> Iterator[Fields | RowNote]:
    for row in table.rows:
        if isinstance(row, RowNote):
            yield row
            continue
        keys = tuple(row.cells)
        places = known.get(keys)
        if places is None:  # an item of a JSON file may have other keys than the first
            places = known.setdefault(keys, _places(format, keys))
        yield _one(row, format, places)


def _one(row: Row, format: str, places: Mapping[str, str]) -> Fields | RowNote:
    if missing := _missing(format, places):
        return RowNote(row.number, f"it lacks {', '.join(missing)}.")
    return Fields(row.number, {field: row.cells[column].strip() for field, column in places.items()})


def _places(format: str, columns: Sequence[str]) -> Mapping[str, str]:
    """The column of each field that has one: the first of its names that is there."""
    folded = {_folded(column): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for field in _table()[format]:
        column = next((folded[name] for name in field.names if name in folded), None)
        if column is not None and column not in found.values():
            found[field.word] = column
    return MappingProxyType(found)


def _missing(format: str, places: Mapping[str, str]) -> list[str]:
    fields = _table()[format]
    missing = [field.word for field in fields if field.needed == "yes" and field.word not in places]
    either = [field.word for field in fields if field.needed == _EITHER]
    if either and not any(word in places for word in either):
        missing.append(" or ".join(either))
    return missing


def _folded(column: str) -> str:
    bare = _BRACKETS.sub("", unicodedata.normalize("NFKC", column).casefold())
    return _NOT_LETTERS.sub(" ", bare).strip(" :*\ufeff")


@cache
def _table() -> Mapping[str, tuple[_Field, ...]]:
    lines = files(__package__).joinpath("columns.tsv").read_text(encoding="utf-8").splitlines()[1:]
    fields: dict[str, list[_Field]] = {}
    for format, word, needed, names in (line.split("\t") for line in lines):
        fields.setdefault(format, []).append(_Field(word, needed, tuple(map(_folded, names.split("|")))))
    return MappingProxyType({format: tuple(each) for format, each in fields.items()})
