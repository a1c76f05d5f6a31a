"""Names of genes as catalogues write them, and the symbols that the release knows them by.

A symbol of the release's gene links goes before everything; then a current symbol of the imported gene names, a
previous one, an alias. A name that two genes share is no name. Previous symbols are the packaged ones (each row of
previous_symbols.tsv tells where the change was read, or `unverified`) and those of an HGNC table that the operator has
imported, which has precedence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from matching.genetic_tests.catalogues.previous import rows_of_previous_symbols
from ontology.genes import GeneLinks


class Unresolved(StrEnum):
    """Why a name of a gene stands for none."""

    UNKNOWN = "unknown"
    SHARED = "shared by several genes"
    DATE = "a symbol that a spreadsheet has turned into a date"
    NUMBER = "a bare number: write HGNC:… or NCBIGene:…"
    UNKNOWN_ID = "an id that is not among the gene names"


@dataclass(frozen=True, slots=True)
class GeneName:
    """One gene of a table of names; ids as `HGNC:1100` and the NCBI's number, empty where the table has none."""

    symbol: str
    previous: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    hgnc_id: str = ""
    ncbi_id: str = ""


_SEPARATORS = re.compile(r"[,;|/、，；/\n\r\t]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_DASHES = re.compile("[\u2010-\u2015\u2212\u00ad\ufe63\uff0d]")
_BLANKS = re.compile(r"[\s\u200b-\u200d\ufeff]+")
_NCBI = re.compile(r"(?:(?:ncbigene|ncbi|entrez|entrezgene|geneid):?|gene:)(\d+)", re.IGNORECASE)
_HGNC = re.compile(r"hgnc:?(\d+)", re.IGNORECASE)
_DATE = re.compile(
    r"\d{1,2}-(?:mar|sep|sept|dec|oct|apr|feb|nov)|(?:mar|sep|dec|oct|apr|feb|nov)-\d{1,2}|\d{1,2}月\d{1,2}日?"
    r"|\d{4}-\d{1,2}-\d{1,2}",
    re.IGNORECASE,
)
#: How a catalogue says that it names no gene.
NO_GENE = frozenset(("", "-", "--", "—", "——", "N/A", "NA", "NONE", "NULL", "NAN", "无", "不适用"))


@dataclass(slots=True)
class GeneNames:
    """Every known name, and what was resolved so far (asked again, a name costs one look-up)."""

    _symbols: Mapping[str, str]
    _previous: Mapping[str, str | Unresolved]
    _aliases: Mapping[str, str | Unresolved]
    _ids: Mapping[str, str]
    _seen: dict[str, str | Unresolved]

    @classmethod
    def of(cls, links: GeneLinks, imported: Iterable[GeneName] = ()) -> GeneNames:
        """Names of the release's genes, of the packaged previous symbols, and of an imported table."""
        release = list(links.symbols)
        symbols = {_key(symbol): symbol for symbol in release}
        numbers = {str(number): release[gene] for gene, number in enumerate(links.ncbi_ids.tolist())}
        ids = {f"NCBI:{number}": symbol for number, symbol in numbers.items()}
        previous: dict[str, str | Unresolved] = {}
        aliases: dict[str, str | Unresolved] = {}
        of_release = frozenset(symbols)
        for names in (tuple(imported), packaged_names()):
            before: dict[str, str | Unresolved] = {}
            for name in names:
                symbol = numbers.get(name.ncbi_id) or _release_symbol(name, symbols, of_release)
                symbols.setdefault(_key(name.symbol), symbol)
                _add(before, name.previous, symbol)
                _add(aliases, name.aliases, symbol)
                if name.hgnc_id:
                    ids.setdefault(name.hgnc_id, symbol)
                if name.ncbi_id:
                    ids.setdefault(f"NCBI:{name.ncbi_id}", symbol)
            previous = before | previous
        return cls(symbols, previous, aliases, ids, {})

    def resolve(self, written: str) -> str | Unresolved:
        """The symbol of the gene that `written` names, or why there is none."""
        found = self._seen.get(written)
        if found is None:
            found = self._seen[written] = self._resolved(written)
        return found

    def symbol(self, written: str) -> str | None:
        """The symbol, where `written` is a current or previous symbol in its own case; for words of free text."""
        if written != written.upper() and "orf" not in written:
            return None
        found = self._symbols.get(_key(written)) or self._previous.get(_key(written))
        return None if isinstance(found, Unresolved) else found

    def read(self, cell: str) -> tuple[tuple[str, ...], tuple[tuple[str, Unresolved], ...]]:
        """Symbols of a cell's genes, each once and in order, and what is written there that names none, with why."""
        genes: dict[str, None] = {}
        lost: dict[str, Unresolved] = {}
        for written in self._names(cell):
            found = self.resolve(written)
            if isinstance(found, Unresolved):
                lost[written] = found
            else:
                genes[found] = None
        return tuple(genes), tuple(lost.items())

    def _names(self, cell: str) -> Iterator[str]:
        """The names of a cell: between commas and the like, or where there are none, between blanks."""
        if cell.strip().upper() in NO_GENE:
            return
        if not cell.isascii() or "(" in cell or "[" in cell:
            cell = _BRACKETS.sub("", unicodedata.normalize("NFKC", cell))
        parts = [part.strip() for part in _SEPARATORS.split(cell)]
        for part in parts:
            if part.upper() in NO_GENE:
                continue
            words = part.split()
            several = len(words) > 1 and (len(parts) == 1 or self._each_known(words))
            if several and isinstance(self.resolve(part), Unresolved):
                yield from words
            else:
                yield part

    def _each_known(self, words: list[str]) -> bool:
        return not any(isinstance(self.resolve(word), Unresolved) for word in words)

    def _resolved(self, written: str) -> str | Unresolved:
        key = _key(written)
        if number := _NCBI.fullmatch(key):
            return self._ids.get(f"NCBI:{number[1]}", Unresolved.UNKNOWN_ID)
        if number := _HGNC.fullmatch(key):
            return self._ids.get(f"HGNC:{number[1]}", Unresolved.UNKNOWN_ID)
        for names in (self._symbols, self._previous, self._aliases):
            if found := names.get(key):
                return found
        if _DATE.fullmatch(key):
            return Unresolved.DATE
        return Unresolved.NUMBER if key.isdigit() else Unresolved.UNKNOWN


@cache
def packaged_names() -> tuple[GeneName, ...]:
    """The previous symbols of previous_symbols.tsv."""
    of: dict[str, list[str]] = {}
    for row in rows_of_previous_symbols():
        of.setdefault(row.current, []).append(row.previous)
    return tuple(GeneName(current, tuple(previous)) for current, previous in of.items())


def _release_symbol(name: GeneName, symbols: Mapping[str, str], of_release: frozenset[str]) -> str:
    """What the release calls the gene: its current symbol, or the one previous symbol that the release still uses."""
    if (key := _key(name.symbol)) in symbols:
        return symbols[key]
    older = [symbols[key] for key in map(_key, name.previous) if key in of_release]
    return older[0] if len(older) == 1 else name.symbol


def _add(names: dict[str, str | Unresolved], written: Iterable[str], symbol: str) -> None:
    for each in written:
        key = _key(each)
        names[key] = symbol if names.get(key, symbol) == symbol else Unresolved.SHARED


def _key(written: str) -> str:
    """Case, width, blanks and kinds of dash make no difference between names."""
    if not written.isascii():
        written = _DASHES.sub("-", unicodedata.normalize("NFKC", written))
    return _BLANKS.sub("", written).upper().rstrip("*.")
